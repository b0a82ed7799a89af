"""Raise by one rung: judge, intent, recheck, flag write, read-back, settle. Runs only inside a rung's run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.cooling import end_cool_down
from prr_pipeline.control.decisions import record_decision
from prr_pipeline.control.dwelling import book_dwell
from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.latching import RACES
from prr_pipeline.control.withdrawing import withdraw
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, StaleVersion
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.reclimb import has_cooled
from prr_pipeline.rollout.state import Intent, PromotionState


class ClimbResult(StrEnum):
    """How a climb ended."""

    RAISED = "raised"
    NO_CHANGE = "no_change"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Climb:
    """The end of one rung run: what happened, the decision behind it, and the state afterwards."""

    result: ClimbResult
    why: str
    state: PromotionState
    decision: Decision | None = None


def climb(work: Workplace, key: str, rung_name: str, actor: str) -> Climb:
    """Bring one promotion to the rung of that name, if it is the next one and every gate is open.

    Finishes an intent that a crash left behind, and ends the cool-down of the rung that it stands at. A rung already
    reached is no change. Never moves more than one rung.
    """
    state = work.state(key)
    rung = state.ladder.index_of(rung_name)
    if state.intent is not None:
        return _finish(work, state, state.intent, actor)
    if rung == state.rung and has_cooled(state, work.now()):
        why, decision = end_cool_down(work, state, actor)
        return Climb(ClimbResult.NO_CHANGE, why, work.state(key), decision)
    if rung <= state.rung:
        return Climb(ClimbResult.NO_CHANGE, f"{key} stands at {state.exposure.name} already", state)
    judge_promotion(work, key, actor)
    state = work.state(key)
    world = read_world(work, [key])
    facts = facts_for(work, world, state)
    decision = decide(state, facts, work.policy, world.now)
    rises = decision.verdict is Verdict.ADVANCE and decision.rung == rung
    record_decision(work, state, facts, decision, world.now, actor, acts=rises)
    if not rises:
        why = decision.causes[0] if decision.verdict is not Verdict.ADVANCE else "the next rung is another one"
        return Climb(ClimbResult.REFUSED, f"{key} does not rise to {rung_name}: {why}", state, decision)
    failpoint("before_intent")
    intent = _write_intent(work, state, rung, decision, world, actor)
    failpoint("after_intent")
    return _finish(work, work.state(key), intent, actor)


def _write_intent(
    work: Workplace, state: PromotionState, rung: int, decision: Decision, world: World, actor: str
) -> Intent:
    """Book the intent with the flag's version that the decision saw: what is written since then makes it void."""
    to = state.ladder.exposure(rung)
    record = world.flags[state.flag_key]
    intent_id = f"{state.key}/{state.attempt}/{state.ladder.rungs[rung].name}/v{state.version}"
    payload = {
        "attempt": state.attempt,
        "decision": decision.key,
        "flag_version": record.version,
        "from": str(state.exposure),
        "intent_id": intent_id,
        "rung": rung,
        "signoffs": sorted(s.record_digest for s in state.signoffs if s.attempt == state.attempt),
        "to": str(to),
    }
    draft = Draft(state.key, EventType.INTENT_WRITTEN, payload, actor)
    event = work.ledger.append([draft], expect={state.key: state.version})[0]
    return Intent(intent_id, state.attempt, rung, to, event.at, record.version)


def _finish(work: Workplace, state: PromotionState, intent: Intent, actor: str) -> Climb:
    """Settle, resume or withdraw an open intent: whatever the world says now, worked out anew."""
    if state.intent is None or state.intent.intent_id != intent.intent_id:
        if state.attempt == intent.attempt and state.rung >= intent.rung:
            return Climb(ClimbResult.NO_CHANGE, f"{state.key} was brought to {intent.to.name} by another run", state)
        return Climb(ClimbResult.WITHDRAWN, f"{state.key} was changed by somebody else meanwhile", state)
    world = read_world(work, [state.key])
    record = world.flags.get(state.flag_key)
    if record is None:
        return Climb(
            ClimbResult.REFUSED, f"the flag cannot be read, so the intent stays open: {world.flag_fault}", state
        )
    decision = decide(_as_if_unwritten(state), facts_for(work, world, state), work.policy, world.now)
    if record.exposure == intent.to and record.version > intent.flag_version:
        return _settle(work, state, intent, record.version, None, actor, decision)
    if decision.verdict is not Verdict.ADVANCE or decision.rung != intent.rung:
        return _withdraw(work, state, intent, decision.causes[0], actor, decision)
    return _write_flag(work, state, intent, world.real_now, actor, decision)


