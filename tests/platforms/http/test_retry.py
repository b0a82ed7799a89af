"""Asking again: what, how often, how long between, and never beyond the deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from prr_pipeline.platforms.http.pace import Deadline
from prr_pipeline.platforms.http.retry import persistently
from prr_pipeline.platforms.silence import TRANSIENT, Reason, SourceSilent
from tests.platforms.asking import NOW, FakePace


def failing(reason: Reason, times: int, until_s: float | None = None) -> Callable[[], str]:
    """A question that is answered after so many silences."""
    until = None if until_s is None else NOW + timedelta(seconds=until_s)
    left = [SourceSilent(reason, "It failed", "wait", until=until) for _ in range(times)]

    def ask() -> str:
        if left:
            raise left.pop()
        return "answer"

    return ask


@pytest.mark.parametrize("reason", Reason)
def test_only_what_may_pass_is_asked_again(reason: Reason) -> None:
    """The rest would only be refused again."""
    pace = FakePace()
    if reason in TRANSIENT:
        assert persistently(failing(reason, 1), 2, Deadline.after(60, pace)) == "answer"
        assert len(pace.waited) == 1
    else:
        with pytest.raises(SourceSilent):
            persistently(failing(reason, 1), 2, Deadline.after(60, pace))
        assert pace.waited == []


def test_the_last_silence_is_told() -> None:
    """After as many attempts as are allowed, with waits only between them."""
    pace = FakePace()
    with pytest.raises(SourceSilent):
        persistently(failing(Reason.SERVER_ERROR, 9), 4, Deadline.after(60, pace))
    assert pace.waited == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(("drawn", "waits"), [(0.0, [0.0, 0.0]), (0.999, [0.4995, 0.999])])
def test_a_wait_is_drawn_from_nothing_to_its_bound(drawn: float, waits: list[float]) -> None:
    """Full jitter: many clients that fail together do not return together."""
    pace = FakePace(drawn)
    persistently(failing(Reason.TIMED_OUT, 2), 4, Deadline.after(60, pace))
    assert pace.waited == pytest.approx(waits)


def test_a_wait_has_a_bound() -> None:
    """However often it failed."""
    pace = FakePace(0.999)
    persistently(failing(Reason.UNREACHABLE, 9), 10, Deadline.after(10_000, pace))
    assert max(pace.waited) < 20


def test_the_wait_that_a_service_names_is_kept() -> None:
    """At least that long, and a little spread."""
    pace = FakePace()
    persistently(failing(Reason.RATE_LIMITED, 1, until_s=7), 4, Deadline.after(60, pace))
    assert pace.waited == [7.25]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    """The silence comes at once and says until when."""
    pace = FakePace()
    with pytest.raises(SourceSilent, match=r"until 2026-03-02T12:01:30") as silent:
        persistently(failing(Reason.RATE_LIMITED, 1, until_s=90), 4, Deadline.after(60, pace))
    assert silent.value.until == NOW + timedelta(seconds=90)
    assert pace.waited == []


def test_the_deadline_ends_the_attempts() -> None:
    """Whatever their number."""
    pace = FakePace()
    with pytest.raises(SourceSilent):
        persistently(failing(Reason.SERVER_ERROR, 99), 99, Deadline.after(3, pace))
    assert sum(pace.waited) < 3


def test_a_question_without_an_attempt_is_a_fault() -> None:
    """It could not have an answer."""
    with pytest.raises(ValueError, match="at least one attempt"):
        persistently(lambda: "answer", 0, Deadline.after(3, FakePace()))
