"""What a rehearsal tells: the moments of one climb, and how exposure, gates and alerts stood over time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from prr_pipeline.control.spans import Span
from prr_pipeline.deferred_dataclass import dataclass
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
