"""Metric answers: sound counts or unknown, and never anything between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.metrics import ERRORS, MINUTE, ArmBuckets, Bucket, MetricAnswer, stale, unanswered

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def bucket(minute: float, bad: int = 0, total: int = 10) -> Bucket:
    """One bucket so many minutes after the start."""
    return Bucket(T0 + minute * MINUTE, bad, total)


def answer(arms: ArmBuckets | None, metric: str = ERRORS, until: datetime = T0 + 5 * MINUTE) -> MetricAnswer:
    """What a source says of the first five minutes."""
    return MetricAnswer(metric, T0, until, MINUTE, arms, until)


SOUND = ArmBuckets((bucket(0), bucket(1), bucket(3)), (bucket(0), bucket(3)))


def test_sound_buckets_are_known_and_have_a_canonical_form() -> None:
    """Steps may be missing; the decision record holds integers and text only."""
    known = answer(SOUND)
    assert known.is_known
    assert canonical_bytes(known.as_data())
    assert known.as_data()["treatment"] == [[f"2026-03-02T12:0{m}:00.000000Z", 0, 10] for m in (0, 1, 3)]


@pytest.mark.parametrize(
    ("arms", "metric", "until", "why"),
    [
        (None, ERRORS, T0 + MINUTE, "no buckets"),
        (ArmBuckets((), None), ERRORS, T0 + MINUTE, "new version has no series"),
        (ArmBuckets((bucket(0),), ()), ERRORS, T0 + MINUTE, "control arm has no series"),
        (SOUND, "tears", T0 + 5 * MINUTE, "unknown metric 'tears'; valid: errors, slow"),
        (SOUND, ERRORS, T0 - MINUTE, "is none"),
        (ArmBuckets((bucket(5),), None), ERRORS, T0 + 5 * MINUTE, "grid"),
        (ArmBuckets((bucket(-1),), None), ERRORS, T0 + 5 * MINUTE, "grid"),
        (ArmBuckets((bucket(0.5),), None), ERRORS, T0 + 5 * MINUTE, "grid"),
        (ArmBuckets((bucket(1), bucket(1)), None), ERRORS, T0 + 5 * MINUTE, "order"),
        (ArmBuckets((bucket(0),), (bucket(2), bucket(1))), ERRORS, T0 + 5 * MINUTE, "order"),
    ],
)
def test_what_is_not_sound_is_unknown(arms: ArmBuckets | None, metric: str, until: datetime, why: str) -> None:
    """With a sentence, without an exception, and without counts that anybody could use."""
    unknown = answer(arms, metric, until)
    assert not unknown.is_known
    assert why in unknown.fault
    assert unknown.arms is None


def test_a_fault_hides_the_counts() -> None:
    """A source that mistrusts its own answer hands over nothing to count."""
    assert replace(answer(SOUND), fault="a counter was reset").arms is None
    assert unanswered(ERRORS, T0, T0, "").fault == "the source gave no answer"
    assert canonical_bytes(unanswered(ERRORS, T0, T0, "timed out").as_data())


@pytest.mark.parametrize(("bad", "total"), [(-1, 5), (6, 5), (0, -1)])
def test_a_bucket_holds_no_more_bad_requests_than_requests(bad: int, total: int) -> None:
    """A negative count or a share above 1 is no bucket."""
    with pytest.raises(PrrError, match="0 <= bad <= total"):
        bucket(0, bad, total)


def test_a_bucket_has_a_zone() -> None:
    """A naive instant is refused."""
    with pytest.raises(PrrError, match="no time zone"):
        Bucket(datetime(2026, 3, 2), 0, 0)  # noqa: DTZ001 - the fault itself


@pytest.mark.parametrize(
    ("later", "why"),
    [(0, ""), (120, ""), (121, "old"), (-5, ""), (-6, "future")],
)
def test_an_answer_is_fresh_for_two_steps(later: int, why: str) -> None:
    """Older is stale, and newer than now is a wrong clock."""
    found = stale(answer(SOUND), T0 + 5 * MINUTE + timedelta(seconds=later))
    assert (why in found) if why else not found


def test_a_longer_age_may_be_allowed() -> None:
    """Policy may allow more than two steps, and an answer without an age is never fresh."""
    now = T0 + 9 * MINUTE
    assert stale(answer(SOUND), now)
    assert not stale(answer(SOUND), now, 5 * MINUTE)
    assert "does not say" in stale(replace(answer(SOUND), newest_at=None), now)
