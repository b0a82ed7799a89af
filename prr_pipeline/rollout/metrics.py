"""Metrics as values: yes/no counts in buckets of time, per arm; whatever is not sound becomes an unknown answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

ERRORS = "errors"
"""The share of requests that failed."""

SLOW = "slow"
"""The share of requests that were slower than the latency objective."""

METRICS = (ERRORS, SLOW)
"""Both are yes/no counts, so one law judges both."""

MINUTE = timedelta(minutes=1)
_SKEW = timedelta(seconds=5)
_STALE_STEPS = 2


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of one arm: ``bad`` of ``total`` requests in ``[start, start + step)``; 0 <= bad <= total."""

    start: datetime
    bad: int
    total: int

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise PrrError(f"A bucket starts at an aware instant; {self.start.isoformat()} has no time zone.")
        if not 0 <= self.bad <= self.total:
            raise PrrError(f"A bucket holds 0 <= bad <= total requests, not {self.bad} of {self.total}.")


@dataclass(frozen=True, slots=True)
class ArmBuckets:
    """The new version's buckets and the old one's, each in order of time; control None: there is no such arm."""

    treatment: tuple[Bucket, ...]
    control: tuple[Bucket, ...] | None


@dataclass(frozen=True, slots=True)
class MetricAnswer:
    """What a source says of one metric over ``[since, until)``. With a ``fault`` (a sentence) it is unknown.

    A step without a bucket was not observed; a step without requests has a bucket with total 0. Buckets are complete:
    a step that still runs is left out, since what was folded in once is never counted again. ``newest_at`` is the
    instant of the newest sample read.
    """

    metric: str
    since: datetime
    until: datetime
    step: timedelta
    arms: ArmBuckets | None
    newest_at: datetime | None
    fault: str = ""

    def __post_init__(self) -> None:
        if not self.fault and (found := _fault(self)):
            object.__setattr__(self, "fault", found)
        if self.fault:
            object.__setattr__(self, "arms", None)

    @property
    def is_known(self) -> bool:
        """Whether there is something to judge by."""
        return not self.fault

    def as_data(self) -> dict[str, object]:
        """Canonical form for the decision record: integers and text."""
        arms = self.arms
        return {
            "control": None if arms is None or arms.control is None else [_row(one) for one in arms.control],
            "fault": self.fault,
            "metric": self.metric,
            "newest_at": instant_text(self.newest_at) if self.newest_at else None,
            "since": instant_text(self.since),
            "step_s": self.step // timedelta(seconds=1),
            "treatment": None if arms is None else [_row(one) for one in arms.treatment],
            "until": instant_text(self.until),
        }


def unanswered(metric: str, since: datetime, until: datetime, fault: str, step: timedelta = MINUTE) -> MetricAnswer:
    """An unknown answer; ``fault`` says what was wrong with what the source sent."""
    return MetricAnswer(metric, since, until, step, None, None, fault or "the source gave no answer")


def stale(answer: MetricAnswer, now: datetime, max_age: timedelta = timedelta(0)) -> str:
    """Why the answer is too old, or from the future; empty when it is fresh.

    Fresh means: the newest sample is at most two steps old, or ``max_age`` where that is longer.
    """
    if answer.newest_at is None:
        return "the answer does not say how old its newest sample is"
    if answer.newest_at > now + _SKEW:
        return f"the newest sample lies in the future ({instant_text(answer.newest_at)}): a clock is wrong"
    limit = max(max_age, answer.step * _STALE_STEPS)
    age = now - answer.newest_at
    return (
        f"the newest sample is {int(age.total_seconds())} s old (limit {int(limit.total_seconds())} s)"
        if age > limit
        else ""
    )


def _fault(answer: MetricAnswer) -> str:
    """The first thing that makes the buckets unsound, in words."""
    if answer.metric not in METRICS:
        return f"unknown metric {answer.metric!r}; valid: {', '.join(METRICS)}"
    if answer.step <= timedelta(0) or answer.until < answer.since:
        return f"a window from {answer.since} to {answer.until} in steps of {answer.step} is none"
    if answer.arms is None:
        return "the source gave no buckets"
    if not answer.arms.treatment:
        return "the new version has no series"
    if answer.arms.control is not None and not answer.arms.control:
        return "the control arm has no series"
    return _order_fault(answer, answer.arms.treatment) or _order_fault(answer, answer.arms.control or ())


def _order_fault(answer: MetricAnswer, buckets: tuple[Bucket, ...]) -> str:
    last: datetime | None = None
    for bucket in buckets:
        following = last is not None and bucket.start == last + answer.step
        if not following and last is not None and bucket.start <= last:
            return f"the buckets are not in order at {instant_text(bucket.start)}"
        on_grid = following or (bucket.start >= answer.since and not (bucket.start - answer.since) % answer.step)
        if not on_grid or bucket.start >= answer.until:
            return f"the bucket at {instant_text(bucket.start)} is not on the grid that was asked for"
        last = bucket.start
    return ""


def _row(bucket: Bucket) -> list[object]:
    return [instant_text(bucket.start), bucket.bad, bucket.total]
