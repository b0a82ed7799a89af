"""Calendars: freezes, the advance window and the on-call rota, from iCalendar files."""

from prr_pipeline.calendars.freeze import FreezeCalendar, FreezeReading
from prr_pipeline.calendars.ics import MAX_HORIZON, Calendar, Event
from prr_pipeline.calendars.rota import Rota
from prr_pipeline.calendars.window import AdvanceWindow, advance_is_open, advance_next_open

__all__ = [
    "MAX_HORIZON",
    "AdvanceWindow",
    "Calendar",
    "Event",
    "FreezeCalendar",
    "FreezeReading",
    "Rota",
    "advance_is_open",
    "advance_next_open",
]
