"""What a rehearsal tells: the moments of one climb, and how exposure, gates and alerts stood over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.rollout.policy import Policy


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened. ``kind``: opened, rose, hold, unknown, goes on, lowered, resumed, milestone, stands."""

    at: datetime
    kind: str
    text: str
    exposure: str


@dataclass(frozen=True, slots=True)
class Span:
    """A state that lasted: of a gate (open, closed, unknown) or an alert (its severity, or unknown)."""

    state: str
    since: datetime
    until: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class RungTold:
    """One rung: first reached when, None if never; for how long exposure stood there, all stays together."""

    name: str
    dwell: timedelta
    reached_at: datetime | None
    stood: timedelta


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One rehearsal. ``gates`` holds the spans of each gate that policy uses, ``ticks`` the decisions made.

    ``outcome`` is a sentence; ``is_complete``: every stage after 100% was closed. ``assumed`` are sentences too.
    """

    policy: Policy
    ladder: Ladder
    start: datetime
    end: datetime
    moments: tuple[Moment, ...]
    steps: tuple[tuple[datetime, Exposure], ...]
    gates: dict[str, tuple[Span, ...]]
    alerts: tuple[Span, ...]
    assumed: tuple[str, ...]
    ticks: int
    outcome: str
    is_complete: bool
    rungs: tuple[RungTold, ...] = ()
    held: timedelta = timedelta(0)


@dataclass(slots=True)
class Lane:
    """The spans of one row, grown while time goes by."""

    spans: list[Span] = field(default_factory=list)
    _state: str = ""
    _since: datetime | None = None
    _text: str = ""

    def see(self, now: datetime, state: str, text: str = "") -> None:
        """The row shows ``state`` from now on. An empty one is a gap."""
        if state == self._state:
            return
        self.close(now)
        self._state, self._since, self._text = state, now, text

    def close(self, now: datetime) -> None:
        """Nothing is seen from now on."""
        if self._state and self._since is not None and now > self._since:
            self.spans.append(Span(self._state, self._since, now, self._text))
        self._state, self._since = "", None


def rungs_told(ladder: Ladder, steps: Iterable[tuple[datetime, Exposure]], end: datetime) -> tuple[RungTold, ...]:
    """When each rung was first reached, and for how long exposure stood on it."""
    told = list(steps)
    ends = [at for at, _ in told[1:]] + [end]
    found = []
    for rung in ladder.rungs:
        stays = [(at, until) for (at, exposure), until in zip(told, ends, strict=True) if exposure == rung.exposure]
        stood = sum((until - at for at, until in stays), timedelta(0))
        found.append(RungTold(rung.name, rung.dwell, stays[0][0] if stays else None, stood))
    return tuple(found)
