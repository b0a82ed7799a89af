"""One append: checks, folds and inserts a batch of drafts inside one write transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import field

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, StaleVersion
from prr_pipeline.ledger.admission import RAISING, check_opening, folded, is_promotion_stream, next_state
from prr_pipeline.ledger.chain import GENESIS, StoredRow, event_of, sealed
from prr_pipeline.ledger.events import SCHEMA_VERSION, TRANSITIONS, Draft, Event, EventType
from prr_pipeline.ledger.fold import UnknownEvent
from prr_pipeline.ledger.line import LINE_TYPES, check_order, refuse_halted
from prr_pipeline.ledger.projection import Projection, PromotionRow, stored_row
from prr_pipeline.ledger.tables import events, intents, promotions
from prr_pipeline.rollout.state import PromotionState

Prepared = tuple[Draft, str]
"""A draft and the canonical text of its payload."""

_MANY = 20
"""From how many promotions on they are loaded together."""


@dataclass(slots=True)
class _Standing:
    """A promotion within the batch. ``state`` is None before it opens and while its events are ``unknown``."""

    row: PromotionRow | None
    state: PromotionState | None
    unknown: UnknownEvent | None = None


@dataclass(slots=True)
class Batch:
    """The work of one transaction. After a commit, ``states`` are the new ones of all promotions touched."""

    connection: Connection
    projection: Projection
    at: str
    _standing: dict[str, _Standing] = field(default_factory=dict)

    @property
    def states(self) -> list[PromotionState]:
        """The states after the batch, of the promotions that it touched and could fold."""
        return [standing.state for standing in self._standing.values() if standing.state is not None]

    def check_versions(self, expect: Mapping[str, int]) -> None:
        """Raise `StaleVersion` unless each promotion is at the expected version; 0 means that there is none."""
        if len(expect) > _MANY:
            self._load_all(expect.keys())
        for key, version in expect.items():
            row = self._of(key).row
            current = row.version if row else 0
            if current != version:
                raise StaleVersion(f"The promotion {key}", version, current)

    def repeated(self, prepared: Sequence[Prepared]) -> list[Event] | None:
        """The events of an equal batch written before, found by an intent id; None for a new one.

        Raises `Refused` when the id was used with other content.
        """
        for place, (draft, _) in enumerate(prepared):
            if draft.type is not EventType.INTENT_WRITTEN:
                continue
            intent_id = draft.payload.get("intent_id")
            seq = self.connection.execute(select(intents.c.seq).where(intents.c.intent_id == intent_id)).scalar()
            if seq is not None:
                return self._same(prepared, seq - place, str(intent_id))
        return None

    def write(self, prepared: Sequence[Prepared]) -> list[Event]:
        """Append the drafts. Nothing stays of them unless the caller commits."""
        seq, previous = last_link(self.connection)
        rows = []
        for draft, text in prepared:
            seq += 1
            stream, actor = (unicodedata.normalize("NFC", part) for part in (draft.stream, draft.actor))
            kind = str(EventType(draft.type))
            row = sealed(StoredRow(seq, stream, kind, text, actor, self.at, SCHEMA_VERSION, previous, ""))
            self._admit(row)
            self.connection.execute(insert(events).values(_columns(row)))
            rows.append(row)
            previous = row.hash
        return [event_of(row) for row in rows]

    def _same(self, prepared: Sequence[Prepared], first: int, intent_id: str) -> list[Event]:
        query = select(events).where(events.c.seq >= first, events.c.seq < first + len(prepared))
        stored = [stored_row(row) for row in self.connection.execute(query.order_by(events.c.seq))]
        asked = [(draft.stream, str(draft.type), text) for draft, text in prepared]
        if [(row.stream, row.type, row.payload) for row in stored] != asked:
            raise Refused(f"The intent id {intent_id!r} was used before with other content; use a new one.")
        return [event_of(row) for row in stored]

    def _admit(self, row: StoredRow) -> None:
        event = event_of(row)
        if row.type in LINE_TYPES:
            check_order(event)
        if not is_promotion_stream(row.stream, row.type):
            return
        standing = self._of(row.stream)
        if standing.unknown is not None:
            self._admit_unknown(standing, row, standing.unknown)
            return
        before, standing.state = standing.state, next_state(standing.state, event)
        if before is None:
            self._insert(standing, standing.state)
        else:
            self._update(standing, standing.state.version, standing.state.is_open, row.seq)
        if row.type == EventType.INTENT_WRITTEN:
            refuse_halted(self.connection, self.projection, standing.state)
            self._take_intent_id(event)

    def _admit_unknown(self, standing: _Standing, row: StoredRow, unknown: UnknownEvent) -> None:
        """A newer version wrote here: what raises or settles cannot be checked, what lowers is taken unfolded."""
        if row.type in RAISING or row.type == EventType.INTENT_SETTLED:
            raise unknown
        before = _row(standing)
        version = before.version + (row.type in TRANSITIONS)
        self._update(standing, version, before.is_open and row.type != EventType.PROMOTION_ENDED, row.seq)

    def _of(self, key: str) -> _Standing:
        if key not in self._standing:
            self._standing[key] = self._load(key)
        return self._standing[key]

    def _load(self, key: str) -> _Standing:
        rows = self.projection.rows(self.connection, key=key)
        if not rows:
            return _Standing(None, None)
        states, faults = self.projection.states(self.connection, rows)
        return _standing_of(rows[0], states, faults)

    def _load_all(self, keys: Set[str]) -> None:
        """Many at once, by as few queries as one needs: a whole fleet's latches must not wait for a thousand."""
        rows = {row.key: row for row in self.projection.rows(self.connection) if row.key in keys}
        states, faults = self.projection.states(self.connection, list(rows.values()))
        for key in keys - self._standing.keys():
            found = rows.get(key)
            self._standing[key] = _standing_of(found, states, faults) if found else _Standing(None, None)

    def _insert(self, standing: _Standing, state: PromotionState) -> None:
        fold_subject, fold_flag = folded(str(state.subject)), folded(state.flag_key)
        like = select(promotions).where(
            or_(promotions.c.folded_subject == fold_subject, promotions.c.folded_flag_key == fold_flag)
        )
        check_opening(state, [dict(row) for row in self.connection.execute(like.order_by(promotions.c.key)).mappings()])
        row = PromotionRow(
            state.key, state.version, state.last_seq, True, str(state.subject), str(state.target), state.flag_key
        )
        values = {name: getattr(row, name) for name in row.__slots__}
        self.connection.execute(
            insert(promotions).values(**values, folded_subject=fold_subject, folded_flag_key=fold_flag)
        )
        standing.row = row

    def _update(self, standing: _Standing, version: int, is_open: bool, seq: int) -> None:
        row = _row(standing)
        values = {"version": version, "is_open": is_open, "last_seq": seq}
        done = self.connection.execute(_MOVE, {"of_key": row.key, "of_version": row.version, **values})
        if done.rowcount != 1:
            raise StaleVersion(f"The promotion {row.key}", row.version, "another")
        standing.row = PromotionRow(row.key, version, seq, is_open, row.subject, row.target, row.flag_key)

    def _take_intent_id(self, event: Event) -> None:
        intent_id = event.payload["intent_id"]
        if self.connection.execute(select(intents.c.seq).where(intents.c.intent_id == intent_id)).first():
            raise Refused(f"The intent id {intent_id!r} is used twice in one append; use a new one.")
        self.connection.execute(insert(intents).values(intent_id=intent_id, seq=event.seq))


_MOVE = (
    update(promotions)
    .where(promotions.c.key == bindparam("of_key"), promotions.c.version == bindparam("of_version"))
    .values(version=bindparam("version"), is_open=bindparam("is_open"), last_seq=bindparam("last_seq"))
)
"""Made once: most of what an event costs would else go into making it."""


def _standing_of(row: PromotionRow, states: Mapping[str, PromotionState], faults: Mapping[str, PrrError]) -> _Standing:
    """What is known of a promotion. Raises its fault, unless a newer version wrote it: that one may be lowered."""
    fault = faults.get(row.key)
    if isinstance(fault, UnknownEvent):
        return _Standing(row, None, fault)
    if fault is not None:
        raise fault
    return _Standing(row, states[row.key])


def _row(standing: _Standing) -> PromotionRow:
    if standing.row is None:
        raise Refused("The ledger has no index entry for a promotion that it knows; run prr audit.")
    return standing.row


def last_link(connection: Connection) -> tuple[int, str]:
    """Seq and hash of the last event; 0 and the genesis hash for an empty ledger."""
    query = select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.seq, row.hash) if row else (0, GENESIS)


def _columns(row: StoredRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in StoredRow.__slots__}
