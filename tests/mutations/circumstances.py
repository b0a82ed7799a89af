"""What may be otherwise outside of files and artefacts: time, people, tools, the promotion. Each has a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import AfterGa, AlertReview, AlertWatch, OasdiffAbsent, OnCall, OnCallAbsent
from prr_pipeline.readiness.model import Reason
from prr_pipeline.rollout.ladder import Ladder
from tests.mutations.state import DAY, World
from tests.mutations.world import FULL, NOW, THREATS, History, rungs

Circumstance = Callable[[World], World]
_SEEN = AlertReview("episode-1", "grants-read-latency", "warning", FULL + 2 * DAY, True)
_UNSEEN = AlertReview("episode-2", "grants-write-errors", "critical", FULL + 3 * DAY, False)
SINCE = {"createGrant": FULL - 218 * DAY}
"""Before the threat model's last change."""


def signed_as(world: World, line_id: str, how: str) -> World:
    """The world in which a line's statement is signed in another way, or not at all."""
    signer = world.signers[line_id]
    others = {name: each for name, each in world.signers.items() if name != line_id}
    ways = {
        "by a stranger": replace(signer, person="jonas", capacities=frozenset()),
        "and has ended": replace(signer, signed_at=world.facts.now - 40 * DAY, expires_at=world.facts.now - DAY),
        "for something else": replace(signer, digest=digest("something else")),
        "too early": replace(signer, signed_at=FULL + DAY),
    }
    if how == "not at all":
        return replace(world, signers=others)
    return replace(world, signers={**others, line_id: ways[how]})


def _telling(**changes: Any) -> Circumstance:
    return lambda world: world.telling(**changes)


def _answering(**answers: Any) -> Circumstance:
    return lambda world: replace(world, answers={**world.answers, **answers})


def _watched(watch: AlertWatch | None) -> Circumstance:
    return _telling(after_ga=AfterGa(FULL, {}, watch))


def _climbing(steps: str, days: int = 7) -> Circumstance:
    return _telling(ladder=Ladder.from_data({"rungs": rungs(steps, days)}).as_data())


def _history(changed_days_ago: int | None) -> Circumstance:
    changed = {} if changed_days_ago is None else {THREATS: NOW - changed_days_ago * DAY}
    return _telling(history=History(changed, SINCE))


CIRCUMSTANCES: Mapping[str, Circumstance] = {
    "nobody read the rota": _answering(on_call=None),
    "no rota is set": _answering(on_call=OnCallAbsent("The settings name no on-call rota.", Reason.NOT_DECLARED)),
    "nobody is on call": _answering(on_call=OnCall((), NOW + DAY, "on-call.ics")),
    "nobody compared": _answering(oasdiff=None),
    "no tool compares": _answering(oasdiff=OasdiffAbsent("oasdiff is not installed.", Reason.TOOL_ABSENT)),
    "it is the first version": _answering(oasdiff=OasdiffAbsent("2026-06-10 is the first minor version.", None)),
    "no history was read": _telling(history=None),
    "the history is shallow": _history(None),
    "the threat model is older than the operation": _history(400),
    "no ladder is known": _telling(ladder=None, ladder_source=None),
    "the ladder leaves out a step": _climbing("shadow 1% 50% 100%", 10),
    "the ladder takes a day per step": _climbing("shadow 1% 10% 50% 100%", 1),
    "the ladder is steeper at the end": _climbing("shadow 1% 10% 25% 100%"),
    "no target is named": _telling(target=None),
    "nobody read the sign-offs": _telling(approvals=None),
    "the promotion is not at full exposure": _telling(after_ga=None),
    "nobody watched": _watched(None),
    "the watch still runs": _watched(AlertWatch(None, (_SEEN,))),
    "an alert waits for its review": _watched(AlertWatch(FULL + 7 * DAY, (_SEEN, _UNSEEN))),
    "no alert fired": _watched(AlertWatch(FULL + 7 * DAY, ())),
    "three days after full exposure": _telling(now=FULL + 3 * DAY),
}
