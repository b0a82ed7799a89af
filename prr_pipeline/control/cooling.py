"""End a cool-down: a rung's run lifts the latch of a step down, once its time is over and what users get is well."""

from __future__ import annotations

from prr_pipeline.control.decisions import record_decision
from prr_pipeline.control.dwelling import book_dwell
from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.orders import settle_lowering
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import StaleVersion
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.state import PromotionState


def end_cool_down(work: Workplace, state: PromotionState, actor: str) -> tuple[str, Decision]:
    """Lift the latch if a fresh look allows it; what was done, in words, and the decision behind it.

    Nothing rises by that: the dwell of the present rung begins, and every gate is before the next one.
    """
    world = read_world(work, [state.key])
    facts = facts_for(work, world, state)
    decision = decide(state, facts, work.policy, world.now)
    record_decision(work, state, facts, decision, world.now, actor, acts=decision.resumes)
    if not decision.resumes:
        return f"{state.key} is not let go yet: {'; '.join(decision.causes)}", decision
    payload = {"by": actor, "reason": f"the cool-down at {state.exposure.name} is over"}
    try:
        work.ledger.append([Draft(state.key, EventType.RESUMED, payload, actor)], expect={state.key: state.version})
    except StaleVersion:
        return f"{state.key} was changed by somebody else meanwhile", decision
    book_dwell(work, work.state(state.key), decision)  # what went by under the latch is not served
    settle_lowering(work, state.key)
    return f"{state.key} goes on from {state.exposure.name}: its cool-down is over, and its dwell begins", decision
