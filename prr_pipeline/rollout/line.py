"""The line: orders that stop every raise of a scope, whatever is opened later, and those that let it go on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.dependencies import Graph
from prr_pipeline.rollout.gates import GateReading, closed, opened
from prr_pipeline.rollout.scope import Member, Scope


@dataclass(frozen=True, slots=True)
class Stop:
    """An order that nothing of its scope may rise. ``seq`` is its event's in the ledger."""

    seq: int
    scope: Scope
    by: str
    reason: str
    at: datetime

    @property
    def words(self) -> str:
        """As the gate and the lists say it."""
        return f"the line is stopped for {self.scope} by {self.by} since {instant_text(self.at)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Release:
    """An order that a scope goes on. It lifts the stops up to ``up_to`` alone: a later one was not seen by who gave it.

    ``kept`` are keys of promotions whose gates did not allow it: for them the stops stand.
    """

    scope: Scope
    up_to: int
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """A stop that stands: for the promotions ``alone``, if any are named, else for its scope ``but`` for its parts."""

    stop: Stop
    alone: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One sentence."""
        alone = f", now for {', '.join(self.alone)} alone" if self.alone else ""
        but = f", but not for {', '.join(self.but)}" if self.but else ""
        return f"{self.stop.words}{alone}{but}"


@dataclass(frozen=True, slots=True)
class Line:
    """Every stop and release, oldest first: the last word about a promotion counts."""

    orders: tuple[Stop | Release, ...] = ()

    def stops_for(self, member: Member, graph: Graph) -> tuple[Stop, ...]:
        """The stops that stand for one promotion, oldest first; none: the line runs for it."""
        standing: list[Stop] = []
        for order in self.orders:
            if not order.scope.holds(member, graph):
                continue
            if isinstance(order, Stop):
                standing.append(order)
            elif member.key not in order.kept:
                standing = [stop for stop in standing if stop.seq > order.up_to]
        return tuple(standing)

    def standing(self, members: Sequence[Member], graph: Graph) -> tuple[Standing, ...]:
        """Each stop that stands: not released as a whole, or only but for some of the open promotions, ``members``."""
        stops = [order for order in self.orders if isinstance(order, Stop)]
        held = {member.key: self.stops_for(member, graph) for member in members} if stops else {}
        found = []
        for stop in stops:
            later = [one for one in self.orders if isinstance(one, Release) and one.up_to >= stop.seq]
            keys = tuple(sorted(key for key, standing in held.items() if stop in standing))
            whole = any(one.scope.covers(stop.scope) for one in later)
            if keys or not whole:
                but = () if whole else tuple(sorted({str(one.scope) for one in later}))
                found.append(Standing(stop, keys if whole else (), but))
        return tuple(found)


def halt_gate(stops: tuple[Stop, ...]) -> GateReading:
    """Closed while a stop stands: nothing rises, and nothing else is held back by it."""
    if not stops:
        return opened("halt", "the line runs")
    return closed("halt", "; ".join(stop.words for stop in stops))