def _as_if_unwritten(state: PromotionState) -> PromotionState:
    """The state without its own intent: the recheck asks whether this very raise would still be decided."""
    return replace(state, intent=None)


def _write_flag(
    work: Workplace, state: PromotionState, intent: Intent, read_at: datetime, actor: str, decision: Decision
) -> Climb:
    failpoint("before_flag_write")
    if work.real_now() - read_at > work.policy.alert_max_age:
        why = f"the alerts were read more than {work.policy.alert_max_age} ago; the next run reads them anew"
        return Climb(ClimbResult.REFUSED, f"{why}, and the intent stays open until then", state, decision)
    try:
        written = work.flags.write(
            state.flag_key, intent.to, expected_version=intent.flag_version, intent_id=intent.intent_id
        )
    except (StaleVersion, Refused) as lost:
        return _withdraw(work, state, intent, f"the flag was changed meanwhile: {lost}", actor, decision)
    except PrrError as fault:
        why = f"the flag could not be written: {fault} The intent stays open until it is settled or withdrawn"
        return Climb(ClimbResult.REFUSED, why, state, decision)
    age = work.real_now() - read_at
    failpoint("after_flag_write")
    shown = work.flags.read([state.flag_key])[state.flag_key]
    if shown.exposure != intent.to or shown.version < written.version:
        why = f"the flag shows {shown.exposure} after the write of {intent.to}"
        return Climb(ClimbResult.REFUSED, f"{why}; the intent stays open until it is settled", state, decision)
    return _settle(work, state, intent, shown.version, age, actor, decision)


def _settle(
    work: Workplace,
    state: PromotionState,
    intent: Intent,
    flag_version: int,
    age: timedelta | None,
    actor: str,
    decision: Decision,
) -> Climb:
    payload = {
        "alert_age_ms": None if age is None else age // timedelta(milliseconds=1),
        "flag_version": flag_version,
        "from": str(state.exposure),
        "intent_id": intent.intent_id,
        "rung": intent.rung,
        "to": str(intent.to),
    }
    failpoint("before_settle")
    try:
        _book_settle(work, state, intent, Draft(state.key, EventType.INTENT_SETTLED, payload, actor))
    except (StaleVersion, Refused) as lost:
        return _lost_settle(work.state(state.key), intent, lost, decision)
    failpoint("after_settle")
    settled = work.state(state.key)
    # The run has just seen alerts and flag: the stay on this rung is observed from here on.
    book_dwell(work, settled, decision)
    return Climb(ClimbResult.RAISED, f"{state.key} rose to {intent.to.name}", settled, decision)


def _book_settle(work: Workplace, state: PromotionState, intent: Intent, draft: Draft) -> None:
    """Settle against the state as it is now: a sign-off or a hold that came in meanwhile takes nothing back.

    The ledger itself refuses it under a lowering's latch. Raises `StaleVersion` once the intent is gone.
    """
    for left in reversed(range(RACES)):
        try:
            work.ledger.append([draft], expect={state.key: state.version})
        except StaleVersion:
            state = work.state(state.key)
            if not left or state.intent is None or state.intent.intent_id != intent.intent_id:
                raise
        else:
            return


def _lost_settle(state: PromotionState, intent: Intent, lost: PrrError, decision: Decision) -> Climb:
    """Somebody else was first: another run that settled the same intent, or a latch."""
    if state.attempt == intent.attempt and state.rung >= intent.rung:
        return Climb(
            ClimbResult.NO_CHANGE, f"{state.key} was settled at {intent.to.name} by another run", state, decision
        )
    return Climb(ClimbResult.WITHDRAWN, f"{state.key} was halted while it rose: {lost}", state, decision)


def _withdraw(
    work: Workplace, state: PromotionState, intent: Intent, why: str, actor: str, decision: Decision
) -> Climb:
    try:
        words = withdraw(work, state, intent, why, actor)
    except PrrError as fault:
        held = f"{why}. The intent stays open until it can be withdrawn: {fault}"
        return Climb(ClimbResult.REFUSED, f"{state.key} does not rise: {held}", state, decision)
    return Climb(ClimbResult.WITHDRAWN, f"{state.key} does not rise: {words}", work.state(state.key), decision)
