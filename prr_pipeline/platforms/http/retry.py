"""Asking again what may pass by itself: a few times, after waits with full jitter, never beyond the deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from prr_pipeline.platforms.http.pace import Deadline
from prr_pipeline.platforms.silence import TRANSIENT, SourceSilent

T = TypeVar("T")
BASE_S = 0.5
LONGEST_S = 20.0


def persistently(ask: Callable[[], T], attempts: int, deadline: Deadline) -> T:
    """What ``ask`` returns, after ``attempts`` at most.

    A wait that the service names is kept to, else it is drawn evenly from 0 to ``BASE_S`` doubled with each attempt.
    Where that wait would pass the deadline nothing is waited for: the last silence is raised at once.
    """
    for attempt in range(attempts):
        try:
            return ask()
        except SourceSilent as silent:
            wait_s = _wait_s(silent, attempt, deadline)
            if silent.reason not in TRANSIENT or attempt + 1 == attempts or wait_s >= deadline.remaining_s():
                raise
        deadline.pace.wait(wait_s)
    raise ValueError(f"A question needs at least one attempt, not {attempts}.")


def _wait_s(silent: SourceSilent, attempt: int, deadline: Deadline) -> float:
    drawn = deadline.pace.chance() * min(LONGEST_S, BASE_S * 2.0**attempt)
    if silent.until is None:
        return drawn
    return (silent.until - deadline.pace.now()).total_seconds() + drawn
