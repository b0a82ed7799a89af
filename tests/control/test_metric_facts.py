"""What metrics do to a promotion: open or close the gates that policy requires, and step down on proof alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from prr_pipeline.control.doctoring import diagnose
from prr_pipeline.exposure import SHADOW, Exposure
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.metrics import MINUTE, ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.signals.metrics.source import MetricQuestion, on_grid
from tests.control.metering import (
    BOTH,
    HOUR,
    KEY,
    RECORDED,
    PlayedSource,
    count,
    gate,
    look,
    metered,
    played,
    sound,
    week,
)
from tests.control.scene import WEEK, Scene
from tests.platforms.local_service import closed_port

ONE_PERCENT = Exposure.share(100)
HOURLY = RECORDED.replace("8d", "5m")
HOURS = 24 * 7 + 2


def test_without_a_source_nothing_changes(risen: Scene) -> None:
    """The gates are not used, and a promotion climbs as ever."""
    decision = look(risen, WEEK)
    assert decision.verdict.word == "advance"
    assert {gate(decision, name).state for name in ("burn_rate", "canary")} == {GateState.NOT_USED}


def test_a_required_gate_without_a_source_is_unknown(risen: Scene) -> None:
    """Nothing that answers it is configured."""
    risen.set("policy", BOTH)
    decision = look(risen, WEEK)
    assert (decision.blind, decision.clock_runs) == (True, False)
    assert "nothing is configured" in gate(decision, "canary").why


def test_healthy_metrics_open_both_gates(risen: Scene) -> None:
    """Enough requests, and the new version fails no more often than the old one."""
    metered(risen)
    count(risen, risen.work.now(), HOURS)
    decision = week(risen)
    assert (decision.verdict.word, decision.to) == ("advance", Exposure.share(1_000))
    assert gate(decision, "canary").state is GateState.OPEN
    assert gate(decision, "burn_rate").state is GateState.OPEN
    assert risen.climb(KEY, "10%").result == "raised"


def test_too_few_requests_hold_and_tell_when_there_will_be_enough(risen: Scene) -> None:
    """The dwell is extended by itself."""
    metered(risen, policy='required_gates = ["canary"]')
    count(risen, risen.work.now(), HOURS, on=(0, 10))
    decision = week(risen)
    assert decision.verdict.word == "hold"
    assert gate(decision, "canary").until is not None
    assert decision.earliest is not None
    assert decision.clock_runs


def test_a_proven_regression_steps_down(risen: Scene) -> None:
    """In words, to the last good rung; whether or not policy requires the gate."""
    metered(risen, policy="")
    count(risen, risen.work.now(), 48, on=(30, 1_000))
    risen.clock.advance(timedelta(days=2))
    assert risen.tick().lowered == ()
    [lowered] = risen.tick().lowered
    assert lowered.to == SHADOW
    assert risen.flag(KEY) == SHADOW
    latch = risen.state(KEY).latch
    assert latch is not None
    assert latch.cause.startswith("regression: ")


def test_a_hard_failure_rolls_back(risen: Scene) -> None:
    """Nearly every request to the new version fails: the attempt ends, and not at the rung below."""
    metered(risen, policy="")
    count(risen, risen.work.now(), 24, on=(190, 200))
    risen.clock.advance(timedelta(days=1))
    risen.tick()
    [lowered] = risen.tick().lowered
    assert lowered.to.name == "off"
    latch = risen.state(KEY).latch
    assert latch is not None
    assert (latch.kind, latch.cause.partition(":")[0]) == ("rolled_back", "hard failure")


def test_what_hits_both_arms_is_no_regression_of_the_new_version(risen: Scene) -> None:
    """An incident shows in the control arm too: the canary does not step down for it."""
    metered(risen, policy="")
    count(risen, risen.work.now(), 48, on=(1, 1_000))
    assert look(risen, timedelta(days=2)).verdict.word == "hold"
    assert risen.flag(KEY) == ONE_PERCENT


@pytest.mark.parametrize("fault", ["no file", "odd row", "silence", "no control arm", "half an arm"])
def test_a_bad_answer_holds_where_the_gate_is_required_and_rolls_nothing_back(risen: Scene, fault: str) -> None:
    """The verdict is unknown, the clock stands, and the sentence says why."""
    metered(risen, HOURLY)
    path = risen.deployment.folder / "metrics.jsonl"
    since = risen.work.now()
    if fault != "no file":
        count(risen, since, 24 if fault == "silence" else HOURS, variants=("on",) if "arm" in fault else ("on", "off"))
    if fault == "odd row":
        path.write_text(path.read_text("utf-8") + '{"at": 5}\n', "utf-8")
    if fault == "half an arm":
        count(risen, since, 1, variants=("off",))
    decision = look(risen, WEEK)
    assert (decision.verdict.word, decision.clock_runs, decision.blind) == ("hold", False, True)
    assert {gate(decision, name).state for name in ("burn_rate", "canary")} <= {GateState.UNKNOWN, GateState.OPEN}
    assert gate(decision, "canary").why
    assert risen.flag(KEY) == ONE_PERCENT
    assert risen.climb(KEY, "10%").result == "refused"


def test_a_bad_answer_holds_nothing_where_no_gate_is_required(risen: Scene) -> None:
    """It is no reason to lower either."""
    metered(risen, policy="")
    assert look(risen, WEEK).verdict.word == "advance"


def test_options_that_are_wrong_are_told_by_the_gate_and_stop_no_tick(risen: Scene) -> None:
    """The path of the file is missing."""
    metered(risen, RECORDED.replace('path = "metrics.jsonl"', ""))
    decision = look(risen, WEEK)
    assert "give the path" in gate(decision, "canary").why
    assert "give the path" in gate(decision, "burn_rate").why


def test_below_the_first_rung_there_is_nothing_to_judge(signed: Scene) -> None:
    """Nobody gets the new version, so nothing can be required of it."""
    metered(signed)
    assert gate(look(signed), "canary").state is GateState.OPEN
    assert signed.climb(KEY, "shadow").result == "raised"


def test_a_new_rung_is_unknown_until_its_first_answer(risen: Scene) -> None:
    """What the rung below has shown proves nothing here."""
    metered(risen)
    count(risen, risen.work.now(), HOURS)
    week(risen)
    risen.climb(KEY, "10%")
    decision = risen.tick().decisions[KEY]
    assert "no metric was read yet on this rung" in gate(decision, "canary").why


def bunched(question: MetricQuestion, now: datetime, at: datetime) -> MetricAnswer:
    """Five requests a minute, of which one failed in each of the five minutes before an instant."""
    found = sound(question, now, total=5)
    assert found.arms is not None
    hit = [at - step * MINUTE for step in range(1, 6)] if question.metric == "errors" else []
    rows = tuple(Bucket(one.start, int(one.start in hit), one.total) for one in found.arms.treatment)
    return replace(found, arms=ArmBuckets(rows, None))


def test_a_page_of_the_burn_rates_holds_and_is_told_and_lowers_nothing(signed: Scene) -> None:
    """Five failures in three days, within the objective: a bunch is no proof. It is told until the gate opens."""
    at = on_grid(signed.work.now(), MINUTE) + timedelta(days=3)
    source = PlayedSource(lambda question, now: bunched(question, now, at))
    played(signed, BOTH, source, 'source = "played"\ncatch_up = "31d"\ntick_budget = "10m"\n')
    signed.climb(KEY, "shadow")
    signed.clock.set(at + timedelta(seconds=20))
    decision = look(signed)
    assert gate(decision, "burn_rate").state is GateState.CLOSED
    assert "14.4x over 1 h and 5 min" in gate(decision, "burn_rate").why
    assert (decision.verdict.word, signed.flag(KEY), signed.state(KEY).latch) == ("hold", SHADOW, None)
    told = {one.dedup_key: one for one in signed.work.ledger.outbox.open_notices()}
    page = told[f"burn-rate/{KEY}/page"]
    assert (page.severity, page.about) == ("page", KEY)
    assert "errors: " in page.body
    source.answer = lambda question, now: question.unread(now, "it is silent")
    look(signed, HOUR)
    assert f"burn-rate/{KEY}/page" in {one.dedup_key for one in signed.work.ledger.outbox.open_notices()}
    source.answer = sound
    assert gate(look(signed, timedelta(days=4)), "burn_rate").state is GateState.OPEN
    assert not [one for one in signed.work.ledger.outbox.open_notices() if one.dedup_key.startswith("burn-rate/")]


def test_burn_rates_of_long_ago_lower_nothing(signed: Scene) -> None:
    """The guard asked, and was away for five days; now the source is silent."""
    at = on_grid(signed.work.now(), MINUTE) + timedelta(days=3)
    source = PlayedSource(lambda question, now: bunched(question, now, at))
    played(signed, BOTH, source, 'source = "played"\ncatch_up = "31d"\n')
    signed.climb(KEY, "shadow")
    signed.clock.set(at + timedelta(seconds=20))
    signed.tick()
    source.answer = lambda question, now: question.unread(now, "it is silent")
    signed.clock.advance(timedelta(days=5))
    tick = signed.tick()
    assert (tick.lowered, gate(tick.decisions[KEY], "burn_rate").state) == ((), GateState.UNKNOWN)
    assert signed.flag(KEY) == SHADOW


@pytest.mark.parametrize("bad", [3, 20], ids=["a part fails", "all fail"])
def test_a_control_arm_without_requests_raises_nothing(risen: Scene, bad: int) -> None:
    """Its series counts zeros, as under a wrong label: unknown, however many requests the new version had."""
    metered(risen, policy='required_gates = ["canary"]')
    count(risen, risen.work.now(), HOURS, on=(bad, 20), off=(0, 0))
    decision = week(risen)
    assert (gate(decision, "canary").state, decision.clock_runs) == (GateState.UNKNOWN, False)
    assert "the control arm had no requests" in gate(decision, "canary").why
    assert risen.climb(KEY, "10%").result == "refused"
    assert risen.flag(KEY) == ONE_PERCENT


def test_in_shadow_there_is_no_control_arm_and_the_objective_counts(signed: Scene) -> None:
    """Everybody is in shadow: forty times the budget, hour after hour, ends the attempt: below shadow is off."""
    signed.rise_to(KEY, "shadow")
    metered(signed)
    count(signed, signed.work.now(), 24, on=(40, 1_000), variants=("shadow",))
    signed.clock.advance(timedelta(days=1))
    signed.tick()
    [lowered] = signed.tick().lowered
    assert lowered.to.name == "off"


def test_metrics_that_stop_coming_grow_old(risen: Scene) -> None:
    """The gates were open, and are unknown two steps later."""
    metered(risen, HOURLY)
    count(risen, risen.work.now(), 24)
    assert gate(look(risen, 24 * HOUR), "canary").state is GateState.OPEN
    decision = look(risen, 3 * HOUR)
    assert gate(decision, "canary").state is GateState.UNKNOWN
    assert "the newest sample is" in gate(decision, "canary").why


def test_without_ticks_the_gates_grow_old_too(risen: Scene) -> None:
    """Whoever else asks, asks what the guard read; a guard that stands still opens nothing."""
    metered(risen, HOURLY)
    count(risen, risen.work.now(), 48)
    assert gate(look(risen, 24 * HOUR), "canary").state is GateState.OPEN
    risen.clock.advance(5 * HOUR)
    done = risen.climb(KEY, "10%")
    assert done.decision is not None
    assert "no metric was read since" in gate(done.decision, "burn_rate").why
    assert "the newest sample is" in gate(done.decision, "canary").why


def test_the_doctor_asks_a_source_that_can_be_asked(risen: Scene) -> None:
    """One that nobody answers for is a fault, in one sentence with its address."""
    url = f"http://127.0.0.1:{closed_port()}"
    metered(risen, f'source = "prometheus"\noptions = {{ url = "{url}" }}')
    found = {one.name: one for one in diagnose(risen.deployment.settings_file)}["metrics"]
    assert (found.word, url in found.finding, found.finding.count(". ")) == ("fault", True, 0)
    assert "metrics.options" in found.way_out


def test_the_doctor_looks_at_a_source_that_is_set(risen: Scene) -> None:
    """And says what of its options is wrong."""
    file = risen.deployment.settings_file
    assert "metrics" not in {one.name for one in diagnose(file)}
    metered(risen)
    found = {one.name: one for one in diagnose(file)}
    assert (found["metrics"].word, found["metrics"].finding) == ("ok", "recorded; judged: errors, slow.")
    risen.replace_settings('path = "metrics.jsonl"', "")
    found = {one.name: one for one in diagnose(file)}
    assert (found["metrics"].word, "give the path" in found["metrics"].finding) == ("fault", True)
