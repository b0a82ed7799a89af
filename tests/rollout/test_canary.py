"""The canary's verdict: precedence, words, and a gate that opens only where everything passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.rollout.canary import CanaryVerdict, Judgement, canary_gate, hard_failures, judge, regressions
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.metrics import ERRORS, MINUTE, SLOW, ArmBuckets, Bucket, MetricAnswer, unanswered
from prr_pipeline.rollout.sample import Exit

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = CanaryPolicy()
DAY = timedelta(days=1)
HEALTHY = (0, 10, 1, 990)
FAILING = (10, 10, 1, 990)
WORSE = (1, 10, 1, 990)
TWO = Exit(approvers=("mara", "noor"), reason="a partner's endpoint", until=T0 + 90 * DAY)


def answered(rows: list[tuple[int, int, int, int]], metric: str = ERRORS) -> MetricAnswer:
    """Consecutive minutes from the start; each row is (bad, total, control's bad, control's total)."""
    new = tuple(Bucket(T0 + at * MINUTE, row[0], row[1]) for at, row in enumerate(rows))
    old = tuple(Bucket(T0 + at * MINUTE, row[2], row[3]) for at, row in enumerate(rows))
    until = T0 + max(1, len(rows)) * MINUTE
    return MetricAnswer(metric, T0, until, MINUTE, ArmBuckets(new, old), until)


def verdict_on(
    rows: list[tuple[int, int, int, int]],
    *,
    metric: str = ERRORS,
    newest: MetricAnswer | None = None,
    now: datetime | None = None,
    way_out: Exit | None = None,
    policy: CanaryPolicy = POLICY,
    rung: int = 1,
) -> Judgement:
    """The judgement at the end of those minutes, or at ``now``, where ``newest`` may be another answer."""
    given = answered(rows, metric)
    evidence = Evidence.begin(Stay("createGrant:ga", 1, rung, metric), T0, POLICY).add(given, POLICY)
    at = now or given.until
    newest = newest or replace(given, newest_at=at)
    return judge(evidence, newest, policy, DEFAULT_LADDER, at, dwell_ends_at=T0 + 7 * DAY, way_out=way_out)


def test_enough_healthy_requests_pass() -> None:
    """With the counts in words, and a canonical form of integers and text."""
    found = verdict_on([HEALTHY] * 300)
    assert found.verdict is CanaryVerdict.PASS
    assert "0 bad of 3000, control 300 of 297000" in found.why
    assert (found.minimum, found.expected_at, found.alpha_ppb) == (3_000, None, 750_000)
    assert canonical_bytes(found.as_data())


def test_a_total_failure_is_a_hard_failure() -> None:
    """It rolls back; a lesser regression steps down."""
    found = verdict_on([FAILING] * 6)
    assert found.verdict is CanaryVerdict.HARD_FAILURE
    assert hard_failures([found]) == (found.why,)
    assert regressions([found]) == ()


def test_ten_times_the_errors_are_worse() -> None:
    """In words with the e-value, and what was needed."""
    found = verdict_on([WORSE] * 240)
    assert found.verdict is CanaryVerdict.WORSE
    assert "errors: 240 bad of 2400, control 240 of 237600; e = " in found.why
    assert "1333 needed" in found.why
    assert regressions([found]) == (found.why,)
    assert hard_failures([found]) == ()


def test_slowness_is_never_a_hard_failure() -> None:
    """Every request slower than the objective steps down; users still get their answers."""
    assert verdict_on([FAILING] * 30, metric=SLOW).verdict is CanaryVerdict.WORSE


def test_proof_stands_before_every_lack() -> None:
    """A source that falls silent, too small a sample, or two persons' decision hide no regression."""
    silent = unanswered(ERRORS, T0, T0 + MINUTE, "timed out")
    assert verdict_on([WORSE] * 240, newest=silent).verdict is CanaryVerdict.WORSE
    assert verdict_on([WORSE] * 240, way_out=TWO, now=T0 + 40 * DAY).verdict is CanaryVerdict.WORSE


@pytest.mark.parametrize(
    ("newest", "why"),
    [
        (unanswered(ERRORS, T0, T0 + MINUTE, "timed out"), "timed out"),
        (replace(answered([HEALTHY] * 400), newest_at=T0), "s old"),
        (replace(answered([HEALTHY] * 400), newest_at=T0 + DAY), "future"),
        (answered([HEALTHY] * 400, SLOW), "about slow"),
        (replace(answered([HEALTHY]), arms=ArmBuckets((Bucket(T0, 0, 9),), None)), "control arm is absent"),
    ],
)
def test_what_cannot_be_read_now_is_unknown(newest: MetricAnswer, why: str) -> None:
    """However much was read before, and whoever decided what."""
    found = verdict_on([HEALTHY] * 400, newest=newest, way_out=TWO)
    assert found.verdict is CanaryVerdict.UNKNOWN
    assert why in found.why


def test_no_answer_at_all_is_unknown() -> None:
    """An absent answer is no good news."""
    evidence = Evidence.begin(Stay("createGrant:ga", 1, 1, ERRORS), T0, POLICY)
    assert judge(evidence, None, POLICY, DEFAULT_LADDER, T0, dwell_ends_at=T0).verdict is CanaryVerdict.UNKNOWN


