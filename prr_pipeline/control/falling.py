"""Who falls with whom: what a tick lowers takes its dependants along, in the same tick."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace

from prr_pipeline.control.gather import World, dependency_facts
from prr_pipeline.control.unjudged import lowerings_without_decision
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.dependencies import closure
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind


def lowering_of(decision: Decision) -> Lowering | None:
    """What a decision lowers; None for one that does not."""
    if decision.verdict < Verdict.STEP_DOWN or decision.to is None or decision.latch is None:
        return None
    return Lowering(decision.to, decision.latch, decision.causes[0], decision.cooling)


def with_dependants(
    work: Workplace,
    world: World,
    reasons: Mapping[str, Lowering],
    decisions: MutableMapping[str, Decision],
    facts: MutableMapping[str, Facts],
    faults: MutableMapping[str, str],
) -> dict[str, Lowering]:
    """``reasons`` by promotion key, and whatever falls with them, directly or not.

    Dependants are decided anew, as if their dependencies stood where this tick brings them: ``decisions`` and ``facts``
    then hold that. Each round can only lower further, so cycles end.
    """
    falling = dict(reasons)
    fresh = set(falling)
    while fresh:
        subjects = {world.states[key].subject for key in fresh}
        fresh = set()
        for key, state in world.states.items():
            if not state.is_open or subjects.isdisjoint(closure(world.graph, state.subject)):
                continue
            reason = _again(work, world, key, falling, decisions, facts, faults)
            if reason is not None:
                falling[key] = reason
                fresh.add(key)
    return falling


def _again(
    work: Workplace,
    world: World,
    key: str,
    falling: Mapping[str, Lowering],
    decisions: MutableMapping[str, Decision],
    facts: MutableMapping[str, Facts],
    faults: MutableMapping[str, str],
) -> Lowering | None:
    """What lowers a dependant further than what is known of it already; None if nothing does."""
    if key not in decisions:
        reason = lowerings_without_decision(work, world, [key], falling).get(key)
        return reason if reason is not None and _is_further(reason, falling.get(key)) else None
    state = world.states[key]
    try:
        seen = replace(facts[key], dependencies=dependency_facts(world, state, falling))
        decision = decide(state, seen, work.policy, world.now)
    except Exception as fault:
        faults[key] = f"{type(fault).__name__}: {fault}"
        return None
    reason = lowering_of(decision)
    if reason is None or not _is_further(reason, falling.get(key)):
        return None
    decisions[key], facts[key] = decision, seen
    return reason


def _is_further(reason: Lowering, before: Lowering | None) -> bool:
    """Lower, or as low and the end of the attempt."""
    return before is None or _depth(reason) < _depth(before)


def _depth(reason: Lowering) -> tuple[int, bool]:
    return (reason.to.level, reason.latch is not LatchKind.ROLLED_BACK)
