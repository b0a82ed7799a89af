"""Verify the whole record: every link, form, fold, index entry, and the signed head."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Select, cast, func, select

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.admission import folded, is_promotion_stream
from prr_pipeline.ledger.chain import StoredRow, event_of, link_faults
from prr_pipeline.ledger.events import TRANSITIONS, EventType
from prr_pipeline.ledger.fold import apply
from prr_pipeline.ledger.head import Head, HeadFile
from prr_pipeline.ledger.promise import Promise, foreign_words, read_promise
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.ledger.tables import events, intents, promotions
from prr_pipeline.rollout.state import PromotionState

_TEXTS = ("stream", "type", "payload", "actor", "at", "previous_hash", "hash")
_NUMBERS = ("seq", "schema")


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What was verified. ``head_seq`` is the event of the signed head, None without one; no faults means sound."""

    events: int
    promotions: int
    head_seq: int | None
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(ledger: Ledger) -> AuditResult:
    """Read everything and compare. Uses no remembered state. Raises `Unavailable` when the database cannot be read."""
    walk = _Walk()
    head, head_faults = _read_head(ledger.head)
    with ledger.database.read() as connection:
        promise = read_promise(connection, ledger.head) if ledger.head else None
        for row in connection.execution_options(yield_per=1000).execute(_select_raw(ledger.database.is_sqlite)):
            walk.step(row, head, promise)
        walk.compare_promotions(connection)
        walk.compare_intents(connection)
    walk.faults.extend(head_faults)
    if head is not None:
        walk.compare_head(head)
    elif ledger.head is not None and not head_faults and walk.transitions:
        walk.faults.append(
            f"The signed head {ledger.head.path} is missing, though event {walk.transitions} is a transition."
        )
    return AuditResult(walk.count, len(walk.states), head.seq if head else None, tuple(walk.faults))


class _Walk:
    """One pass over the events in order, with what the indexes should say at its end."""

    def __init__(self) -> None:
        self.count = 0
        self.transitions = 0
        self.faults: list[str] = []
        self.states: dict[str, PromotionState] = {}
        self._previous: StoredRow | None = None
        self._hash_at_head: str | None = None
        self._promised = 0
        self._broken: set[str] = set()
        self._intents: dict[str, int] = {}

    def step(self, raw: Row[Any], head: Head | None, promise: Promise | None) -> None:
        self.count += 1
        row, fault = _decoded(raw)
        if fault:
            self.faults.append(fault)
        self.faults.extend(link_faults(self._previous, row))
        self._previous = row
        if head is not None and row.seq == head.seq:
            self._hash_at_head = row.hash
        if promise is not None and (row.seq, row.hash) == (promise.seq, promise.hash):
            self._promised = row.seq
        if row.type in TRANSITIONS:
            self.transitions = row.seq
        self._fold(row)

    def _fold(self, row: StoredRow) -> None:
        if row.stream in self._broken:
            return
        try:
            if not is_promotion_stream(row.stream, row.type):
                return
            event = event_of(row)
            self.states[row.stream] = apply(self.states.get(row.stream), event)
            if row.type == EventType.INTENT_WRITTEN:
                self._intents[str(event.payload["intent_id"])] = row.seq
        except (PrrError, KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            reason = str(fault) if isinstance(fault, PrrError) else f"wrong payload, {fault!r}"
            self.faults.append(f"Event {row.seq} cannot follow on {row.stream}: {reason}")
            self._broken.add(row.stream)

    def compare_promotions(self, connection: Connection) -> None:
        listed = {row["key"]: dict(row) for row in connection.execute(select(promotions)).mappings()}
        for key, state in self.states.items():
            if key in self._broken:
                listed.pop(key, None)
                continue
            if listed.pop(key, None) != _index_entry(state):
                self.faults.append(f"The index entry of {key} is not what its events up to {state.last_seq} give.")
        self.faults.extend(
            f"The index lists {key}, which no event opened (last event named: {row['last_seq']})."
            for key, row in listed.items()
            if key not in self._broken
        )

    def compare_intents(self, connection: Connection) -> None:
        listed = {str(row.intent_id): int(row.seq) for row in connection.execute(select(intents))}
        if not self._broken and listed != self._intents:
            wrong = sorted(set(listed.items()) ^ set(self._intents.items()))
            self.faults.append(f"The index of intent ids is not what the events give: {wrong[0]} is on one side only.")

    def compare_head(self, head: Head) -> None:
        last = self._previous.seq if self._previous else 0
        if last < head.seq:
            self.faults.append(f"Events {last + 1} to {head.seq} are missing: the signed head is event {head.seq}.")
        elif self._hash_at_head != head.hash:
            self.faults.append(f"Event {head.seq} is not the one that the head was signed for.")
        if self.transitions > max(head.seq, self._promised):
            self.faults.append(foreign_words(self.transitions, head.seq))


def _read_head(head: HeadFile | None) -> tuple[Head | None, list[str]]:
    try:
        return (head.read() if head else None), []
    except PrrError as fault:
        return None, [str(fault)]


def _select_raw(is_sqlite: bool) -> Select[Any]:
    """All events as bytes, so that text which is no text is a finding and not a crash; PostgreSQL stores none."""
    columns = [events.c[name] for name in _NUMBERS]
    if not is_sqlite:
        return select(*columns, *(events.c[name] for name in _TEXTS)).order_by(events.c.seq)
    texts = [cast(events.c[name], LargeBinary).label(name) for name in _TEXTS]
    kinds = [func.typeof(events.c[name]).label(f"{name}_kind") for name in (*_NUMBERS, *_TEXTS)]
    return select(*columns, *texts, *kinds).order_by(events.c.seq)


def _decoded(raw: Row[Any]) -> tuple[StoredRow, str | None]:
    fields = dict(raw._mapping)
    fault = None
    for name in (*_NUMBERS, *_TEXTS):
        kind = fields.pop(f"{name}_kind", None)
        if kind is not None and kind != ("integer" if name in _NUMBERS else "text"):
            fault = f"Event {raw.seq} holds {kind} as its {name}."
        if isinstance(fields[name], bytes):
            fields[name], fault = _text(
                fields[name], f"Event {raw.seq} holds bytes that are no text as its {name}.", fault
            )
    return StoredRow(**fields), fault


def _text(data: bytes, sentence: str, fault: str | None) -> tuple[str, str | None]:
    try:
        return data.decode(), fault
    except UnicodeDecodeError:
        return data.decode(errors="surrogateescape"), sentence


def _index_entry(state: PromotionState) -> dict[str, object]:
    return {
        "key": state.key,
        "version": state.version,
        "last_seq": state.last_seq,
        "is_open": state.is_open,
        "subject": str(state.subject),
        "folded_subject": folded(str(state.subject)),
        "target": str(state.target),
        "flag_key": state.flag_key,
        "folded_flag_key": folded(state.flag_key),
    }
