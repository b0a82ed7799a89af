"""Time as a service is asked: waits, instants and the deadline of one question. Always real, also in a time-lapse."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass


class Pace(Protocol):
    """Where waiting and its clock come from; tests hand in one that does not wait."""

    def now(self) -> datetime:
        """The instant, aware UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds of a clock that only goes forward."""
        ...

    def wait(self, seconds: float) -> None:
        """Let that time pass."""
        ...

    def chance(self) -> float:
        """A fresh number from 0 to below 1."""
        ...


class RealPace:
    """The machine's own time and chance."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def chance(self) -> float:
        return random.random()  # noqa: S311 - spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class Deadline:
    """When one question ends, with all its pages, retries and redirects."""

    pace: Pace
    ends_s: float

    @staticmethod
    def after(seconds: float, pace: Pace) -> Deadline:
        """The deadline that many seconds from now."""
        return Deadline(pace, pace.monotonic_s() + seconds)

    def remaining_s(self) -> float:
        """Seconds left, 0 if it has passed."""
        return max(0.0, self.ends_s - self.pace.monotonic_s())
