"""The ledger against its exported head: may it still raise, and does the head follow?"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, select

from prr_pipeline.clock import Clock
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.counters import Counters, read_counter
from prr_pipeline.ledger.engine import Database
from prr_pipeline.ledger.events import TRANSITIONS
from prr_pipeline.ledger.head import Head, HeadFile
from prr_pipeline.ledger.promise import COUNTER as PROMISE
from prr_pipeline.ledger.promise import Promise, foreign_words, read_promise, unpromised, write_promise
from prr_pipeline.ledger.tables import events
from prr_pipeline.ledger.writing import last_link

COUNTER = ("head", "export")
"""Name and key of the counter row that tells every process whether the last export worked."""

# The event is committed by then: a latch must not wait long for the bookkeeping after it.
_BOOKING_WAIT = timedelta(milliseconds=500)
_WAY_OUT = (
    "The ledger may only lower until the newest copy is back, or a person accepts it as it is with "
    "prr audit restart-head (docs/ledger.md)."
)


class HeadGuard:
    """Compares and exports the head of one ledger. Safe for threads."""

    def __init__(self, head: HeadFile, database: Database, counters: Counters, clock: Clock) -> None:
        self._head = head
        self._database = database
        self._counters = counters
        self._clock = clock
        self._unbooked_fault: str | None = None

    @property
    def fault(self) -> str | None:
        """Why the head does not follow, from whichever process met it; None while it does."""
        if self._unbooked_fault is not None:
            return self._unbooked_fault
        booked = self._counters.get(*COUNTER)
        return booked["fault"] if booked else None

    def compare(self, connection: Connection) -> str | None:
        """Why the ledger may only lower, in a sentence; None when it goes on from the exported head."""
        try:
            head = self._head.read()
        except PrrError as fault:
            return f"{fault} {_WAY_OUT}"
        if head is None:
            booked = read_counter(connection, *COUNTER)
            if booked is None or not booked["seq"]:
                return None
            return (
                f"The ledger's head {self._head.path} is missing, though event {booked['seq']} was exported. {_WAY_OUT}"
            )
        return self._compare(connection, head)

    def may_promise(self, connection: Connection) -> bool:
        """Whether a transaction that writes transitions now goes on from what this ledger signed.

        A head that cannot be read for a while is no obstacle: then the last promise alone must cover what stands there.
        """
        try:
            head = self._head.read()
        except PrrError:
            head = None
        if head is None and read_promise(connection, self._head) is None:
            return self.compare(connection) is None
        anchored = head is not None and Promise(head.seq, head.hash).is_kept(connection)
        return unpromised(connection, self._head, head.seq if head and anchored else 0) is None

    def promise(self, connection: Connection, seq: int, row_hash: str) -> None:
        """Sign the event as the head to come, in the transaction that writes it."""
        write_promise(connection, self._head, self._counters, Promise(seq, row_hash))

    def catch_up(self) -> None:
        """Export if a transition came after the head: a crash or a full disk may have stopped it."""
        query = select(func.max(events.c.seq)).where(events.c.type.in_([str(kind) for kind in TRANSITIONS]))
        with self._database.read() as connection:
            if self.compare(connection) is not None:
                return
            newest = connection.execute(query).scalar() or 0
        head = self._head.read()
        if newest > (head.seq if head else 0):
            self.export()

    def export(self) -> None:
        """Export the last event as the head, unless the chain is broken. Never raises: a failure becomes `fault`."""
        try:
            with self._database.read() as connection:
                fault = self.compare(connection)
                seq, row_hash = last_link(connection)
            if fault is None:
                self._head.export(seq, row_hash, self._clock.now())
        except OSError as error:
            fault = f"The ledger's head {self._head.path} cannot be written ({error.strerror or type(error).__name__})."
        except PrrError as error:
            fault = str(error)
        self._book(fault, 0 if fault else seq)

    def restart(self) -> str:
        """Put a head that no longer fits aside and forget it; returns what was done, in words."""
        aside = self._head.set_aside()
        self._counters.delete(*COUNTER)
        self._counters.delete(*PROMISE)
        return f"moved to {aside.name}" if aside else "there was none"

    def _compare(self, connection: Connection, head: Head) -> str | None:
        last, _ = last_link(connection)
        if last < head.seq:
            return (
                f"The ledger ends at event {last}, its exported head is event {head.seq}: "
                f"it is an older copy or was cut. {_WAY_OUT}"
            )
        found = connection.execute(select(events.c.hash).where(events.c.seq == head.seq)).scalar()
        if found != head.hash:
            return f"Event {head.seq} of the ledger is not the one that the head was signed for. {_WAY_OUT}"
        foreign = unpromised(connection, self._head, head.seq)
        return None if foreign is None else f"{foreign_words(foreign, head.seq)} {_WAY_OUT}"

    def _book(self, fault: str | None, seq: int) -> None:
        try:
            booked = self._counters.get(*COUNTER)
            if booked is None or booked["fault"] != fault or not booked["seq"]:
                value = {"fault": fault, "seq": seq or (booked["seq"] if booked else 0)}
                self._counters.put(*COUNTER, value, wait=_BOOKING_WAIT)
            self._unbooked_fault = None
        except PrrError:
            self._unbooked_fault = fault
