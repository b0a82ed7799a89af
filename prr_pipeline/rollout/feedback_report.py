"""The report on a promotion's first month with everybody: a pure function of what the ledger and the sources said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.feedback import KINDS, SEVERITIES, SourceTally, Tally
from prr_pipeline.rollout.metrics import SLOW

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class MetricDay:
    """The requests of one day, or of the part of it that lies in the month."""

    start: datetime
    bad: int
    total: int


@dataclass(frozen=True, slots=True)
class MetricMonth:
    """A metric day by day, oldest first; days that were not read are left out, and ``fault`` says why of the newest.

    ``objective_ppm`` is the share of bad requests that its objective allows; ``asked`` how many days the month has.
    """

    metric: str
    objective_ppm: int
    asked: int
    days: tuple[MetricDay, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Fall:
    """The promotion was lowered: ``kind`` is that of its latch, such as ``rolled_back``."""

    at: datetime
    kind: str
    cause: str


@dataclass(frozen=True, slots=True)
class AlertTally:
    """Alerts booked in the month; of those of the stability watch, how many a person reviewed."""

    booked: int
    of_watch: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class ReviewInputs:
    """All that a report is made from. ``since`` is the GA instant; ``until`` the end of the month, or now before it.

    ``not_measured`` says why there are no metrics. ``faults``: what was asked and could not be read, a sentence each.
    ``falls`` are all since the promotion was opened. ``flags`` are those of the subject at 100% that still exist.
    """

    since: datetime
    until: datetime
    read_at: datetime
    feedback: tuple[SourceTally, ...]
    not_asked: str
    metrics: tuple[MetricMonth, ...]
    not_measured: str
    falls: tuple[Fall, ...]
    alerts: AlertTally
    flags: tuple[str, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries are of a kind, or of a severity."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a metric spent of its objective's budget: ``spent_bp`` in hundredths of a percent; 10,000 is all of it.

    None without requests. ``days_read`` of ``days``; ``why`` says why the others were not.
    """

    metric: str
    objective_ppm: int
    bad: int
    total: int
    spent_bp: int | None
    days_read: int
    days: int
    why: str


@dataclass(frozen=True, slots=True)
class Drift:
    """The share of slow requests in the first days and in the last, in millionths; ``why`` says why there is none."""

    start_ppm: int | None
    end_ppm: int | None
    change_ppm: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """What a month was like. ``falls_before`` are those since the opening and before the month."""

    since: datetime
    until: datetime
    total: int
    by_kind: tuple[Count, ...]
    by_severity: tuple[Count, ...]
    feedback_why: str
    budgets: tuple[Budget, ...]
    drift: Drift
    metrics_why: str
    rollbacks: int
    step_downs: int
    falls_before: int
    alerts: AlertTally
    flags: tuple[str, ...]
    unknown: tuple[str, ...]


def report_of(inputs: ReviewInputs) -> FeedbackReport:
    """The report. Equal inputs give an equal one, whenever it is made."""
    tallies = [one for source in inputs.feedback for one in source.tallies]
    in_month = [fall for fall in inputs.falls if inputs.since <= fall.at < inputs.until]
    kinds = [fall.kind for fall in in_month]
    return FeedbackReport(
        since=inputs.since,
        until=inputs.until,
        total=sum(one.count for one in tallies),
        by_kind=_counts(KINDS, tallies, lambda one: one.kind),
        by_severity=_counts(SEVERITIES, tallies, lambda one: one.severity),
        feedback_why=inputs.not_asked,
        budgets=tuple(_budget(one) for one in inputs.metrics),
        drift=_drift(inputs),
        metrics_why=inputs.not_measured,
        rollbacks=kinds.count("rolled_back"),
        step_downs=kinds.count("stepped_down"),
        falls_before=sum(1 for fall in inputs.falls if fall.at < inputs.since),
        alerts=inputs.alerts,
        flags=inputs.flags,
        unknown=inputs.faults,
    )


def days_between(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The days of a month from its first instant on, oldest first; the last may be shorter."""
    count = max(0, -((since - until) // DAY))
    return [(since + DAY * at, min(since + DAY * (at + 1), until)) for at in range(count)]


def _counts(names: Sequence[str], tallies: Iterable[Tally], of: Callable[[Tally], str]) -> tuple[Count, ...]:
    found = dict.fromkeys(names, 0)
    for one in tallies:
        found[of(one)] += one.count
    return tuple(Count(name, count) for name, count in found.items())


def _budget(one: MetricMonth) -> Budget:
    bad, total = _sum(one.days)
    spent = bad * _PPM * 10_000 // (total * one.objective_ppm) if total else None
    return Budget(one.metric, one.objective_ppm, bad, total, spent, len(one.days), one.asked, one.fault)


def _drift(inputs: ReviewInputs) -> Drift:
    """The first week against the last; of a shorter month the first half against the second."""
    slow = next((one for one in inputs.metrics if one.metric == SLOW), None)
    if slow is None:
        why = inputs.not_measured or f"{SLOW} is not among metrics.judged, so nobody counts slow requests"
        return Drift(None, None, None, why)
    span = min(WEEK, (inputs.until - inputs.since) / 2)
    first = [day for day in slow.days if day.start < inputs.since + span]
    last = [day for day in slow.days if day.start >= inputs.until - span]
    start, end = _ppm(first), _ppm(last)
    if start is None or end is None:
        which = "first" if start is None else "last"
        return Drift(start, end, None, slow.fault or f"nobody called it in the {which} days of the month")
    return Drift(start, end, end - start)


def _ppm(days: Sequence[MetricDay]) -> int | None:
    bad, total = _sum(days)
    return bad * _PPM // total if total else None


def _sum(days: Sequence[MetricDay]) -> tuple[int, int]:
    return sum(day.bad for day in days), sum(day.total for day in days)
