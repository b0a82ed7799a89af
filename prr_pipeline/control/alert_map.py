"""Whom alerts concern: the subjects that count for a promotion, each with its context, and the names that are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prr_pipeline.control.known_names import known_names
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.alerts import Episode, counts_for
from prr_pipeline.rollout.dependencies import Graph, closure, dependency_graph
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject


@dataclass(frozen=True, slots=True)
class AlertMap:
    """``contexts`` are of subjects; one that is not in it has none that is known, so every service's alerts count."""

    graph: Graph
    contexts: Mapping[Subject, str]
    known: KnownNames

    def watched(
        self, subject: Subject, context: str, dependencies: Iterable[Subject]
    ) -> tuple[tuple[Subject, str], ...]:
        """Whose alerts count for a promotion: its own subject, then everything it depends on, with their contexts."""
        needs = set(closure(self.graph, subject))
        for one in dependencies:
            if one not in needs:
                needs.update((one, *closure(self.graph, one)))
        others = sorted(needs - {subject})
        return ((subject, context), *((one, self.contexts.get(one, "")) for one in others))

    def watched_for(self, state: PromotionState) -> tuple[tuple[Subject, str], ...]:
        """`watched` of a promotion of the ledger."""
        return self.watched(state.subject, state.context, state.dependencies)

    def concerns(self, episode: Episode, state: PromotionState) -> bool:
        """Whether an alert counts for a promotion, by itself or by anything that it depends on."""
        return any(counts_for(episode, one, context, self.known) for one, context in self.watched_for(state))


def alert_map(work: Workplace, states: Mapping[str, PromotionState]) -> AlertMap:
    """What the ledger tells: who depends on whom, which context each belongs to, and which names there are."""
    return AlertMap(dependency_graph(states), _contexts(states.values()), known_names(work, states.values()))


def _contexts(states: Iterable[PromotionState]) -> dict[Subject, str]:
    """A subject's context by its own newest promotion; else as the newest that depends on it recorded it."""
    by_age = sorted(states, key=lambda state: state.opened_at)
    found: dict[Subject, str] = {}
    for state in by_age:
        found.update(state.dependency_contexts)
    found.update((state.subject, state.context) for state in by_age)
    return found
