"""The benchmark of decisions: its interval, its simulated traffic, and the rule that it compares with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from statistics import fmean, pvariance

import pytest

from benchmarks.decision_quality import upper_end
from benchmarks.simulated_ladders import ARGO, FLAGGER, Climb, climb, count_windows
from benchmarks.simulated_regressions import CASES, MOST_REQUESTS, detect
from benchmarks.simulated_traffic import Course, Endpoint, poisson
from prr_pipeline.rollout.metrics import ERRORS, MINUTE, ArmBuckets, Bucket, MetricAnswer

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(("found", "total", "end"), [(11, 2_000, 0.00982), (12, 2_000, 0.01046), (0, 100, 0.0362)])
def test_the_interval_is_that_of_clopper_and_pearson(found: int, total: int, end: float) -> None:
    """Known values: at most 11 of 2,000 keep the upper end within 1%."""
    assert upper_end(found, total) == pytest.approx(end, abs=6e-5)


@pytest.mark.parametrize("mean", [0.02, 3.0, 39.0, 300.0])
def test_draws_have_the_mean_and_the_variance_of_a_poisson(mean: float) -> None:
    """Below and above the mean where they become normal."""
    random = Random(1)
    drawn = [poisson(random, mean) for _ in range(8_000)]
    assert fmean(drawn) == pytest.approx(mean, rel=0.15 if mean < 1 else 0.03)
    assert pvariance(drawn) == pytest.approx(mean, rel=0.2 if mean < 1 else 0.1)


@pytest.mark.parametrize("lasting", [1, 30])
def test_bunches_change_the_spread_of_errors_and_not_their_number(lasting: int) -> None:
    """Half of them in bunches of ten: the mean stays, the variance is several times as large."""
    random, course = Random(2), Course(0.01, 0.5, 10.0, lasting)
    drawn = [course.bad(random, True, 1_000, 0.01, 10.0) for _ in range(8_000)]
    assert fmean(drawn) == pytest.approx(10.0, rel=0.05)
    assert pvariance(drawn) > 4 * fmean(drawn)


def test_traffic_has_a_day_and_a_week() -> None:
    """Least in the night and at the week-end; the arms part it as the rung says."""
    source = Endpoint(Random(3), 1_000, {ERRORS: Course(0.001)}, 10 * MINUTE)
    assert source.requests(MONDAY + timedelta(hours=15)) > 2 * source.requests(MONDAY + timedelta(hours=3))
    assert source.requests(MONDAY + timedelta(days=5, hours=15)) < source.requests(MONDAY + timedelta(hours=15))
    arms = source.buckets(MONDAY, MONDAY + timedelta(days=1), 0.1)[ERRORS]
    assert arms.control is not None
    new, old = (sum(one.total for one in arm) for arm in (arms.treatment, arms.control))
    assert new / (new + old) == pytest.approx(0.1, rel=0.01)


def test_the_same_seed_gives_the_same_ladder() -> None:
    """And a healthy one is not lowered."""
    first, again = (climb("a test", 3, timedelta(hours=1)) for _ in range(2))
    assert first == again
    assert not first.lowered


def test_counting_bad_minutes_stops_a_healthy_endpoint() -> None:
    """Ten canary requests a minute, 0.05% errors: 201 bad minutes in four weeks."""
    random, found = Random(4), Climb("spread", 1_000, 0.0005)
    buckets = tuple(Bucket(MONDAY + at * MINUTE, poisson(random, 0.005), 10) for at in range(28 * 1_440))
    until = MONDAY + timedelta(days=28)
    answer = MetricAnswer(ERRORS, MONDAY, until, MINUTE, ArmBuckets(buckets, None), until)
    count_windows(found, answer, random, MONDAY)
    assert found.bad_minutes == pytest.approx(201, abs=45)
    assert found.stopped_after_h[ARGO] < found.stopped_after_h[FLAGGER] < 72


def test_a_total_failure_is_found_within_minutes() -> None:
    """One trial of the benchmark, minute by minute."""
    case = next(one for one in CASES if one.name == "total failure")
    delay = detect("a test", case, 1)
    assert delay.found
    assert delay.requests < MOST_REQUESTS
    assert delay.minutes < 30
