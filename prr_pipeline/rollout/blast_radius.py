"""Caps on how much may go wrong at once: raises in one tick, wide endpoints per service, and chains. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.caps import Caps
from prr_pipeline.rollout.dependencies import Graph
from prr_pipeline.rollout.gates import GateReading, closed, opened
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.rollout.scope import member_of, needs_of
from prr_pipeline.rollout.state import PromotionState

NAME = "blast_radius"


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the caps look at of all promotions, sorted out once: those that rose of late or rise, and the wide ones
    by service."""

    moving: tuple[PromotionState, ...]
    wide: Mapping[str, tuple[PromotionState, ...]]

    @classmethod
    def of(cls, states: Iterable[PromotionState], caps: Caps, now: datetime) -> Fleet:
        """Sort out the promotions of one look at the ledger."""
        moving: list[PromotionState] = []
        wide: dict[str, list[PromotionState]] = {}
        for state in states:
            if state.intent is not None or _risen(state, caps, now):
                moving.append(state)
            if _is_wide(state, caps):
                wide.setdefault(service_of(state), []).append(state)
        return cls(tuple(moving), {name: tuple(found) for name, found in wide.items()})

    def raises_left(self, caps: Caps, now: datetime) -> int:
        """How many more may rise now."""
        used = sum(len(_risen(one, caps, now)) + (one.intent is not None) for one in self.moving)
        return max(0, caps.raises_per_tick - used)


def blast_radius_gate(state: PromotionState, fleet: Fleet, graph: Graph, caps: Caps, now: datetime) -> GateReading:
    """Closed while the next rung of ``state`` would exceed a cap, or rise in one tick with what it depends on.

    Of raises under way only those count that were begun before its own, if that has begun: of several that begin at
    once the first go on. Asked again after the intent is written, it misses none, so no cap is ever exceeded.
    """
    if state.next_rung is None:
        return opened(NAME, "nothing above")
    moves = [move for other in fleet.moving for move in _moves(other, state, caps, now)]
    chained = [move for move in moves if _are_chained(state, move.state, graph)]
    if chained:
        why = f"{chained[0].state.key} rose or rises in this tick, and one of the two depends on the other"
        return closed(NAME, why, _until(chained, caps))
    if len(moves) >= caps.raises_per_tick:
        why = f"{len(moves)} rungs rose or rise within {_short(caps.tick)}; the cap is {caps.raises_per_tick}"
        return closed(NAME, why, _until(moves, caps))
    return _width(state, fleet, caps) or opened(
        NAME, f"{len(moves)} of {caps.raises_per_tick} raises within {_short(caps.tick)}"
    )


def service_of(state: PromotionState) -> str:
    """The service that a promotion counts for, as a slug: the one that its subject names, else its context."""
    return member_of(state).service or slug(state.context)


@dataclass(frozen=True, slots=True)
class _Move:
    """One rung of a promotion: risen ``at`` an instant, or under way (None)."""

    state: PromotionState
    at: datetime | None


def _moves(other: PromotionState, state: PromotionState, caps: Caps, now: datetime) -> list[_Move]:
    found = [_Move(other, at) for at in _risen(other, caps, now)]
    return [*found, _Move(other, None)] if _is_ahead(other, state) else found


def _risen(state: PromotionState, caps: Caps, now: datetime) -> Sequence[datetime]:
    return [at for at in state.raised_at if now - at < caps.tick]


def _is_ahead(other: PromotionState, state: PromotionState) -> bool:
    """Whether a raise of the other is under way that was begun before this one's, if this one has begun at all."""
    if other.intent is None or other.key == state.key:
        return False
    return state.intent is None or other.intent.seq < state.intent.seq


def _are_chained(state: PromotionState, other: PromotionState, graph: Graph) -> bool:
    if other.key == state.key:
        return False
    return other.subject in needs_of(member_of(state), graph) or state.subject in needs_of(member_of(other), graph)


def _width(state: PromotionState, fleet: Fleet, caps: Caps) -> GateReading | None:
    """The closed gate when the next rung would be one wide endpoint too many; None while there is room."""
    rung = state.next_rung
    if rung is None or not state.exposure < caps.wide_from <= state.ladder.exposure(rung):
        return None
    service = service_of(state)
    keys = [o.key for o in fleet.wide.get(service, ()) if o.exposure >= caps.wide_from or _is_ahead(o, state)]
    wide = sorted(key for key in keys if key != state.key)
    if len(wide) < caps.wide_per_service:
        return None
    names = f"{', '.join(wide[:3])}{' and others' if len(wide) > 3 else ''}"
    why = f"{len(wide)} of {service} stand at or above {caps.wide_from.name}; the cap is {caps.wide_per_service}"
    return closed(NAME, f"{why}: {names}")


def _is_wide(state: PromotionState, caps: Caps) -> bool:
    """At or above the width, or on the way there, and the stability watch is not over."""
    if not state.is_open or state.watch_closed_at is not None:
        return False
    return state.exposure >= caps.wide_from or (state.intent is not None and state.intent.to >= caps.wide_from)


def _until(moves: Sequence[_Move], caps: Caps) -> datetime | None:
    """When the first of them is out of the tick; None while one is under way, which nobody can date, and for a tick
    beyond the calendar."""
    dated = [move.at for move in moves if move.at is not None]
    if len(dated) < len(moves):
        return None
    try:
        return min(dated) + caps.tick
    except OverflowError:
        return None


def _short(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes} min" if minutes else f"{span // timedelta(seconds=1)} s"
