"""Rounds of metrics: once per step, within the tick's budget, oldest first; whatever a source does, no tick fails."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.kept_metrics import TABLE, read_kept
from prr_pipeline.control.metric_rounds import ask_metrics
from prr_pipeline.control.orders import resume, step_down
from prr_pipeline.control.watching import watch
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.metrics import MetricAnswer
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.signals.metrics.source import MetricQuestion, on_grid
from tests.control.metering import BOTH, HOUR, KEY, PLAYED, PlayedSource, gate, kept, look, played, sound
from tests.control.scene import ORDER, Scene

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(risen: Scene) -> Scene:
    """A promotion at 1%."""
    return risen


def asked_by(source: PlayedSource) -> list[tuple[str, datetime]]:
    """Metric and first bucket of each question since the last look."""
    found = [(one.metric, one.since) for one in source.asked]
    source.asked.clear()
    return found


def test_a_round_takes_place_once_per_step(scene: Scene) -> None:
    """Sixty ticks within the hour ask once for each metric; the next hour asks for what came since, and one more."""
    source = played(scene)
    rung_since = scene.state(KEY).rung_since
    assert rung_since is not None
    first = on_grid(rung_since, HOUR) + HOUR
    scene.clock.advance(2 * HOUR)
    for _ in range(5):
        scene.tick()
        scene.clock.advance(MINUTE)
    assert asked_by(source) == [("errors", first - HOUR), ("slow", first - HOUR)]
    scene.clock.advance(HOUR)
    scene.tick()
    assert asked_by(source) == [("errors", first), ("slow", first)]


def test_a_step_that_has_just_ended_is_waited_for(scene: Scene) -> None:
    """A source needs a moment until it has all of it."""
    source = played(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    asked_by(source)
    scene.clock.set(on_grid(scene.work.now(), HOUR) + HOUR + timedelta(seconds=10))
    scene.tick()
    assert asked_by(source) == []
    scene.clock.advance(timedelta(seconds=10))
    scene.tick()
    assert len(asked_by(source)) == 2


@pytest.mark.parametrize(
    ("rung", "arms"), [("shadow", ("shadow", None)), ("1%", ("on", "off")), ("100%", ("on", None))]
)
def test_the_arms_are_those_of_the_rung(signed: Scene, full: Scene, rung: str, arms: tuple[str, str | None]) -> None:
    """In shadow and at 100% nobody is left to compare with."""
    scene = full if rung == "100%" else signed
    if rung != "100%":
        scene.rise_to(KEY, rung)
    source = played(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    [question, _] = source.asked
    assert (question.treatment, question.control) == arms
    assert (question.operation_id, question.service) == ("createGrant", "equity")


def test_the_names_of_services_and_variants_are_the_settings(scene: Scene) -> None:
    """Those of the metrics' labels, where they are not the context's slug and the flag's words."""
    named = 'variants = { on = "new", off = "old" }\nservices = { Equity = "equity-api" }\njudged = ["errors"]'
    source = played(scene, section=f"{PLAYED}{named}")
    scene.clock.advance(2 * HOUR)
    scene.tick()
    [question] = source.asked
    assert (question.treatment, question.control, question.service) == ("new", "old", "equity-api")


def test_nothing_is_asked_where_nobody_gets_the_new_version(signed: Scene) -> None:
    """Below the first rung, and after the end."""
    source = played(signed)
    signed.clock.advance(2 * HOUR)
    signed.tick()
    assert source.asked == []


