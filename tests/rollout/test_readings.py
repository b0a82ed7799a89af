"""The gate table: dependencies in every position, dwell, flag and the gates that policy may add."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure
from prr_pipeline.rollout.alerts import AlertAnswer
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dependencies import DependencyFact
from prr_pipeline.rollout.gates import ORDER, GateState, closed, opened, unknown
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.readings import alerts_gate, dependency_gate, dwell_gate, flag_gate, gate_table
from tests.rollout.worlds import IDENTITY, NOW, RUNGS, WEEK, answer, dwell, exposure, facts, flag, index, promotion


def dependency(stands: str, **changed: bool) -> DependencyFact:
    """An open promotion of a dependency."""
    told = {"raising": False, "rolled_back": False, "lowered": False, "in_cycle": False, **changed}
    return DependencyFact("service:identity:ga", exposure(index(stands)), **told)


def wanted(rung: str, stands: str, in_cycle: bool) -> bool:
    """Whether a dependant at ``rung`` may rise: level with the next rung, or in step within a cycle."""
    return RUNGS.index(stands) >= RUNGS.index(rung) + (0 if in_cycle else 1)


@pytest.mark.parametrize("in_cycle", [False, True])
@pytest.mark.parametrize("stands", RUNGS)
@pytest.mark.parametrize("rung", RUNGS[:-1])
def test_a_dependant_waits_for_its_dependency(rung: str, stands: str, in_cycle: bool) -> None:
    """It never stands higher; members of a cycle climb in step, one rung apart at most."""
    state = promotion(rung)
    seen = facts(state, dependencies=(dependency(stands, in_cycle=in_cycle),))
    assert dependency_gate(state, seen).is_open == wanted(rung, stands, in_cycle)
    assert (decide(state, seen, Policy(), NOW).verdict is Verdict.ADVANCE) == wanted(rung, stands, in_cycle)


@pytest.mark.parametrize("rung", RUNGS[:-1])
@pytest.mark.parametrize(
    "changed",
    [{"raising": True}, {"rolled_back": True}, {"rolled_back": True, "in_cycle": True}],
    ids=["rising", "rolled-back", "rolled-back-in-cycle"],
)
def test_nothing_rises_on_a_dependency_in_motion(rung: str, changed: dict[str, bool]) -> None:
    """Not in one tick with it, and not on one that was rolled back, wherever it still stands."""
    state = promotion(rung)
    seen = facts(state, dependencies=(dependency("100%", **changed),))
    assert dependency_gate(state, seen).state is GateState.CLOSED
    assert decide(state, seen, Policy(), NOW).verdict is not Verdict.ADVANCE


def test_no_member_of_a_cycle_rises_over_one_that_was_lowered() -> None:
    """It would be stepped down again at the next tick."""
    state = promotion("1%")
    lowered = dependency("1%", lowered=True, in_cycle=True)
    assert dependency_gate(state, facts(state, dependencies=(lowered,))).state is GateState.CLOSED
    high = dependency("10%", lowered=True, in_cycle=True)
    assert dependency_gate(state, facts(state, dependencies=(high,))).is_open


@pytest.mark.parametrize("rung", RUNGS[1:])
def test_a_rolled_back_dependency_rolls_its_dependants_back(rung: str) -> None:
    """At every rung, the top too."""
    state = promotion(rung)
    seen = facts(state, dependencies=(dependency("off", rolled_back=True, lowered=True),))
    decision = decide(state, seen, Policy(), NOW)
    assert (decision.verdict, decision.to) == (Verdict.ROLL_BACK, OFF)


@pytest.mark.parametrize("stands", RUNGS[1:])
def test_a_dependant_follows_a_step_down_to_the_rung_of_the_dependency(stands: str) -> None:
    """Never below it, and not at all if it stands no higher."""
    state = promotion("50%")
    decision = decide(state, facts(state, dependencies=(dependency(stands, lowered=True),)), Policy(), NOW)
    if RUNGS.index(stands) < RUNGS.index("50%"):
        assert (decision.verdict, decision.to) == (Verdict.STEP_DOWN, exposure(index(stands)))
    else:
        assert decision.verdict is not Verdict.STEP_DOWN


@pytest.mark.parametrize(("rung", "to"), [("50%", "10%"), ("10%", "1%"), ("1%", "shadow"), ("shadow", "off")])
def test_a_regression_steps_down_to_the_last_good_rung(rung: str, to: str) -> None:
    """From the first rung that is off, and thus a roll back."""
    state = promotion(rung)
    decision = decide(state, facts(state, regressions=("p99 is 40% up",)), Policy(), NOW)
    assert decision.to == exposure(index(to))
    assert decision.verdict is (Verdict.ROLL_BACK if to == "off" else Verdict.STEP_DOWN)


@pytest.mark.parametrize("rung", ["shadow", "1%", "50%", "100%"])
def test_a_hard_failure_rolls_back_whatever_else_is_there(rung: str) -> None:
    """To off, also beside a regression that would only step down; off itself is held."""
    proven = {"hard_failures": ("half of all requests failed",), "regressions": ("p99 is 40% up",)}
    state = promotion(rung)
    decision = decide(state, facts(state, **proven), Policy(), NOW)
    assert (decision.verdict, decision.to) == (Verdict.ROLL_BACK, OFF)
    assert decision.causes[:2] == ("hard failure: half of all requests failed", "regression: p99 is 40% up")
    held = decide(promotion("off"), facts(promotion("off"), **proven), Policy(), NOW)
    assert (held.verdict, held.causes[0]) == (Verdict.HOLD, "hard failure: half of all requests failed")


def test_the_table_shows_every_gate_in_its_order() -> None:
    """The sign-off last, so that nobody is asked to sign what cannot move."""
    state = promotion("1%")
    table = gate_table(state, facts(state), Policy(), NOW)
    assert tuple(gate.name for gate in table) == ORDER
    assert ORDER[-1] == "signoff"
    assert {gate.name for gate in table if gate.state is GateState.NOT_USED} == {
        "burn_rate", "canary", "blast_radius", "rollback_drill",
    }  # fmt: skip


def test_a_gate_that_is_always_required_cannot_be_not_used() -> None:
    """An adapter that answers "not used" for one has answered nothing."""
    state = promotion("1%")
    reading = gate_table(state, facts(state), Policy(), NOW)[-4]
    assert reading.state is GateState.NOT_USED
    decision = decide(state, facts(state, freeze=reading), Policy(), NOW)
    assert decision.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("label", "state"), [("short", "closed"), ("served", "open"), ("jump", "closed")])
def test_dwell_opens_when_it_is_served(label: str, state: str) -> None:
    """And says when that will be; after a jump nobody can say."""
    at = promotion("1%")
    gate = dwell_gate(at, facts(at, dwell=dwell(label, "1%")), NOW)
    assert gate.state == state
    assert gate.until == (NOW + WEEK - timedelta(hours=1) if label == "short" else None)


def test_below_the_first_rung_there_is_no_dwell() -> None:
    """The climb begins when everything else is open."""
    state = promotion("off")
    assert dwell_gate(state, facts(state, dwell=None), NOW).is_open


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("matches", "open"), ("off", "closed"), ("below", "closed"), ("above", "closed"), ("touched", "closed"),
        ("foreign", "closed"), ("unreadable", "unknown"),
    ],
)  # fmt: skip
def test_the_flag_agrees_in_value_and_version(label: str, state: str) -> None:
    """Raised and put back between two ticks is seen by its version."""
    at = promotion("1%")
    assert flag_gate(at, facts(at, flag=flag(label, at))).state == state


def test_a_firing_alert_does_not_hide_an_unread_one() -> None:
    """The gate is closed, and the decision says all the same that it is blind: the page after a while still comes."""
    state = promotion("1%")
    seen = facts(state, alerts=answer("warning"), dependency_alerts={IDENTITY: answer("unknown")})
    assert alerts_gate(seen).state is GateState.CLOSED
    decision = decide(state, seen, Policy(), NOW)
    assert decision.blind
    assert any("service identity" in cause for cause in decision.causes)


def test_a_firing_alert_does_not_hide_what_its_own_reading_lacks() -> None:
    """A warning out of half an answer: held by it, and blind for all that the other half may say."""
    state = promotion("1%")
    half = replace(answer("warning"), doubts="Source am: half a body.")
    decision = decide(state, facts(state, alerts=half), Policy(), NOW)
    assert (decision.verdict, decision.blind, decision.clock_runs) == (Verdict.HOLD, True, False)
    assert "alerts: Source am: half a body." in decision.causes
    assert not decide(state, facts(state, alerts=answer("warning")), Policy(), NOW).blind


def test_a_firing_alert_without_a_severity_holds_and_stops_the_clock() -> None:
    """Anything else than the known words holds."""
    state = promotion("1%")
    decision = decide(state, facts(state, alerts=AlertAnswer("firing", None, "it fires")), Policy(), NOW)
    assert (decision.verdict, decision.clock_runs) == (Verdict.HOLD, False)


def test_the_earliest_time_is_none_while_a_person_is_waited_for() -> None:
    """A latch opens by nobody's clock."""
    freeze = closed("freeze", "freeze: Christmas", NOW + WEEK)
    free, held = promotion("1%"), promotion("1%", "held")
    assert decide(free, facts(free, freeze=freeze), Policy(), NOW).earliest == NOW + WEEK
    assert decide(held, facts(held, freeze=freeze), Policy(), NOW).earliest is None


