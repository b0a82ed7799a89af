"""The head to come, signed in the transaction of its events: what a crash leaves behind is told from a forgery."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.counters import Counters, read_counter
from prr_pipeline.ledger.events import TRANSITIONS
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.tables import events

COUNTER = ("head", "promise")
"""Name and key of the counter row that holds the promise."""

_DOMAIN = b"prr-ledger-promise-v1\n"


@dataclass(frozen=True, slots=True)
class Promise:
    """The event that was the last one of an append with a transition. Only who has the head's key can make one."""

    seq: int
    hash: str

    def is_kept(self, connection: Connection) -> bool:
        """Whether the event that it was signed for stands at its place."""
        return connection.execute(select(events.c.hash).where(events.c.seq == self.seq)).scalar() == self.hash


def read_promise(connection: Connection, head: HeadFile) -> Promise | None:
    """The promise; None without one, and for one that the head's key did not sign."""
    found = read_counter(connection, *COUNTER)
    try:
        promise = Promise(int((found or {})["seq"]), str((found or {})["hash"]))
        signed = head.is_signed(_DOMAIN, _fields(promise), str((found or {})["signature"]))
    except (PrrError, KeyError, TypeError, ValueError):
        return None
    return promise if signed else None


def write_promise(connection: Connection, head: HeadFile, counters: Counters, promise: Promise) -> None:
    """Sign and keep it, in the transaction that writes the event. Without the key nothing is kept."""
    try:
        signature = head.sign(_DOMAIN, _fields(promise))
    except (PrrError, OSError):
        return
    counters.put_within(connection, COUNTER[0], {COUNTER[1]: {**_fields(promise), "signature": signature}})


def unpromised(connection: Connection, head: HeadFile, after: int) -> int | None:
    """The last transition after event ``after`` if no kept promise covers it: nobody with the key wrote it."""
    kinds = [str(kind) for kind in TRANSITIONS]
    newest = select(func.max(events.c.seq)).where(events.c.seq > after, events.c.type.in_(kinds))
    last: int | None = connection.execute(newest).scalar()
    if last is None:
        return None
    promise = read_promise(connection, head)
    covered = promise is not None and promise.seq >= last and promise.is_kept(connection)
    return None if covered else last


def foreign_words(seq: int, head_seq: int) -> str:
    """What is wrong with a transition that `unpromised` found."""
    return (
        f"Event {seq} is a transition after the exported head (event {head_seq}) that this ledger did not sign for: "
        f"it was written past the ledger."
    )


def _fields(promise: Promise) -> dict[str, object]:
    return {"hash": promise.hash, "seq": promise.seq}
