"""A month of metrics: whole days on the grid, the newest first, gaps told, and no source ever believed blindly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from prr_pipeline.control.feedback_metrics import GIVE_UP, SETTLING, metrics_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.feedback_report import MetricMonth
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.signals.metrics.source import MetricQuestion, MetricSource, on_grid
from tests.control.scene import Scene

KEY = "createGrant:ga"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def whole(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """One bad request of ten in each step that is over."""
    until = on_grid(now - timedelta(seconds=10), question.step)
    count = (until - question.since) // question.step
    buckets = tuple(Bucket(question.since + question.step * at, 1, 10) for at in range(count))
    return MetricAnswer(question.metric, question.since, until, question.step, ArmBuckets(buckets, None), until)


@dataclass
class Played:
    """A source that answers as it is told, and keeps what it was asked."""

    answer: Callable[[MetricQuestion, datetime], MetricAnswer] = whole
    asked: list[tuple[MetricQuestion, datetime]] = field(default_factory=list)
    name: str = "played"

    def read(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        self.asked.append((question, now))
        return self.answer(question, now)


@dataclass(frozen=True)
class MeteredWorkplace(Workplace):
    """A workplace with a source of ours."""

    played: Played = field(default_factory=Played)

    @property
    def metrics(self) -> MetricSource | None:
        return self.played


def month(full: Scene, played: Played, span: timedelta = 30 * DAY) -> tuple[tuple[MetricMonth, ...], list[str]]:
    """The metrics of a stretch from the GA instant on, looked at when it is over."""
    state = full.state(KEY)
    assert state.full_at is not None
    full.clock.advance(span + timedelta(hours=1))
    work = MeteredWorkplace(full.work.settings, played)
    found, why, faults = metrics_of(work, state, state.full_at, state.full_at + span)
    assert why == ""
    return found, faults


def test_each_day_is_asked_once_on_the_grid(full: Scene) -> None:
    """Whole steps from the first after the GA instant; as at 100% there is one arm."""
    played = Played()
    found, faults = month(full, played, 3 * DAY)
    assert faults == []
    assert [(one.metric, one.asked, len(one.days)) for one in found] == [("errors", 3, 3), ("slow", 3, 3)]
    assert [one.objective_ppm for one in found] == [1_000, 10_000]
    questions = [question for question, _ in played.asked]
    assert {(one.operation_id, one.service, one.treatment, one.control) for one in questions} == {
        ("createGrant", "equity", "on", None)
    }
    assert all(on_grid(one.since, MINUTE) == one.since for one in questions)
    assert all(now - question.since <= DAY + SETTLING for question, now in played.asked)
    days = found[0].days
    assert [day.start for day in days] == sorted(day.start for day in days)
    assert sum(day.total for day in days) == 10 * (3 * DAY // MINUTE - 1 if full_off_grid(full) else 3 * DAY // MINUTE)


def full_off_grid(full: Scene) -> bool:
    """Whether the GA instant lies within a step."""
    at = full.state(KEY).full_at
    return at is not None and on_grid(at, MINUTE) != at


def test_a_last_piece_too_short_to_be_told_is_left_out(full: Scene) -> None:
    """Its newest samples may lag behind; of a very short month nothing is asked."""
    assert [one.asked for one in month(full, Played(), DAY + timedelta(minutes=30))[0]] == [1, 1]
    assert month(full, Played(), timedelta(minutes=30)) == (
        (MetricMonth("errors", 1_000, 0, ()), MetricMonth("slow", 10_000, 0, ())), [],
    )  # fmt: skip


def unread(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """Nothing is known."""
    return question.unread(now, "it is down.")


def raises(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """A source that breaks its promise."""
    raise RuntimeError("line one\nline two")


def other(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """An answer to another question."""
    return whole(replace(question, metric="slow" if question.metric == "errors" else "errors"), now)


def late(question: MetricQuestion, now: datetime) -> MetricAnswer:
    """Buckets of the next day alone."""
    start = question.since + DAY
    arms = ArmBuckets((Bucket(start, 0, 1),), None)
    return MetricAnswer(question.metric, question.since, start + MINUTE, question.step, arms, start)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (unread, "The metric errors is unknown: it is down."),
        (raises, "unknown: the metric source played failed (RuntimeError: line one line two); mend it."),
        (other, "unknown: the metric source played answered something else than it was asked; mend it."),
        (late, "unknown: the metric source played holds nothing of "),
    ],
)
def test_a_source_whose_newest_day_is_unknown_is_asked_no_further(
    full: Scene, answer: Callable[[MetricQuestion, datetime], MetricAnswer], words: str
) -> None:
    """One question for each metric, one sentence for each, and no number."""
    played = Played(answer)
    found, faults = month(full, played)
    assert [one.days for one in found] == [(), ()]
    assert len(played.asked) == 2
    assert len(faults) == 2
    assert words in faults[0]


def test_what_the_store_forgot_is_given_up_after_a_week(full: Scene) -> None:
    """Nothing older is asked then; what was read stays, and the first reason is told."""
    state = full.state(KEY)
    assert state.full_at is not None
    kept_from = state.full_at + 20 * DAY

    def forgetful(question: MetricQuestion, now: datetime) -> MetricAnswer:
        return whole(question, now) if question.since >= kept_from else question.unread(now, f"gone: {question.since}.")

    played = Played(forgetful)
    found, faults = month(full, played)
    assert faults == []
    assert [(one.asked, len(one.days)) for one in found] == [(30, 10), (30, 10)]
    assert len(played.asked) == 2 * (10 + GIVE_UP)
    assert found[0].fault.startswith("gone: 2026-12-19")


def test_a_gap_in_between_is_left_out(full: Scene) -> None:
    """The days on both sides of it count."""
    gap = iter(range(1_000))

    def gappy(question: MetricQuestion, now: datetime) -> MetricAnswer:
        return unread(question, now) if next(gap) in (3, 4) else whole(question, now)

    found, faults = month(full, Played(gappy), 10 * DAY)
    assert faults == []
    assert [(one.asked, len(one.days), one.fault) for one in found] == [(10, 8, "it is down"), (10, 10, "")]
