"""Asking the services around a repository during one run: each question once, all of them within a bounded time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from prr_pipeline.clock import Clock
from prr_pipeline.control.workplace import make_clock
from prr_pipeline.platforms.http.pace import Pace, RealPace
from prr_pipeline.platforms.silence import Reason as Code
from prr_pipeline.platforms.silence import SourceSilent
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.questions import Answer, Question, Silence
from prr_pipeline.settings import Settings

if TYPE_CHECKING:
    from prr_pipeline.control.service_answers import ServiceAnswers

T = TypeVar("T")


class BoundedPace:
    """Real time that ends: once so many seconds were spent on questions, whoever looks at the clock is told to stop."""

    def __init__(self, pace: Pace, seconds: float) -> None:
        self._pace = pace
        self._seconds = seconds
        self._spent_s = 0.0
        self._began_s: float | None = None

    def begin(self) -> None:
        """A question begins."""
        self._began_s = self._pace.monotonic_s()

    def end(self) -> None:
        """It has ended."""
        if self._began_s is not None:
            self._spent_s += self._pace.monotonic_s() - self._began_s
        self._began_s = None

    def now(self) -> datetime:
        """The instant, aware UTC."""
        return self._pace.now()

    def monotonic_s(self) -> float:
        """Seconds of a clock that only goes forward. Raises `SourceSilent` when the time is over."""
        if self._left_s() < 0:
            raise SourceSilent(
                Code.TIMED_OUT,
                f"The services took more than the {self._seconds:g} s that one run may ask in all",
                "ask about fewer subjects at once, or raise platforms.total_timeout",
            )
        return self._pace.monotonic_s()

    def wait(self, seconds: float) -> None:
        """Let that time pass, or what is left."""
        self._pace.wait(max(0.0, min(seconds, self._left_s())))

    def chance(self) -> float:
        """A fresh number from 0 to below 1."""
        return self._pace.chance()

    def _left_s(self) -> float:
        now_s = self._pace.monotonic_s()
        return self._seconds - self._spent_s - (now_s - self._began_s if self._began_s is not None else 0.0)


class AskedOnce:
    """Who asks during one run. Equal questions get one answer, silences too; `oldest` tells how long it holds.

    Can be given to another process, which then asks for itself. Not for use from several threads.
    """

    def __init__(
        self, settings: Settings, environment: Mapping[str, str] | None = None, pace: Pace | None = None
    ) -> None:
        self._settings = settings
        self._environment = environment
        self._real = pace or RealPace()
        self._known: dict[Question[Any], Answer[Any] | Silence] = {}
        self._began_at: datetime | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {
            "_settings": self._settings,
            "_environment": self._environment,
            "_real": self._real,
            "_known": dict(self._known),
            "_began_at": self._began_at,
        }

    def ask(self, question: Question[T]) -> Answer[T] | Silence:
        """The answer, read at an instant of the deployment's clock, or why there is none. Raises nothing."""
        if not self._known:
            self._began_at = self._clock.now()
        if question not in self._known:
            self._known[question] = self._asked(question)
        return self._known[question]

    @property
    def oldest(self) -> datetime | None:
        """When the oldest answer was read, or a silence met, by the deployment's clock; None if nobody may be asked."""
        found = [
            each.read_at if isinstance(each, Answer) else self._began_at
            for each in self._known.values()
            if isinstance(each, Answer) or each.reason is not Reason.NOT_DECLARED
        ]
        return min((at for at in found if at is not None), default=None)

    @cached_property
    def _clock(self) -> Clock:
        return make_clock(self._settings)

    @cached_property
    def _pace(self) -> BoundedPace:
        return BoundedPace(self._real, self._settings.platforms.total_timeout.total_seconds())

    @cached_property
    def _services(self) -> ServiceAnswers:
        """Imported when something is asked: the clients take longer than many a check."""
        from prr_pipeline.control.service_answers import ServiceAnswers

        return ServiceAnswers(self._settings, self._environment, self._pace, self._clock)

    def _asked(self, question: Question[T]) -> Answer[T] | Silence:
        self._pace.begin()
        try:
            return self._services.ask(question)
        finally:
            self._pace.end()
