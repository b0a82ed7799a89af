"""Freezes: while one is on, nothing rises; lowering never asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from prr_pipeline.calendars.ics import MAX_HORIZON, Calendar, Event


class FreezeReading(NamedTuple):
    """Whether a freeze is on. ``until`` is when raising is possible again; None if no end is in sight (400 days)."""

    frozen: bool
    summary: str
    until: datetime | None


class FreezeCalendar:
    """Several calendars whose events are freezes."""

    def __init__(self, calendars: Sequence[Calendar]) -> None:
        self._calendars = tuple(calendars)

    def reading(self, at: datetime) -> FreezeReading:
        """The state at that instant. Overlapping and touching freezes count as one, across all calendars.

        ``summary`` is text from outside. Raises `Unreadable` when a calendar takes too much work.
        """
        active = sorted(event for calendar in self._calendars for event in calendar.active(at))
        if not active:
            return FreezeReading(False, "", None)
        summary = ", ".join(dict.fromkeys(event.summary or "a freeze without a title" for event in active))
        return FreezeReading(True, summary, self._until(at, active))

    def _until(self, at: datetime, active: Sequence[Event]) -> datetime | None:
        horizon = at + MAX_HORIZON
        until = max(event.end for event in active)
        for event in sorted(event for calendar in self._calendars for event in calendar.between(at, horizon)):
            if event.start > until:
                break
            until = max(until, event.end)
        return until if until < horizon else None
