"""The line in the ledger: its orders as events, and the refusal of a raise that a standing stop forbids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.ledger.events import SCHEMA_VERSION, SYSTEM_STREAM, Event, EventType
from prr_pipeline.ledger.projection import Projection, read_events, select_events
from prr_pipeline.rollout.dependencies import dependency_graph
from prr_pipeline.rollout.line import Line, Release, Stop
from prr_pipeline.rollout.scope import Scope, ScopeKind, member_of
from prr_pipeline.rollout.state import PromotionState

LINE_TYPES = frozenset({EventType.LINE_STOPPED, EventType.LINE_RELEASED})


def scope_data(scope: Scope) -> dict[str, object]:
    """A scope as the payload of an order holds it, with the context that a service had when the order was given."""
    return {"context": scope.context, "scope": str(scope)}


def read_line(connection: Connection) -> Line:
    """Every order, oldest first. Raises `Unreadable` for one that this version cannot read: no raise is safe then."""
    query = select_events(stream=SYSTEM_STREAM, types=sorted(map(str, LINE_TYPES)), after=0, limit=None)
    return Line(tuple(order_of(event) for event in read_events(connection, query)))


def order_of(event: Event) -> Stop | Release:
    """The order that an event holds. Raises `Unreadable` for another form, or a newer version's."""
    try:
        if event.schema > SCHEMA_VERSION:
            raise PrrError(f"it is of schema {event.schema}, this version reads {SCHEMA_VERSION}")
        return _order(event, event.payload)
    except (PrrError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable(
            f"Ledger event {event.seq} ({event.type}) is no order about the line that this version can read ({fault})."
        ) from None


def check_order(event: Event) -> None:
    """Refuse an order that could not be read again, or that stands where nobody looks. Raises `Refused`."""
    if event.stream != SYSTEM_STREAM:
        raise Refused(f"The event {event.type} belongs to the stream {SYSTEM_STREAM!r}, not to {event.stream!r}.")
    try:
        order_of(event)
    except Unreadable as fault:
        raise Refused(str(fault)) from None


def refuse_halted(connection: Connection, projection: Projection, state: PromotionState | None) -> None:
    """Raise `Refused` when a stop stands for a promotion that is about to rise: read in the transaction that writes it.

    An order that cannot be read forbids every raise.
    """
    line = read_line(connection)
    if state is None or not line.orders:
        return
    states, _ = projection.states(connection, projection.rows(connection)) if _looks_around(line) else ({}, {})
    stops = line.stops_for(member_of(state), dependency_graph({**states, state.key: state}))
    if stops:
        raise Refused(f"The promotion {state.key} cannot rise: {stops[-1].words}.")


def _looks_around(line: Line) -> bool:
    """Whether some order is about dependencies, which other promotions tell too."""
    return any(order.scope.kind is ScopeKind.DEPENDS_ON for order in line.orders)


def _order(event: Event, p: Mapping[str, Any]) -> Stop | Release:
    scope = Scope.parse(p["scope"])
    scope = Scope(scope.kind, scope.name, str(p["context"]))
    if event.type == EventType.LINE_STOPPED:
        return Stop(event.seq, scope, str(p["by"]), str(p["reason"]), event.at)
    kept = p["kept"]
    if not isinstance(kept, list) or not isinstance(p["up_to"], int):
        raise TypeError("kept is a list of keys, up_to a number")
    return Release(scope, p["up_to"], frozenset(str(key) for key in kept))
