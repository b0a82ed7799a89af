"""Reading promotions: their index rows, and their states as folds of events, remembered by (key, last seq)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.ledger.chain import StoredRow, event_of
from prr_pipeline.ledger.events import SCHEMA_VERSION, Event
from prr_pipeline.ledger.fold import INERT, apply
from prr_pipeline.ledger.tables import events, promotions
from prr_pipeline.rollout.state import PromotionState, changed

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """The ledger's index entry of one promotion: enough to lower its flag without reading its events."""

    key: str
    version: int
    last_seq: int
    is_open: bool
    subject: str
    target: str
    flag_key: str


class Projection:
    """Folded states, kept in memory. A state is used again only for the same last event. Safe for threads."""

    def __init__(self) -> None:
        self._states: dict[str, PromotionState] = {}

    def remember(self, states: Iterable[PromotionState]) -> None:
        """Keep states whose events are committed."""
        for state in states:
            self._states[state.key] = state

    def forget(self) -> None:
        """Remember nothing: the database is another one."""
        self._states.clear()

    def rows(self, connection: Connection, *, key: str | None = None, open_only: bool = False) -> list[PromotionRow]:
        """Index entries in key order."""
        query = select(promotions).order_by(promotions.c.key)
        if key is not None:
            query = query.where(promotions.c.key == key)
        if open_only:
            query = query.where(promotions.c.is_open)
        return [_promotion_row(row) for row in connection.execute(query)]

    def states(
        self, connection: Connection, rows: Sequence[PromotionRow]
    ) -> tuple[dict[str, PromotionState], dict[str, PrrError]]:
        """The states of ``rows`` and, apart, why the others cannot be known: one bad stream stops no other."""
        faults: dict[str, PrrError] = {}
        found: dict[str, PromotionState] = {}
        for start in range(0, len(rows), _CHUNK):
            chunk = {row.key: row for row in rows[start : start + _CHUNK]}
            news = self._news(connection, chunk)
            for key, row in chunk.items():
                try:
                    found[key] = self._fold(row, news.get(key, []))
                except PrrError as fault:
                    faults[key] = fault
        self.remember(found.values())
        return found, faults

    def _base(self, row: PromotionRow) -> PromotionState | None:
        known = self._states.get(row.key)
        return known if known is not None and known.last_seq <= row.last_seq else None

    def _news(self, connection: Connection, chunk: Mapping[str, PromotionRow]) -> dict[str, list[StoredRow]]:
        """Events that the remembered states have not seen, without those that change no state."""
        seen = {key: base.last_seq if (base := self._base(row)) else 0 for key, row in chunk.items()}
        stale = [key for key, row in chunk.items() if seen[key] < row.last_seq]
        news: dict[str, list[StoredRow]] = {}
        if not stale:
            return news
        query = select(events).where(
            events.c.stream.in_(stale),
            events.c.seq > min(seen[key] for key in stale),
            events.c.type.not_in([str(kind) for kind in INERT]) | (events.c.schema > SCHEMA_VERSION),
        )
        for row in connection.execute(query.order_by(events.c.seq)):
            stored = stored_row(row)
            if seen[stored.stream] < stored.seq <= chunk[stored.stream].last_seq:
                news.setdefault(stored.stream, []).append(stored)
        return news

    def _fold(self, row: PromotionRow, news: Sequence[StoredRow]) -> PromotionState:
        state = self._base(row)
        if state is not None and state.last_seq == row.last_seq:
            return state
        for stored in news:
            try:
                state = apply(state, event_of(stored))
            except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                raise Unreadable(
                    f"Ledger event {stored.seq} of {row.key} has a wrong payload; run prr audit."
                ) from None
        if state is None:
            raise Unreadable(f"The ledger lists {row.key} without its opening event; run prr audit.")
        return state if state.last_seq == row.last_seq else changed(state, last_seq=row.last_seq)


def stored_row(row: Row[Any]) -> StoredRow:
    """A row of ``events``, selected with all columns, as data."""
    columns: tuple[Any, ...] = tuple(row)
    return StoredRow(*columns)


def select_events(*, stream: str | None, types: Sequence[str] | None, after: int, limit: int | None) -> Select[Any]:
    """The query for events in ``seq`` order."""
    query = select(events).where(events.c.seq > after).order_by(events.c.seq)
    if stream is not None:
        query = query.where(events.c.stream == stream)
    if types is not None:
        query = query.where(events.c.type.in_(types))
    return query if limit is None else query.limit(limit)


def read_events(connection: Connection, query: Select[Any]) -> list[Event]:
    """The events of a query. Raises `Unreadable` at the first damaged one."""
    return [event_of(stored_row(row)) for row in connection.execute(query)]


def _promotion_row(row: Row[Any]) -> PromotionRow:
    return PromotionRow(row.key, row.version, row.last_seq, row.is_open, row.subject, row.target, row.flag_key)
