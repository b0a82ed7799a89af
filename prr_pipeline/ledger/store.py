"""The ledger: append events under compare-and-set, read them back, and know what each promotion is at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine

from prr_pipeline.canonical import instant_text
from prr_pipeline.clock import Clock
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger import schema
from prr_pipeline.ledger.admission import RAISING, payload_text
from prr_pipeline.ledger.counters import Counters, Kept
from prr_pipeline.ledger.engine import DEFAULT_WAIT, Database
from prr_pipeline.ledger.events import SYSTEM_STREAM, TRANSITIONS, Draft, Event, EventType
from prr_pipeline.ledger.guard import HeadGuard
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.line import read_line
from prr_pipeline.ledger.outbox import Outbox
from prr_pipeline.ledger.projection import Projection, PromotionRow, read_events, select_events
from prr_pipeline.ledger.writing import Batch, Prepared, last_link
from prr_pipeline.rollout.line import Line
from prr_pipeline.rollout.state import PromotionState


class Ledger:
    """The append-only record of one deployment. Safe for threads and for several processes, not across a fork.

    Every method raises `Unavailable` when the database is locked for too long, full, damaged or gone.
    """

    def __init__(self, database: Database, clock: Clock, head: HeadFile | None) -> None:
        self.database = database
        self.head = head
        self._clock = clock
        self._projection = Projection()
        database.forget = self._projection.forget
        self._counters = Counters(database, clock)
        self._outbox = Outbox(database, clock)
        self._guard = HeadGuard(head, database, self._counters, clock) if head else None
        self._may_only_lower: str | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Clock,
        head: HeadFile | None = None,
        read_only: bool = False,
        wait: timedelta = DEFAULT_WAIT,
    ) -> Ledger:
        """Open the ledger at a SQLAlchemy URL (``sqlite:////path/ledger.db``, ``postgresql://...``).

        For writing, it is created and migrated; several processes may do that at once. Raises `Refused` when a newer
        version wrote its schema, `Unreadable` when there is nothing to read. ``wait`` is real time.
        """
        database = Database(url, read_only=read_only, wait=wait)
        try:
            schema.require_readable(database) if read_only else schema.prepare(database)
            ledger = cls(database, clock, head)
            ledger._meet_head()
        except PrrError:
            database.engine.dispose()
            raise
        return ledger

    @property
    def engine(self) -> Engine:
        """The engine underneath: a plain ``begin()`` on it is a write."""
        return self.database.engine

    @property
    def counters(self) -> Counters:
        """Mutable working values."""
        return self._counters

    @property
    def outbox(self) -> Outbox:
        """Notices to people."""
        return self._outbox

    @property
    def may_only_lower(self) -> str | None:
        """Why nothing that leads to more exposure is taken in, in a sentence; None when all is well."""
        return self._may_only_lower

    @property
    def head_fault(self) -> str | None:
        """Why the signed head does not follow the ledger; None while it does, or without a head."""
        return self._guard.fault if self._guard else None

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expect: Mapping[str, int] | None = None,
        wait: timedelta | None = None,
        keep: Kept | None = None,
    ) -> list[Event]:
        """Append all drafts in one transaction, or none.

        ``expect`` maps a promotion key to the version read before (0: must not exist); another one raises
        `StaleVersion`. Idempotent by intent id: a batch with an ``intent_written`` that was appended before returns
        the events of then. Raises `Refused` for an event that the rules or the fold forbid. A head that cannot be
        exported loses nothing: see `head_fault`. ``wait`` is the longest real time to wait for other writers. ``keep``
        are counters that are written with the events or not at all.
        """
        prepared = [(draft, payload_text(draft)) for draft in drafts]
        if not prepared:
            return []
        events, states = self._commit(prepared, expect or {}, wait, keep or {})
        self._projection.remember(states)
        if self._guard and any(event.type in TRANSITIONS for event in events):
            self.export_head()
        return events

    def state(self, key: str) -> PromotionState | None:
        """The state of one promotion, None if never opened. Raises `UnknownEvent` when a newer version wrote it."""
        with self.database.read() as connection:
            rows = self._projection.rows(connection, key=key)
            states, faults = self._projection.states(connection, rows)
        if key in faults:
            raise faults[key]
        return states.get(key)

    def states(self, open_only: bool = False) -> dict[str, PromotionState]:
        """All states by key, without those that `unreadable` lists."""
        return self._survey(open_only)[0]

    def unreadable(self, open_only: bool = False) -> dict[str, PrrError]:
        """Promotions whose events this version cannot fold, with the reason. They may only be lowered."""
        return self._survey(open_only)[1]

    def promotions(self, open_only: bool = False) -> list[PromotionRow]:
        """Index entries of all promotions in key order, also of those that cannot be folded."""
        with self.database.read() as connection:
            return self._projection.rows(connection, open_only=open_only)

    def events(
        self,
        *,
        stream: str | None = None,
        types: Collection[EventType] | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Event]:
        """Events with a ``seq`` above ``after``, in order. Raises `Unreadable` at a damaged one."""
        kinds = None if types is None else sorted(str(kind) for kind in types)
        with self.database.read() as connection:
            return read_events(connection, select_events(stream=stream, types=kinds, after=after, limit=limit))

    def line(self) -> Line:
        """The orders that stop raises, and those that let them go on. Raises `PrrError` for one that it cannot read."""
        with self.database.read() as connection:
            return read_line(connection)

    def last_seq(self) -> int:
        """The last event's seq, 0 for an empty ledger."""
        with self.database.read() as connection:
            return last_link(connection)[0]

    def export_head(self) -> str | None:
        """Export the head now (also to try again after a fault). Returns `head_fault`; raises nothing for it."""
        if self._guard is None:
            return None
        self._guard.export()
        return self._guard.fault

    def restart_head(self, *, actor: str, reason: str, accepts: Mapping[str, object] | None = None) -> Event:
        """A person accepts the ledger as it is, after an audit: the old head is kept aside, a new one begins here.

        Writes ``head_restarted``, with what the person was shown as lost or unsigned in ``accepts``. Raises `Refused`
        without a head, an actor or a reason.
        """
        if self._guard is None:
            raise Refused("This ledger exports no head, so there is none to restart.")
        blank = Draft(SYSTEM_STREAM, EventType.HEAD_RESTARTED, {"reason": reason}, actor)
        payload_text(blank)
        because, shown = self._may_only_lower or "", {} if accepts is None else {"accepts": dict(accepts)}
        payload = {"reason": reason, "because": because, "old_head": self._guard.restart(), **shown}
        [event] = self.append([Draft(SYSTEM_STREAM, EventType.HEAD_RESTARTED, payload, actor)])
        self.export_head()
        with self.database.read() as connection:
            self._may_only_lower = self._guard.compare(connection)
        return event

    def close(self) -> None:
        """Close all connections. Idempotent."""
        self.database.engine.dispose()

    def _commit(
        self, prepared: Sequence[Prepared], expect: Mapping[str, int], wait: timedelta | None, keep: Kept
    ) -> tuple[list[Event], list[PromotionState]]:
        raising = any(draft.type in RAISING for draft, _ in prepared)
        with self.database.write(wait) as connection:
            if not self.database.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE events IN EXCLUSIVE MODE")
            if raising:
                self._require_head(connection)
            batch = Batch(connection, self._projection, instant_text(self._clock.now()))
            events = batch.repeated(prepared)
            if events is None:
                batch.check_versions(expect)
                events = self._write(batch, prepared)
            for name, values in keep.items():
                self._counters.put_within(connection, name, values)
        return events, batch.states

    def _write(self, batch: Batch, prepared: Sequence[Prepared]) -> list[Event]:
        """Write the events, and with a transition among them the signed promise of the head that will follow."""
        guard = self._guard if any(draft.type in TRANSITIONS for draft, _ in prepared) else None
        promising = guard is not None and guard.may_promise(batch.connection)
        events = batch.write(prepared)
        if guard is not None and promising:
            guard.promise(batch.connection, events[-1].seq, events[-1].hash)
        return events

    def _require_head(self, connection: Connection) -> None:
        """Compare at each raise, not only at the start: a backup may be restored under a running process."""
        if self._guard:
            self._may_only_lower = self._guard.compare(connection)
        if self._may_only_lower:
            raise Refused(self._may_only_lower)

    def _survey(self, open_only: bool) -> tuple[dict[str, PromotionState], dict[str, PrrError]]:
        with self.database.read() as connection:
            return self._projection.states(connection, self._projection.rows(connection, open_only=open_only))

    def _meet_head(self) -> None:
        if self._guard is None:
            return
        with self.database.read() as connection:
            self._may_only_lower = self._guard.compare(connection)
        if self._may_only_lower is None and not self.database.read_only:
            self._guard.catch_up()