def test_a_decision_is_new_when_its_causes_are() -> None:
    """A hold laid over unserved dwell, or a clock jump in it, is written down; an hour more of dwell is not."""
    free, held = promotion("1%"), promotion("1%", "held")
    short = facts(free, dwell=dwell("short", "1%"))
    first = decide(free, short, Policy(), NOW)
    assert decide(held, short, Policy(), NOW).key != first.key
    assert decide(free, facts(free, dwell=dwell("jump", "1%")), Policy(), NOW).key != first.key
    assert decide(free, facts(free, dwell=None), Policy(), NOW + WEEK).key == first.key


@pytest.mark.parametrize("reading", [opened("canary", "better"), closed("canary", "worse"), unknown("canary", "thin")])
def test_a_gate_that_policy_adds_counts_as_it_answers(reading) -> None:  # type: ignore[no-untyped-def]
    """Open advances, closed holds, unknown is unknown."""
    state = promotion("1%")
    decision = decide(state, facts(state, optional={"canary": reading}), Policy(required=frozenset({"canary"})), NOW)
    wanted_verdict = {"open": Verdict.ADVANCE, "closed": Verdict.HOLD, "unknown": Verdict.UNKNOWN}[reading.state]
    assert decision.verdict is wanted_verdict


def test_an_unknown_gate_cannot_be_required() -> None:
    """The error lists the valid ones."""
    with pytest.raises(ValueError, match=r"unknown gates \['vibes'\]; valid: .*canary"):
        Policy(required=frozenset({"vibes"}))


@pytest.mark.parametrize("share", [Exposure.share(5_000), FULL, SHADOW])
def test_a_settled_share_between_the_rungs_is_lowered_to_the_ceiling(share: Exposure) -> None:
    """Above the rung it goes down to the rung; below it is taken over as it is."""
    state = promotion("10%")
    decision = decide(state, facts(state, flag=flag("matches", state).__class__(True, share, 9)), Policy(), NOW)
    if share > state.exposure:
        assert (decision.verdict, decision.to) == (Verdict.STEP_DOWN, state.exposure)
    else:
        assert (decision.verdict, decision.adopt) == (Verdict.HOLD, share)
