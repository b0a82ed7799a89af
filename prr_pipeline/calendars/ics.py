"""Read an iCalendar file and answer what is on at an instant and when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from prr_pipeline.calendars.recurrence import MAX_OCCURRENCES, MAX_STEPS, Bound
from prr_pipeline.calendars.syntax import components
from prr_pipeline.calendars.window import zone_named
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable

MAX_HORIZON = timedelta(days=400)
MAX_SUMMARY = 200
_PAGE = timedelta(days=30)
_SLACK = timedelta(days=2)
"""Floating and all-day events are compared without a zone by the expansion: ask for more, then cut exactly."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One occurrence, from ``start`` to before ``end`` (aware UTC). ``summary`` is text from outside.

    ``attendees`` and ``organizer`` are mail addresses as written, without ``mailto:``; those who declined are left out.
    """

    start: datetime
    end: datetime
    uid: str
    summary: str
    attendees: tuple[str, ...] = ()
    organizer: str = ""


class Calendar:
    """The events of one file. Cancelled ones and duplicates are dropped."""

    def __init__(self, name: str, zone: ZoneInfo, calendar: icalendar.Calendar, bounds: Sequence[Bound]) -> None:
        self.name = name
        self._zone = zone
        self._bounds = tuple(bounds)
        self._query = recurring_ical_events.of(calendar)
        self._pages: dict[int, tuple[Event, ...]] = {}

    @classmethod
    def parse(cls, data: bytes, *, zone: str, name: str) -> Calendar:
        """Read a file of at most 1 MiB and 5,000 events. ``zone`` holds for all-day and floating events.

        Raises `Unreadable` with one sentence for a file that is broken, cut or would take too much work, and
        `PrrError` for an unknown zone.
        """
        own_zone = zone_named(zone)
        parsed, bounds = components(data, name)
        crowd = sum(bound.occurrences(MAX_HORIZON + _PAGE) for bound in bounds)
        if crowd > MAX_OCCURRENCES:
            raise Unreadable(
                f"The calendar {name!r} may have {crowd} occurrences in {MAX_HORIZON.days} days, more than "
                f"{MAX_OCCURRENCES}; make its rules recur less often."
            )
        try:
            return cls(name, own_zone, parsed, bounds)
        except Exception as fault:  # the expansion raises whatever its libraries raise
            raise Unreadable(f"The calendar {name!r} cannot be expanded ({type(fault).__name__}); mend it.") from fault

    def active(self, at: datetime) -> tuple[Event, ...]:
        """The events that are on at that instant, by start. Raises `Unreadable` like `between`."""
        return tuple(event for event in self._page(at) if event.start <= at < event.end)

    def next_change(self, at: datetime, horizon: timedelta = MAX_HORIZON) -> datetime | None:
        """When the active events next change, after ``at`` and within ``horizon`` (at most 400 days); else None."""
        latest = at + min(horizon, MAX_HORIZON)
        edges = (edge for event in self._page(at) for edge in (event.start, event.end))
        return min((edge for edge in edges if at < edge <= latest), default=None)

    def between(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """The events that overlap the window, by start. The window is at most 400 days long.

        Raises `Unreadable` when the rules take too much work by then.
        """
        if end - start > MAX_HORIZON:
            raise PrrError(
                f"A calendar is read {MAX_HORIZON.days} days ahead at most; {(end - start).days} are too many."
            )
        return tuple(event for event in self._page(start) if event.start < end and event.end > start)

    def _page(self, at: datetime) -> tuple[Event, ...]:
        """The events from the page that holds ``at`` to the horizon after its end; the last two pages are kept."""
        number = (at - _EPOCH) // _PAGE
        if number not in self._pages:
            kept = dict(list(self._pages.items())[-1:])
            start = _EPOCH + number * _PAGE
            self._pages = {**kept, number: self._expand(start, start + _PAGE + MAX_HORIZON)}
        return self._pages[number]

    def _expand(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        steps = sum(bound.steps(end.replace(tzinfo=None)) for bound in self._bounds)
        if steps > MAX_STEPS:
            raise Unreadable(
                f"The calendar {self.name!r} needs {steps} steps up to {end:%Y-%m-%d}, more than {MAX_STEPS}; "
                "let its rules begin later or recur less often."
            )
        try:
            found = self._query.between(start - _SLACK, end + _SLACK)
            events = {_event(item, self._zone) for item in found if not _cancelled(item)}
        except Exception as fault:  # the expansion raises whatever its libraries raise
            raise Unreadable(
                f"The calendar {self.name!r} cannot be expanded ({type(fault).__name__}); mend it."
            ) from fault
        if len(events) > MAX_OCCURRENCES:
            raise Unreadable(f"The calendar {self.name!r} has {len(events)} occurrences, more than {MAX_OCCURRENCES}.")
        return tuple(sorted(event for event in events if event.start < end and event.end > start))


def _cancelled(item: Any) -> bool:
    return str(item.get("STATUS", "")).strip().upper() == "CANCELLED"


def _event(item: Any, zone: ZoneInfo) -> Event:
    return Event(
        start=_instant(item.start, zone),
        end=_instant(item.end, zone),
        uid=str(item.get("UID", "")),
        summary=" ".join(str(item.get("SUMMARY", "")).split())[:MAX_SUMMARY],
        attendees=tuple(_address(person) for person in _people(item.get("ATTENDEE"))),
        organizer=next((_address(person) for person in _people(item.get("ORGANIZER"))), ""),
    )


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """All-day events begin at midnight of the declared zone; floating ones show that zone's wall clock."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - gets its zone in the next line
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _people(value: Any) -> Iterable[Any]:
    people = value if isinstance(value, list) else [] if value is None else [value]
    return (person for person in people if str(person.params.get("PARTSTAT", "")).upper() != "DECLINED")


def _address(person: Any) -> str:
    text = str(person).strip()
    return text[7:] if text[:7].lower() == "mailto:" else text
