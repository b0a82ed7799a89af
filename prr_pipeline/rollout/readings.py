"""The gate table of one promotion: every gate of the policy, answered from the facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import ORDER, GateReading, GateState, closed, not_used, opened, unknown
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.reclimb import clock_starts_at
from prr_pipeline.rollout.state import PromotionState


def gate_table(state: PromotionState, facts: Facts, policy: Policy, now: datetime) -> tuple[GateReading, ...]:
    """All gates in display order; optional ones that policy does not require are shown as not used."""
    found = {
        "flag": flag_gate(state, facts),
        "record": facts.record,
        "readiness": facts.readiness,
        "dwell": dwell_gate(state, facts, now),
        "alerts": alerts_gate(facts),
        "dependencies": dependency_gate(state, facts),
        "halt": facts.halt,
        "freeze": facts.freeze,
        "window": facts.window,
        "signoff": facts.signoff,
    }
    return tuple(_required(name, found.get(name) or facts.optional.get(name), policy) for name in ORDER)


def _required(name: str, reading: GateReading | None, policy: Policy) -> GateReading:
    if name not in policy.required:
        return not_used(name)
    if reading is None or reading.state is GateState.NOT_USED:
        return unknown(name, "required by policy, but nothing is configured that answers it")
    return reading


def flag_gate(state: PromotionState, facts: Facts) -> GateReading:
    """Open when the flag shows what the ledger holds."""
    flag = facts.flag
    if not flag.readable:
        return unknown("flag", flag.why)
    if flag.exposure is None:
        return closed("flag", f"the flag's definition is not ours: {flag.why}")
    if flag.exposure != state.exposure:
        return closed("flag", f"the flag shows {flag.exposure}, the ledger holds {state.exposure}")
    if rewritten(state, flag):
        why = f"somebody else wrote the flag: version {flag.version}, the ledger settled {state.flag_version}"
        return closed("flag", why)
    return opened("flag", f"the flag shows {flag.exposure}, as the ledger holds")


def rewritten(state: PromotionState, flag: FlagFact) -> bool:
    """Whether the flag's version is not the one that was settled. Below the first rung none was settled yet."""
    return state.rung > BOTTOM and flag.version != state.flag_version


def served(state: PromotionState, facts: Facts) -> timedelta:
    """Dwell served on the present rung."""
    return facts.dwell.served if facts.dwell is not None else timedelta(0)


def dwell_gate(state: PromotionState, facts: Facts, now: datetime) -> GateReading:
    """Open when the present rung's dwell is served. At the bottom there is none to serve."""
    if state.rung == BOTTOM:
        return opened("dwell", "nothing to serve below the first rung")
    rung = state.ladder.rungs[state.rung]
    if facts.dwell is not None and facts.dwell.jump:
        return closed("dwell", f"the clock jumped: {facts.dwell.jump}")
    done = served(state, facts)
    if done < rung.dwell:
        why = f"{_short(done)} of {_short(rung.dwell)} served at {rung.name}"
        starts_at = clock_starts_at(state, now, facts.dwell)
        return closed("dwell", why, _later(starts_at, rung.dwell - done) if starts_at is not None else None)
    return opened("dwell", f"{_short(rung.dwell)} served at {rung.name}")


def alerts_gate(facts: Facts) -> GateReading:
    """Open only when every answer is clear."""
    answers = facts.all_alerts
    firing = [f"{_whose(s)}{a.why}" for s, a in answers if a.value == "firing"]
    if firing:
        return closed("alerts", "; ".join(firing))
    blind = unread(facts)
    if blind:
        return unknown("alerts", blind)
    count = len(answers) - 1
    return opened("alerts", "clear" + (f", also for {count} dependencies" if count else ""))


def unread(facts: Facts) -> str:
    """What of the alerts could not be read, in words; empty when all was. What fires there or elsewhere hides none."""
    found = ((subject, a.why if a.value == "unknown" else a.doubts) for subject, a in facts.all_alerts)
    return "; ".join(f"{_whose(subject)}{words}" for subject, words in found if words)


def dependency_gate(state: PromotionState, facts: Facts) -> GateReading:
    """Open when every open promotion of a dependency stands at or above the next rung and none is in motion.

    Members of a cycle climb in step: there a dependency need only stand where this one stands now, unless it was
    lowered. What a guardrail would lower again at once is not raised.
    """
    if state.next_rung is None:
        return opened("dependencies", "nothing above")
    wanted = state.ladder.exposure(state.next_rung)
    for fact in facts.dependencies:
        need = state.exposure if fact.in_cycle and not fact.lowered else wanted
        if fact.rolled_back:
            return closed("dependencies", f"{fact.key} was rolled back")
        if fact.raising:
            return closed("dependencies", f"{fact.key} is rising at this moment")
        if fact.exposure < need:
            return closed("dependencies", f"{fact.key} stands at {fact.exposure.name}, below {need.name}")
    return opened("dependencies", "none is below the next rung")


def worst_firing(facts: Facts) -> Iterable[tuple[str, Severity]]:
    """Every firing answer with its worst severity and words for it. One without a severity counts as other."""
    for subject, answer in facts.all_alerts:
        if answer.value == "firing":
            yield f"{_whose(subject)}{answer.why}", answer.worst or Severity.OTHER


def _whose(subject: object) -> str:
    return "" if subject is None else f"{subject}: "


def _later(now: datetime, left: timedelta) -> datetime | None:
    """None beyond the end of the calendar: a dwell may be longer than that, and no fact makes a decision fail."""
    try:
        return now + left
    except OverflowError:
        return None


def _short(span: timedelta) -> str:
    days, rest = divmod(int(span.total_seconds()), 86_400)
    hours, minutes = divmod(rest // 60, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