def test_evidence_under_another_policy_is_unknown() -> None:
    """Parameters are fixed before a ladder starts; those that changed ask for fresh evidence."""
    assert verdict_on([HEALTHY] * 400, policy=replace(POLICY, lean_ppm=10)).verdict is CanaryVerdict.UNKNOWN


@pytest.mark.parametrize(("total", "control"), [(10, 90), (1, 9_990)])
def test_a_share_of_traffic_that_is_not_the_rungs_is_unknown(total: int, control: int) -> None:
    """A tenth, or a hundredth of a percent, is not one percent."""
    found = verdict_on([(0, total, 0, control)] * 4_000)
    assert found.verdict is CanaryVerdict.UNKNOWN
    assert "the rung says 1%" in found.why


@pytest.mark.parametrize("rung", [1, 2, 3])
@pytest.mark.parametrize("rows", [[(1, 10, 0, 0)] * 3, [(0, 10, 0, 0)] * 400, [(10, 10, 0, 0)] * 400])
def test_where_the_control_arm_has_no_requests_nothing_is_judged(
    rows: list[tuple[int, int, int, int]], rung: int
) -> None:
    """A label that is wrong gives zeros: neither health nor failure is a comparison, and nobody can accept that."""
    found = verdict_on(rows, rung=rung, way_out=TWO)
    assert found.verdict is CanaryVerdict.UNKNOWN
    assert f"the control arm had no requests, the new version {10 * len(rows)}" in found.why


def test_a_control_arm_that_falls_silent_makes_it_unknown() -> None:
    """What was compared before says nothing of now; a short silence is bad luck, and its next request ends it."""
    before = [(0, 10, 0, 10)] * 400
    assert verdict_on([*before, *[(10, 10, 0, 0)] * 3], rung=3).verdict is CanaryVerdict.PASS
    gone = verdict_on([*before, *[(10, 10, 0, 0)] * 4], rung=3)
    assert gone.verdict is CanaryVerdict.UNKNOWN
    assert "the control arm had none of the last 40 requests" in gone.why
    assert verdict_on([*before, *[(0, 10, 0, 0)] * 4, (0, 10, 0, 10)], rung=3).verdict is CanaryVerdict.PASS


def test_a_silent_endpoint_is_no_fault_of_the_control_arm() -> None:
    """Without any request nothing went wrong: more are waited for."""
    found = verdict_on([(0, 0, 0, 0)] * 10)
    assert (found.verdict, "none come" in found.why) == (CanaryVerdict.NOT_ENOUGH, True)


@pytest.mark.parametrize(
    ("rung", "row"), [(1, (1, 20, 0, 1)), (2, (1, 20, 0, 60)), (3, (1, 20, 0, 1)), (3, (0, 1, 0, 20))]
)
def test_either_arm_tells_of_a_share_that_is_wrong(rung: int, row: tuple[int, int, int, int]) -> None:
    """As soon as the new version had enough requests, long before the whole would have had them."""
    found = verdict_on([row] * (200 // row[1] if row[1] > 1 else 20), rung=rung)
    assert (found.verdict, "the rung says" in found.why) == (CanaryVerdict.UNKNOWN, True)


def test_too_few_requests_wait_for_more() -> None:
    """With the date on which they are expected, until which the gate stays closed by itself."""
    found = verdict_on([HEALTHY] * 100)
    assert found.verdict is CanaryVerdict.NOT_ENOUGH
    assert found.expected_at == T0 + 300 * MINUTE
    assert "1000 of 3000 requests that the objective needs; expected 2026-03-02T17:00Z" in found.why
    gate = canary_gate([found])
    assert (gate.state, gate.until) == (GateState.CLOSED, found.expected_at)


def test_a_lean_to_worse_waits_without_being_proof() -> None:
    """An e-value of 20 holds; the evidence then grows or goes away."""
    found = verdict_on([HEALTHY] * 300 + [WORSE] * 180)
    assert found.verdict is CanaryVerdict.NOT_ENOUGH
    assert "leans to worse" in found.why
    assert verdict_on([HEALTHY] * 300 + [WORSE] * 180 + [HEALTHY] * 900).verdict is CanaryVerdict.PASS


def test_the_gate_is_as_good_as_the_worst_metric() -> None:
    """Closed before unknown before open; without any judgement it is unknown."""
    good, bad = verdict_on([HEALTHY] * 300), verdict_on([WORSE] * 240)
    blind = replace(good, verdict=CanaryVerdict.UNKNOWN, why="errors: timed out")
    stuck = replace(good, verdict=CanaryVerdict.CANNOT_BE_JUDGED, why="errors: too few")
    states = [canary_gate(one).state for one in ([], [good], [good, blind], [bad, blind], [good, stuck])]
    closed, unknown = GateState.CLOSED, GateState.UNKNOWN
    assert states == [unknown, GateState.OPEN, unknown, closed, closed]
    assert canary_gate([stuck]).until is None


def test_more_bad_requests_never_make_a_verdict_milder() -> None:
    """Along a growing number of bad requests the verdict only rises."""
    order = list(CanaryVerdict)
    found = [verdict_on([(bad, 20, 1, 1_980)] * 200).verdict for bad in range(21)]
    places = [order.index(one) for one in found]
    assert places == sorted(places, reverse=True)
    assert {CanaryVerdict.PASS, CanaryVerdict.WORSE, CanaryVerdict.HARD_FAILURE} <= set(found)
