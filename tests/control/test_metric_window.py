"""The window of buckets that burn rates are worked out from: packed, cut to three days, begun anew with each stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.control.metric_window import packed, unpacked, widened
from prr_pipeline.rollout.burn_rates import LOOK_BACK
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer, unanswered

MINUTE = timedelta(minutes=1)
SINCE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def answer(first: int, count: int) -> MetricAnswer:
    """Minutes from a number on; each has as many bad events as its number says."""
    since = SINCE + first * MINUTE
    buckets = tuple(Bucket(SINCE + at * MINUTE, at, 100_000) for at in range(first, first + count))
    until = since + count * MINUTE
    return MetricAnswer("errors", since, until, MINUTE, ArmBuckets(buckets, buckets), until)


def bads(long: MetricAnswer) -> list[int]:
    """The bad events of each bucket."""
    assert long.arms is not None
    return [one.bad for one in long.arms.treatment]


def test_what_is_packed_comes_out_again() -> None:
    """Whatever the counts; three days of minutes take few bytes."""
    buckets = tuple(Bucket(SINCE + at * MINUTE, at % 7, 10**12 + at) for at in range(4_320))
    text = packed(buckets)
    assert unpacked(text) == buckets
    assert len(text) < 60_000
    assert unpacked(packed(())) == ()


@pytest.mark.parametrize("row", [None, 5, "", "x", "====", "AAAA", packed(())[:-4]])
def test_another_shape_is_no_window(row: object) -> None:
    """It begins anew."""
    assert unpacked(row) == ()


def test_a_window_grows_by_what_is_new() -> None:
    """Buckets that come again are counted once."""
    row = widened({}, "1/1/x", answer(0, 3)).row
    long = widened(row, "1/1/x", answer(2, 3)).answer
    assert bads(long) == [0, 1, 2, 3, 4]
    assert (long.since, long.until, long.newest_at) == (SINCE, SINCE + 5 * MINUTE, SINCE + 5 * MINUTE)
    assert not long.fault


def test_a_window_reaches_as_far_back_as_the_longest_rule() -> None:
    """What is older goes."""
    minutes = LOOK_BACK // MINUTE
    row = widened({}, "1/1/x", answer(0, minutes)).row
    long = widened(row, "1/1/x", answer(minutes, 2)).answer
    assert (bads(long)[0], len(bads(long))) == (2, minutes)


def test_another_stay_begins_anew() -> None:
    """What the rung below burned is not this one's."""
    row = widened({}, "1/1/x", answer(0, 3)).row
    assert bads(widened(row, "1/2/y", answer(3, 2)).answer) == [3, 4]


@pytest.mark.parametrize("old", [True, False], ids=["a row that does not tell the length", "a row that does"])
@pytest.mark.parametrize(("first", "then"), [(MINUTE, 5 * MINUTE), (5 * MINUTE, MINUTE)])
def test_buckets_of_another_length_begin_the_window_anew(first: timedelta, then: timedelta, old: bool) -> None:
    """Edited settings: it can be read at once, and what is observed counts from then on."""
    row = dict(widened({}, "1/1/x", stepped(0, 20, first)).row)
    if old:
        del row["length_s"]
    found = widened(row, "1/1/x", stepped(100, 3, then))
    assert not found.answer.fault
    assert (bads(found.answer), found.answer.step) == ([100, 101, 102], then)
    assert found.since == found.answer.since
    again = widened(found.row, "1/1/x", stepped(102, 2, then))
    assert (bads(again.answer), again.since) == ([100, 101, 102, 103], found.since)
    assert widened(again.row, "1/2/y", stepped(200, 1, then)).since is None


def stepped(first: int, count: int, step: timedelta) -> MetricAnswer:
    """As `answer`, in steps of another length."""
    since = SINCE + first * step
    buckets = tuple(Bucket(SINCE + at * step, at, 100_000) for at in range(first, first + count))
    until = since + count * step
    return MetricAnswer("errors", since, until, step, ArmBuckets(buckets, None), until)


def test_an_unknown_answer_leaves_the_window_and_stays_unknown() -> None:
    """The next known one goes on with it."""
    row = widened({}, "1/1/x", answer(0, 3)).row
    silent = widened(row, "1/1/x", unanswered("errors", SINCE, SINCE + MINUTE, "silent"))
    assert silent.answer.fault == "silent"
    assert bads(widened(silent.row, "1/1/x", answer(5, 1)).answer) == [0, 1, 2, 5]
