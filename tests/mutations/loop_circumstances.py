"""What may be otherwise around the sample of the full checklist: time, releases, services, generators, people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.release_facts import BaseAbsent, DeployAbsent
from tests.mutations.state import DAY, World
from tests.mutations.world import History

Circumstance = Callable[[World], World]


def _answering(**answers: Any) -> Circumstance:
    return lambda world: replace(world, answers={**world.answers, **answers})


def _telling(**changes: Any) -> Circumstance:
    return lambda world: world.telling(**changes)


def _later_endpoint(world: World) -> World:
    history = cast(History, world.facts.history)
    since = {name: at + 300 * DAY for name, at in history.since.items()}
    return world.telling(history=History(history.changed, since))


class _NoDeploy:
    """Nobody can say what goes out."""

    def of(self, name: str) -> DeployAbsent:
        """Why not."""
        return DeployAbsent(f"There is no tag {name}; tag the release.", Reason.NO_BASELINE)


LOOP_CIRCUMSTANCES: Mapping[str, Circumstance] = {
    "nobody generated the pages anew": lambda world: replace(world, stale=frozenset({"pages"})),
    "nobody knows the last release": _answering(
        base=BaseAbsent("No tag names what was released; tag the releases.", Reason.NO_BASELINE)
    ),
    "nobody linted": _answering(migrations=None),
    "nobody may be asked": _answering(remote=None),
    "nobody knows the deploy": _answering(deploys=_NoDeploy()),
    "no history was read": _telling(history=None),
    "the docs are older than the endpoint": _later_endpoint,
    "an hour and more later": lambda world: world.telling(now=world.facts.now + DAY / 12),
}
