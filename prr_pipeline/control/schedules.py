"""Calendars from the settings: freezes, the advance window, the on-call rota."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.calendars.window import AdvanceWindow
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.settings import Settings

if TYPE_CHECKING:
    # What reads iCalendar files takes long to import: it is where there is one.
    from prr_pipeline.calendars.freeze import FreezeCalendar
    from prr_pipeline.calendars.ics import Calendar
    from prr_pipeline.calendars.rota import Rota


def load_freezes(settings: Settings, zone: str | None = None) -> FreezeCalendar:
    """All freeze calendars of the settings. Raises `Unreadable` for a missing one: unknown, not "no freeze".

    ``zone`` is where days and times without a zone of their own count; None: as the settings say.
    """
    from prr_pipeline.calendars.freeze import FreezeCalendar

    return FreezeCalendar(tuple(_calendar(settings, path, zone) for path in settings.calendars.freeze))


def load_rota(settings: Settings) -> Rota | None:
    """The on-call rota, or None when the settings name none."""
    from prr_pipeline.calendars.rota import Rota

    path = settings.calendars.rota
    return Rota(_calendar(settings, path)) if path is not None else None


def load_window(settings: Settings, zone: str | None = None) -> AdvanceWindow | None:
    """The advance window, or None when rungs may be climbed at any time. Raises `PrrError` for one there cannot be.

    ``zone`` is whose clock it goes by; None: as the settings say.
    """
    window = settings.calendars.window
    if window is False:
        return None
    try:
        start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    except ValueError as fault:
        raise PrrError(f"The advance window has a time that is none ({fault}); write it like 09:00.") from None
    return AdvanceWindow(frozenset(window.days), start, end, zone or window.zone)


def _calendar(settings: Settings, path: Path, zone: str | None = None) -> Calendar:
    full = settings.path(path)
    try:
        data = full.read_bytes()
    except OSError as fault:
        raise Unreadable(f"The calendar {full} cannot be read ({fault.strerror}).") from None
    return _parsed(data, zone or settings.calendars.zone, path.name)


@lru_cache(maxsize=64)
def _parsed(data: bytes, zone: str, name: str) -> Calendar:
    """Parsed once per content: a calendar keeps its expansions, and most ticks find the same bytes."""
    from prr_pipeline.calendars.ics import Calendar

    return Calendar.parse(data, zone=zone, name=name)
