"""Small iCalendar files for the tests."""

from __future__ import annotations

from datetime import UTC, datetime

from prr_pipeline.calendars.ics import Calendar

ZONE = "Europe/Madrid"


def ics(*events: str, before: str = "") -> bytes:
    """A file with those events, each given by its lines."""
    bodies = [f"BEGIN:VEVENT\nUID:{n}\n{text.strip()}\nEND:VEVENT" for n, text in enumerate(events)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *([before.strip()] if before else []), *bodies]
    return ("\n".join([*lines, "END:VCALENDAR"]) + "\n").replace("\n", "\r\n").encode()


def calendar(*events: str, zone: str = ZONE, name: str = "tests") -> Calendar:
    """The parsed file of those events."""
    return Calendar.parse(ics(*events), zone=zone, name=name)


def utc(text: str) -> datetime:
    """The UTC instant written like ``2026-07-01 12:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
