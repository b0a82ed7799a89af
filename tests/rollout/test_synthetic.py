"""Marked requests are counted once, apart from those of users; what cannot be read counts nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prr_pipeline.rollout.metrics import ERRORS, MINUTE, ArmBuckets, Bucket, MetricAnswer, unanswered
from prr_pipeline.rollout.synthetic import Synthetic

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def answer(*counts: tuple[int, int], since: datetime = T0) -> MetricAnswer:
    """Buckets of a minute each, from ``since`` on."""
    buckets = tuple(Bucket(since + at * MINUTE, bad, total) for at, (bad, total) in enumerate(counts))
    until = since + len(counts) * MINUTE
    return MetricAnswer(ERRORS, since, until, MINUTE, ArmBuckets(buckets, None), until)


def test_buckets_are_counted_once() -> None:
    """The same answer again, or one that overlaps, adds what is new alone."""
    found = Synthetic(T0).add(answer((1, 10), (0, 20)))
    assert (found.bad, found.total, found.seen_until) == (1, 30, T0 + 2 * MINUTE)
    assert found.add(answer((1, 10), (0, 20))) == found
    later = found.add(answer((0, 20), (2, 5), since=T0 + MINUTE))
    assert (later.bad, later.total) == (3, 35)


def test_what_lies_before_the_stay_is_not_counted() -> None:
    """It was another rung's."""
    assert Synthetic(T0 + MINUTE).add(answer((9, 10))).total == 0


def test_an_unknown_answer_counts_nothing_and_is_remembered_until_the_next() -> None:
    """Its sentence is shown beside the sample."""
    found = Synthetic(T0).add(answer((0, 10))).add(unanswered(ERRORS, T0, T0 + timedelta(hours=1), "No answer."))
    assert (found.total, found.fault) == (10, "No answer.")
    assert found.add(answer((0, 10))).fault == ""
    assert found.add(answer((0, 10), since=T0 + MINUTE)).fault == ""


def test_it_is_kept_between_ticks() -> None:
    """As canonical data, and none for rows from before."""
    found = Synthetic(T0, 1, 10, "No answer.")
    assert Synthetic.from_data(found.as_data()) == found
    assert Synthetic.from_data(None) is None
