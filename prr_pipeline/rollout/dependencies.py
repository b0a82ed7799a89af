"""Dependencies: their closure, cycles as one unit, and who stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject

Graph = Mapping[Subject, Sequence[Subject]]


@dataclass(frozen=True, slots=True)
class DependencyFact:
    """An open promotion of something this one depends on.

    ``in_cycle`` says that it depends on this promotion too: both are one unit and climb in step.
    """

    key: str
    exposure: Exposure
    raising: bool
    rolled_back: bool
    lowered: bool
    in_cycle: bool = False


def dependency_graph(states: Mapping[str, PromotionState]) -> Graph:
    """Who depends on whom: of each subject's newest promotion."""
    newest: dict[Subject, PromotionState] = {}
    for state in states.values():
        known = newest.get(state.subject)
        if known is None or state.opened_at >= known.opened_at:
            newest[state.subject] = state
    return {subject: state.dependencies for subject, state in newest.items()}


def closure(graph: Graph, start: Subject) -> tuple[Subject, ...]:
    """Everything ``start`` depends on, directly or not, sorted; without ``start`` itself. Cycles are safe."""
    seen: set[Subject] = set()
    todo = list(graph.get(start, ()))
    while todo:
        subject = todo.pop()
        if subject not in seen:
            seen.add(subject)
            todo.extend(graph.get(subject, ()))
    return tuple(sorted(seen - {start}))


def dependants(graph: Graph, of: Subject) -> tuple[Subject, ...]:
    """Everything whose closure holds ``of``, sorted; without ``of`` itself."""
    return tuple(sorted(s for s in graph if s != of and of in closure(graph, s)))


def in_cycle(graph: Graph, one: Subject, other: Subject) -> bool:
    """Whether each depends on the other."""
    return other in closure(graph, one) and one in closure(graph, other)
