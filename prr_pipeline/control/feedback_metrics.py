"""A month of metrics for the feedback review: asked day by day, so that no answer is too large and a gap stays one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from prr_pipeline.control.metric_questions import arms
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.feedback_report import MetricDay, MetricMonth, days_between
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.rollout.metrics import Bucket
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.signals.metrics.source import MetricQuestion, MetricSource, on_grid
from prr_pipeline.subjects import SubjectKind

SETTLING = timedelta(seconds=15)
"""How long after a day's end it is asked about: its last samples may still have been on their way."""
LEAST = timedelta(hours=1)
"""The least stretch that is asked about: the newest samples of a shorter one may lag behind its end."""
GIVE_UP = 7
"""Days in a row without an answer, after which nothing older is asked."""
NO_SOURCE = "no metric source is set (metrics.source), so nobody can tell"


def metrics_of(
    work: Workplace, state: PromotionState, since: datetime, until: datetime
) -> tuple[tuple[MetricMonth, ...], str, list[str]]:
    """Each judged metric of ``[since, until)``; why there are none; and what was asked and could not be read.

    The newest day is asked first: a metric of which it cannot be read is unknown. Older days may be gone, since no
    store keeps everything; they are left out, and the month says why.
    """
    try:
        source = work.metrics
    except PrrError as fault:
        return (), "", [f"The metrics are unknown: {fault}"]
    if source is None:
        return (), NO_SOURCE, []
    days = _whole_days(since, until, work.settings.metrics.step)
    found, faults = [], []
    for metric in work.settings.metrics.judged:
        month = _month(work, source, state, metric, days)
        if days and (not month.days or month.days[-1].start != days[-1][0]):
            faults.append(f"The metric {metric} is unknown: {month.fault}.")
        found.append(month)
    return tuple(found), "", faults


def _whole_days(since: datetime, until: datetime, step: timedelta) -> list[tuple[datetime, datetime]]:
    """The days between the first whole step and the last; a last piece that is too short to be told is left out."""
    first = on_grid(since, step)
    days = days_between(first if first == since else first + step, on_grid(until, step))
    return days if not days or days[-1][1] - days[-1][0] >= LEAST else days[:-1]


def _month(
    work: Workplace, source: MetricSource, state: PromotionState, metric: str, days: Sequence[tuple[datetime, datetime]]
) -> MetricMonth:
    found: list[MetricDay] = []
    first_fault, failed = "", 0
    for since, until in reversed(days):
        read = _day(work, source, state, metric, since, until)
        if isinstance(read, MetricDay):
            found.append(read)
            failed = 0
            continue
        first_fault, failed = first_fault or read, failed + 1
        if not found or failed == GIVE_UP:
            break
    return MetricMonth(metric, work.canary.budget_ppm(metric), len(days), tuple(reversed(found)), first_fault)


def _day(
    work: Workplace, source: MetricSource, state: PromotionState, metric: str, since: datetime, until: datetime
) -> MetricDay | str:
    """The requests of one day with the new version, or why they cannot be told."""
    question = _question(work, state, metric, since)
    try:
        answer = source.read(question, min(until + SETTLING, work.now()))
        if (answer.metric, answer.since, answer.step) != (question.metric, question.since, question.step):
            return f"the metric source {source.name} answered something else than it was asked; mend it"
    except Exception as fault:
        said = " ".join(f"{type(fault).__name__}: {fault}".split())
        return f"the metric source {source.name} failed ({said[:200]}); mend it"
    if answer.arms is None:
        return answer.fault.rstrip(".")
    buckets: list[Bucket] = [one for one in answer.arms.treatment if one.start < until]
    if not buckets:
        return f"the metric source {source.name} holds nothing of {since.isoformat()}"
    return MetricDay(since, sum(one.bad for one in buckets), sum(one.total for one in buckets))


def _question(work: Workplace, state: PromotionState, metric: str, since: datetime) -> MetricQuestion:
    """As the guard asks at 100%, where nobody gets the old version."""
    settings = work.settings.metrics
    service = state.subject.name if state.subject.kind is SubjectKind.SERVICE else state.context
    label = settings.services.get(service) or slug(service)
    return MetricQuestion(metric, state.subject.name, label, arms(settings, state)[0], None, since, settings.step)