def test_the_buckets_of_before_the_rung_are_no_evidence(scene: Scene) -> None:
    """They are asked for, since an answer without news holds one too, and are not counted."""
    played(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    assert kept(scene).metrics["errors"].evidence.counts.total == 1_000


def raises(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """A source out of tree that is broken."""
    raise KeyError("a\nb")


def of_another(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """An answer to another question."""
    return sound(replace(question, metric="slow" if question.metric == "errors" else "errors"), now)


@pytest.mark.parametrize(
    ("answer", "words"), [(raises, "failed (KeyError: 'a\\nb')"), (of_another, "answered something else")]
)
def test_a_source_that_breaks_its_promise_is_unknown(scene: Scene, answer: object, words: str) -> None:
    """In one sentence with its name; the tick goes through, and the next question is asked in the next step."""
    source = played(scene)
    source.answer = answer  # type: ignore[assignment]
    decision = look(scene, 2 * HOUR)
    assert gate(decision, "canary").state is GateState.UNKNOWN
    assert "The metric source played" in gate(decision, "canary").why
    assert words in gate(decision, "burn_rate").why
    assert len(asked_by(source)) == 2
    source.answer = sound
    assert gate(look(scene, 2 * HOUR), "burn_rate").state is GateState.OPEN


def test_a_slow_source_takes_the_budget_and_no_more(scene: Scene) -> None:
    """Those that were not reached are the first of the next round."""
    source = played(scene)
    other = replace(scene.state(KEY), key="closeGrant:beta")
    states: dict[str, PromotionState] = {KEY: scene.state(KEY), other.key: other}
    source.takes = timedelta(seconds=3)
    now = scene.work.now() + 2 * HOUR
    assert ask_metrics(scene.work, states, now) == 1
    first = {one.key for one in states.values() if read_kept(scene.work, one.key) is not None}
    assert ask_metrics(scene.work, states, now) == 0
    assert ask_metrics(scene.work, states, now + HOUR) == 1
    assert {one.key for one in states.values() if read_kept(scene.work, one.key) is not None} > first


def test_the_budget_is_looked_at_before_each_question(scene: Scene) -> None:
    """One that takes longer is the only one; the metric that was not reached is the next, and holds till then."""
    source = played(scene)
    source.takes = timedelta(seconds=10)
    first = look(scene, 2 * HOUR)
    assert source.spent == source.takes
    assert {gate(first, name).state for name in ("canary", "burn_rate")} == {GateState.UNKNOWN}
    assert "latency: it was not asked for yet: metrics.tick_budget was spent before" in gate(first, "canary").why
    assert [name for name, _ in asked_by(source)] == ["errors"]
    for name in ("slow", "errors", "slow"):
        decision = look(scene, HOUR)
        assert [name for name, _ in asked_by(source)] == [name]
    assert {gate(decision, name).state for name in ("canary", "burn_rate")} == {GateState.UNKNOWN, GateState.OPEN}


def test_a_metric_that_was_not_reached_keeps_what_was_read_of_it(scene: Scene) -> None:
    """With its age: no gate is open on one metric where the other has grown old."""
    source = played(scene, section=f'{PLAYED}canary = {{ max_age = "90m" }}\n')
    assert gate(look(scene, 2 * HOUR), "burn_rate").state is GateState.OPEN
    source.takes = timedelta(seconds=10)
    before = kept(scene).metrics["slow"]
    look(scene, HOUR)
    assert kept(scene).metrics["slow"] == before
    assert kept(scene).metrics["errors"].asked_at != before.asked_at
    assert kept(scene).asked_at == before.asked_at


@pytest.mark.parametrize("sound_row", [False, True], ids=["not to be read", "fails only when it is folded"])
def test_damaged_evidence_of_one_promotion_stops_no_other(scene: Scene, sound_row: bool) -> None:
    """It begins anew, and is told; the others are asked about in the same round."""
    played(scene)
    look(scene, 2 * HOUR)
    row = scene.work.ledger.counters.get(TABLE, KEY)
    assert row is not None
    damaged = json.loads(canonical_bytes(dict(row)))
    for bets in damaged["metrics"]["errors"]["evidence"]["wagers"][: 3 if sound_row else 1]:
        bets.pop()
    scene.work.ledger.counters.put(TABLE, KEY, damaged)
    assert (read_kept(scene.work, KEY) is not None) is sound_row
    other = replace(scene.state(KEY), key="closeGrant:beta")
    states: dict[str, PromotionState] = {KEY: scene.state(KEY), other.key: other}
    told: list[str] = []
    now = scene.work.now() + HOUR
    assert ask_metrics(scene.work, states, now, lambda key, why: told.append(f"{key}: {why}")) == 2
    assert [one.partition(":beta: ")[0] for one in told] == ["createGrant"]
    assert "the evidence begins anew" in told[0]
    assert kept(scene).metrics["errors"].evidence.counts.total > 0
    assert ask_metrics(scene.work, states, now + HOUR, lambda key, why: told.append(key)) == 2
    assert len(told) == 1


def test_a_tick_tells_that_evidence_began_anew(scene: Scene) -> None:
    """Once each time; nothing is left to be done, so the notice is closed."""
    played(scene)
    look(scene, 2 * HOUR)
    scene.work.ledger.counters.put(TABLE, KEY, {"metrics": 5})
    look(scene, HOUR)
    file = scene.work.settings.path(scene.work.settings.notify.file)
    assert f"The metrics of {KEY} begin anew" in file.read_text("utf-8")
    assert not [name for name in scene.notices() if name.startswith("metrics-begin-anew")]


def test_an_edited_step_leaves_no_gate_unknown(scene: Scene) -> None:
    """The windows begin anew with it."""
    source = played(scene)
    assert gate(look(scene, timedelta(days=1)), "burn_rate").state is GateState.OPEN
    scene.replace_settings('step = "1h"', 'step = "5m"')
    played(scene, "", source, "")
    assert gate(look(scene, HOUR), "burn_rate").state is GateState.OPEN


def test_each_stay_on_a_rung_begins_anew_and_is_counted(scene: Scene) -> None:
    """A second stay on a rung within one attempt has less to spend than the first."""
    played(scene, policy="")
    scene.clock.advance(2 * HOUR)
    scene.tick()
    first = kept(scene).metrics["errors"].evidence.stay
    assert (first.rung, first.stay) == (1, 0)
    low(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    shadow = kept(scene).metrics["errors"].evidence
    assert (shadow.stay.rung, shadow.stay.stay, shadow.against_control) == (0, 0, False)
    scene.rise_to(KEY, "1%")
    scene.clock.advance(2 * HOUR)
    scene.tick()
    again = kept(scene).metrics["errors"].evidence
    assert (again.stay.rung, again.stay.stay, again.counts.total) == (1, 1, 1_000)


def low(scene: Scene) -> None:
    """A person steps down to shadow and lets it climb again."""
    step_down(scene.work, KEY, ORDER)
    resume(scene.work, KEY, ORDER)


def test_other_parameters_begin_anew(scene: Scene) -> None:
    """What was gathered under one policy is no proof under another."""
    source = played(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    played(scene, "", source, "canary = { errors_budget_ppm = 2_000 }")
    scene.clock.advance(2 * HOUR)
    scene.tick()
    evidence = kept(scene).metrics["errors"].evidence
    assert (evidence.stay.stay, evidence.policy_digest) == (1, scene.work.canary.digest)


@pytest.mark.parametrize("row", [{}, {"step": "x"}, {"metrics": 5}, {"metrics": {"errors": {"answer": {}}}}])
def test_a_row_of_another_version_proves_nothing_and_stops_nothing(scene: Scene, row: dict[str, object]) -> None:
    """The evidence begins anew."""
    played(scene)
    scene.work.ledger.counters.put(TABLE, KEY, row)
    assert read_kept(scene.work, KEY) is None
    assert gate(look(scene, 2 * HOUR), "burn_rate").state is GateState.OPEN


def test_a_long_silence_is_caught_up_with_to_a_limit(scene: Scene) -> None:
    """Nothing further back is asked: what nobody observed is no evidence."""
    source = played(scene, section=PLAYED.replace("31d", "3h"))
    scene.clock.advance(timedelta(days=2))
    scene.tick()
    assert {one.since for one in source.asked} == {on_grid(scene.work.now() - 3 * HOUR, HOUR)}


def test_a_clock_that_went_back_stops_no_round(scene: Scene) -> None:
    """A last round in the future proves nothing."""
    source = played(scene)
    scene.clock.advance(timedelta(days=2))
    scene.tick()
    asked_by(source)
    scene.clock.set(scene.work.now() - timedelta(days=1))
    scene.tick()
    assert len(asked_by(source)) == 2


def test_what_has_ended_is_forgotten(scene: Scene) -> None:
    """Nothing grows with the promotions of the past."""
    played(scene)
    scene.clock.advance(2 * HOUR)
    scene.tick()
    assert read_kept(scene.work, KEY) is not None
    scene.work.ledger.append([Draft(KEY, EventType.PROMOTION_ENDED, {"why": "given up"}, "person:felix")])
    scene.clock.advance(2 * HOUR)
    scene.tick()
    assert read_kept(scene.work, KEY) is None


def test_burn_rates_that_nobody_requires_are_not_kept(scene: Scene) -> None:
    """Three days of buckets are written for those who want them."""
    played(scene, policy='required_gates = ["canary"]')
    scene.clock.advance(2 * HOUR)
    scene.tick()
    assert scene.work.ledger.counters.all("metric_windows") == {}
    assert kept(scene).metrics["errors"].burns == ()


def test_a_budget_that_burns_too_fast_closes_its_gate(scene: Scene) -> None:
    """In both arms alike: that holds the promotion, and is no proof against the new version."""
    source = played(scene)
    source.answer = lambda question, now: sound(question, now, bad=40)
    decision = look(scene, timedelta(days=3))
    assert gate(decision, "burn_rate").state is GateState.CLOSED
    assert scene.flag(KEY) == Exposure.share(100)


def test_a_slow_burn_warns_and_a_fast_one_pages(scene: Scene) -> None:
    """Twice the budget for three days is a ticket's matter; the notice is closed when the gate opens."""
    source = played(scene)
    source.answer = lambda question, now: sound(question, now, bad=2 * (question.metric == "errors"))
    look(scene, timedelta(days=3))
    told = {one.dedup_key: one.severity for one in scene.work.ledger.outbox.open_notices()}
    assert told[f"burn-rate/{KEY}"] == "warn"
    assert f"burn-rate/{KEY}/page" not in told
    source.answer = sound
    look(scene, timedelta(days=4))
    assert not [name for name in scene.notices() if name.startswith("burn-rate/")]


def test_the_guard_goes_on_when_a_round_fails(scene: Scene) -> None:
    """A fault of ours in a round costs evidence, and no watch over alerts."""
    source = played(scene, policy=BOTH)
    source.name = 5  # type: ignore[assignment]
    source.answer = raises
    source.takes = None  # type: ignore[assignment]
    scene.clock.advance(2 * HOUR)
    assert watch(scene.work).faults == {}
