"""The report on a month: budgets, drift, falls and counts from given inputs, and the same again from the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.rollout.feedback import SourceTally, Tally
from prr_pipeline.rollout.feedback_report import (
    DAY,
    AlertTally,
    Fall,
    FeedbackReport,
    MetricDay,
    MetricMonth,
    ReviewInputs,
    days_between,
    report_of,
)
from prr_pipeline.rollout.recording import recorded, restored

SINCE = datetime(2026, 12, 7, 9, tzinfo=UTC)
UNTIL = SINCE + 30 * DAY


def month(metric: str, *counts: tuple[int, int], asked: int = 30, first: int = 0, fault: str = "") -> MetricMonth:
    """Bad and all requests of each day from the ``first`` on; the objective allows 1%."""
    days = tuple(MetricDay(SINCE + DAY * (first + at), *one) for at, one in enumerate(counts))
    return MetricMonth(metric, 10_000, asked, days, fault)


def inputs(**changes: object) -> ReviewInputs:
    """A month in which nothing happened."""
    made = ReviewInputs(
        since=SINCE,
        until=UNTIL,
        read_at=UNTIL,
        feedback=(),
        not_asked="no source",
        metrics=(),
        not_measured="no metric source",
        falls=(),
        alerts=AlertTally(0, 0, 0),
        flags=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_entries_are_summed_over_sources_by_kind_and_by_severity() -> None:
    """Every kind and severity is named, those without entries too."""
    first = SourceTally("inbox", UNTIL, "sha256:1", (Tally("bug", "high", 2), Tally("praise", "unrated", 1)))
    second = SourceTally("github", UNTIL, "sha256:2", (Tally("bug", "low", 3),))
    report = report_of(inputs(feedback=(first, second), not_asked=""))
    assert report.total == 6
    assert [(one.name, one.count) for one in report.by_kind] == [
        ("bug", 5), ("complaint", 0), ("question", 0), ("request", 0), ("praise", 1), ("other", 0),
    ]  # fmt: skip
    assert [one.count for one in report.by_severity] == [0, 2, 0, 3, 1]


@pytest.mark.parametrize(
    ("counts", "spent_bp"),
    [(((5, 1_000),), 5_000), (((0, 10),), 0), (((10, 1_000), (30, 1_000)), 20_000), (((0, 0),), None), ((), None)],
    ids=["half", "nothing", "twice", "nobody called", "nothing read"],
)
def test_the_budget_spent_is_the_bad_share_over_the_allowed_one(
    counts: tuple[tuple[int, int], ...], spent_bp: int | None
) -> None:
    """1% may fail: 5 of 1,000 is half of it; without requests nothing can be said."""
    [budget] = report_of(inputs(metrics=(month("errors", *counts),))).budgets
    assert budget.spent_bp == spent_bp
    assert (budget.days_read, budget.days) == (len(counts), 30)


def test_drift_compares_the_first_week_with_the_last() -> None:
    """What happened between counts for neither; the change is in millionths."""
    counts = [(1, 1_000)] * 7 + [(900, 1_000)] * 16 + [(4, 1_000)] * 7
    drift = report_of(inputs(metrics=(month("slow", *counts),))).drift
    assert (drift.start_ppm, drift.end_ppm, drift.change_ppm, drift.why) == (1_000, 4_000, 3_000, "")


def test_of_a_short_month_the_halves_are_compared() -> None:
    """A deployment may review after four days."""
    slow = month("slow", (0, 10), (0, 10), (1, 10), (1, 10), asked=4)
    drift = report_of(inputs(until=SINCE + 4 * DAY, metrics=(slow,))).drift
    assert (drift.start_ppm, drift.end_ppm) == (0, 100_000)


@pytest.mark.parametrize(
    ("metrics", "why"),
    [
        ((), "no metric source"),
        ((month("slow", (0, 5), first=29, fault="the store forgot it"),), "the store forgot it"),
        ((month("slow", *[(0, 0)] * 30),), "nobody called it in the first days of the month"),
        ((month("slow", *[(0, 9)] * 20, *[(0, 0)] * 10),), "nobody called it in the last days of the month"),
    ],
    ids=["no source", "forgotten", "no calls at first", "no calls at last"],
)
def test_drift_that_cannot_be_told_says_why(metrics: tuple[MetricMonth, ...], why: str) -> None:
    """Never zero for want of numbers."""
    drift = report_of(inputs(metrics=metrics)).drift
    assert (drift.change_ppm, drift.why) == (None, why)


def test_drift_needs_the_metric_of_slow_requests() -> None:
    """Errors alone tell nothing of latency."""
    report = report_of(inputs(metrics=(month("errors", (0, 5)),), not_measured=""))
    assert "slow is not among metrics.judged" in report.drift.why


def test_falls_of_the_month_are_told_apart_from_those_before() -> None:
    """And a roll back from a step down; one at the very end is of the next month."""
    falls = (
        Fall(SINCE - DAY, "rolled_back", "an alert"),
        Fall(SINCE, "stepped_down", "slow"),
        Fall(SINCE + DAY, "rolled_back", "felix"),
        Fall(UNTIL, "rolled_back", "later"),
    )
    report = report_of(inputs(falls=falls))
    assert (report.rollbacks, report.step_downs, report.falls_before) == (1, 1, 1)


def test_a_record_gives_the_same_report_bit_for_bit() -> None:
    """Inputs and report go through canonical JSON and back without a difference."""
    made = inputs(
        feedback=(SourceTally("inbox", UNTIL, "sha256:1", (Tally("bug", "high", 2),)),),
        metrics=(month("errors", (1, 300)), month("slow", *[(1, 100)] * 30)),
        falls=(Fall(SINCE, "rolled_back", "ünï"),),
        flags=("createGrant-ga",),
        faults=("unread.",),
    )
    report = report_of(made)
    again = restored(ReviewInputs, recorded(made))
    assert again == made
    assert canonical_bytes(recorded(report_of(again))) == canonical_bytes(recorded(report))
    assert restored(FeedbackReport, recorded(report)) == report


@pytest.mark.parametrize(
    ("span", "count", "last"),
    [(30 * DAY, 30, DAY), (timedelta(hours=30), 2, timedelta(hours=6)), (timedelta(0), 0, None), (-DAY, 0, None)],
)
def test_days_cover_the_month_without_a_gap(span: timedelta, count: int, last: timedelta | None) -> None:
    """The last one may be shorter; a month that has not begun has none."""
    days = days_between(SINCE, SINCE + span)
    assert len(days) == count
    assert all(before[1] == after[0] for before, after in pairwise(days))
    if last is not None:
        assert days[-1][1] - days[-1][0] == last
