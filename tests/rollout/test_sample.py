"""The sample: its size from the objective, the dwell's extension, and the two ways out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Counts, Evidence, Stay
from prr_pipeline.rollout.metrics import ERRORS
from prr_pipeline.rollout.sample import Exit, gathered

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = CanaryPolicy()
ENDS, LIMIT = T0 + 7 * DAY, T0 + 21 * DAY
TWO = Exit(approvers=("mara", "noor"), reason="a partner's endpoint", until=T0 + 90 * DAY)


def seen(total: int, span: timedelta, bad: int = 0) -> Evidence:
    """Evidence of so many requests in that time."""
    counts = Counts(bad=bad, total=total, observed_s=span // timedelta(seconds=1), compared=total)
    return replace(Evidence.begin(Stay("x:ga", 1, 1, ERRORS), T0, POLICY), counts=counts)


def test_the_sample_is_complete_at_three_over_the_budget() -> None:
    """3,000 requests for a budget of 0.1%; one fewer is not enough."""
    assert not gathered(seen(3_000, DAY), POLICY, T0 + DAY, ENDS, None).missing
    assert gathered(seen(2_999, DAY), POLICY, T0 + DAY, ENDS, None).missing


def test_requests_beside_which_the_control_arm_had_none_are_no_sample() -> None:
    """They are told, and the expected date does not count on them."""
    lone = seen(4_000, DAY)
    found = gathered(replace(lone, counts=replace(lone.counts, compared=1_000)), POLICY, T0 + DAY, ENDS, None)
    assert "1000 of 3000 requests that the objective needs, beside 3000 while the control arm had none" in found.missing
    assert found.expected_at == T0 + 3 * DAY
    nothing = gathered(replace(lone, counts=replace(lone.counts, compared=0)), POLICY, T0 + DAY, ENDS, None)
    assert "none come" in nothing.missing


def test_the_expected_date_goes_by_the_pace_so_far() -> None:
    """A tenth of the sample in two days comes to eighteen more."""
    found = gathered(seen(300, 2 * DAY), POLICY, T0 + 2 * DAY, ENDS, None)
    assert found.expected_at == T0 + 20 * DAY
    assert not found.is_over
    assert "after the dwell's limit" not in found.missing


def test_a_date_beyond_the_limit_names_the_ways_out_early() -> None:
    """At ten requests a minute the 1% rung delivers 144 a day: 21 days, as everybody can see on the second."""
    found = gathered(seen(144, DAY), POLICY, T0 + DAY, ENDS - DAY, None)
    assert "after the dwell's limit 2026-03-22T12:00Z: send synthetic traffic or ask two persons" in found.missing
    assert not found.is_over


def test_no_requests_at_all_have_no_date() -> None:
    """Nor does a pace that leads beyond the calendar."""
    assert "none come" in gathered(seen(0, DAY), POLICY, T0 + DAY, ENDS, None).missing
    slow = replace(POLICY, errors_budget_ppm=1)
    assert gathered(seen(1, 10**5 * DAY), slow, T0 + DAY, ENDS, None).expected_at is None


@pytest.mark.parametrize(("now", "over"), [(LIMIT - timedelta(seconds=1), False), (LIMIT, True)])
def test_the_dwell_is_extended_up_to_the_limit(now: datetime, over: bool) -> None:
    """Two weeks beyond its end; then people are asked."""
    found = gathered(seen(300, 14 * DAY), POLICY, now, ENDS, None)
    assert found.is_over is over
    assert ("not extended further" in found.missing) is over


def test_synthetic_requests_count_and_are_marked() -> None:
    """Together with those of users; without them the sample stays what it is."""
    found = gathered(seen(500, DAY), POLICY, LIMIT, ENDS, Exit(synthetic=(1, 2_500)))
    assert not found.missing
    assert "2500 synthetic requests, 1 bad" in found.remark
    assert gathered(seen(500, DAY), POLICY, LIMIT, ENDS, Exit(synthetic=(1, 2_499))).missing


def test_bad_synthetic_requests_are_no_way_out() -> None:
    """More of them than the objective allows close it, also to two persons."""
    found = gathered(seen(500, DAY), POLICY, LIMIT, ENDS, replace(TWO, synthetic=(30, 2_500)))
    assert "30 of 2500 synthetic requests were bad; 12 are too many" in found.missing


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"approvers": ("mara",)}, False),
        ({"approvers": ("mara", "Mara ")}, False),
        ({"approvers": ("mara", "")}, False),
        ({"reason": " "}, False),
        ({"until": LIMIT}, False),
        ({"until": None}, False),
    ],
)
def test_two_persons_decide_with_a_reason_and_for_a_time(change: dict[str, object], counts: bool) -> None:
    """One person twice is one, and a decision without a reason or an end is none."""
    found = gathered(seen(500, DAY), POLICY, LIMIT, ENDS, replace(TWO, **change))
    assert (not found.missing) is counts


def test_synthetic_requests_fill_a_part_of_the_sample_alone() -> None:
    """However many are sent: some must be those of users. What counts, and what was sent, is said."""
    many = Exit(synthetic=(0, 50_000))
    assert not gathered(seen(300, DAY), POLICY, LIMIT, ENDS, many).missing
    short = gathered(seen(299, DAY), POLICY, LIMIT, ENDS, many)
    assert "2999 of 3000 requests that the objective needs, 2700 of 50000 synthetic ones among them" in short.missing
    assert "2700 of 50000 synthetic requests" in gathered(seen(300, DAY), POLICY, LIMIT, ENDS, many).remark
    assert gathered(seen(2_000, DAY), POLICY, LIMIT, ENDS, replace(many, most_ppm=300_000)).missing


def test_synthetic_requests_that_cannot_be_read_are_told_and_count_as_none() -> None:
    """They were asked for to open the gate; without them it stays as it is."""
    found = gathered(seen(500, DAY), POLICY, LIMIT, ENDS, Exit(unread="Prometheus did not answer."))
    assert "(synthetic ones are unknown: Prometheus did not answer)" in found.missing


def test_who_is_missing_is_said_once_one_person_has_decided() -> None:
    """It takes two, and the first need not ask who the second is to be."""
    one = replace(TWO, approvers=("mara",))
    assert "let a second person decide as mara did" in gathered(seen(500, DAY), POLICY, LIMIT, ENDS, one).missing
    nobody = gathered(seen(500, DAY), POLICY, LIMIT, ENDS, None).missing
    assert "let two persons decide (prr accept-sample x:ga)" in nobody
