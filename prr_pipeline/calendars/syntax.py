"""Parse an iCalendar file strictly: what the library would skip or guess is refused in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import icalendar

from prr_pipeline.calendars.recurrence import Bound, RuleRefused, bound_of
from prr_pipeline.errors import Unreadable

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 5_000
MAX_RECURRING = 1_000
MAX_ZONE_RULES = 200
MAX_DEPTH = 8
MAX_RULES = 4

_DATED = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")

_content_lines: Callable[[str], list[str]] = icalendar.parser.Contentlines.from_ical
_forget_zones: Callable[[], None] = icalendar.use_zoneinfo
"""The library keeps the time zones that a file defines for the whole process: one file must not shift another's."""


def components(data: bytes, name: str) -> tuple[icalendar.Calendar, tuple[Bound, ...]]:
    """The parsed calendar and a bound for each recurrence rule. Raises `Unreadable` with one sentence."""
    try:
        text = _text(data)
        _check_lines([line.upper() for line in _content_lines(text) if line])
        calendar = _parse(text)
        events = calendar.walk("VEVENT")
        return calendar, tuple(bound for event in events for bound in _checked(event))
    except RuleRefused as fault:
        raise Unreadable(f"The calendar {name!r} cannot be read: it {fault}.") from None


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RuleRefused(f"has {len(data)} bytes, more than {MAX_BYTES}")
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise RuleRefused("is not UTF-8") from None


def _check_lines(words: list[str]) -> None:
    """What must hold before the library sees the file, since it expands the rules of time zones while it parses."""
    if words[:1] != ["BEGIN:VCALENDAR"]:
        raise RuleRefused("does not begin with BEGIN:VCALENDAR")
    if words[-1] != "END:VCALENDAR":
        raise RuleRefused("does not end with END:VCALENDAR, so it may be cut off")
    if words.count("BEGIN:VCALENDAR") > 1:
        raise RuleRefused("holds more than one VCALENDAR")
    events = words.count("BEGIN:VEVENT")
    if events > MAX_EVENTS:
        raise RuleRefused(f"has {events} events, more than {MAX_EVENTS}")
    if any(word.startswith(("EXRULE:", "EXRULE;")) for word in words):
        raise RuleRefused("has an EXRULE, which is not supported")
    zone_rules = [word for word, inside in _nested(words) if "VTIMEZONE" in inside and word.startswith("RRULE")]
    if len(zone_rules) > MAX_ZONE_RULES:
        raise RuleRefused(f"has {len(zone_rules)} rules in its time zones, more than {MAX_ZONE_RULES}")
    if any("FREQ=YEARLY" not in re.split("[:;]", rule) for rule in zone_rules):
        raise RuleRefused("has a time zone that changes other than yearly")


def _nested(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each line with the components around it. Each END must close the component begun last."""
    around: list[str] = []
    for word in words:
        mark, _, name = word.partition(":")
        if mark == "BEGIN" and len(around) < MAX_DEPTH:
            around.append(name)
        elif mark == "END" and around and around[-1] == name:
            around.pop()
        elif re.match("(BEGIN|END)[:;]", word):
            raise RuleRefused(f"has {word[:40]!r} out of place")
        yield word, around
    if around:
        raise RuleRefused(f"never ends its {around[-1][:40]!r}")


def _parse(text: str) -> icalendar.Calendar:
    try:
        _forget_zones()
        calendar = icalendar.Calendar.from_ical(text)
    except Exception as fault:  # the library raises whatever its parts raise
        raise RuleRefused(f"is not a valid iCalendar file ({type(fault).__name__})") from fault
    if not isinstance(calendar, icalendar.Calendar):
        raise RuleRefused("is not a VCALENDAR")
    faulty = next((part for part in calendar.walk() if part.errors), None)
    if faulty is not None:
        raise RuleRefused(f"has a {faulty.name} with a {str(faulty.errors[0][0])[:40]} that cannot be read")
    if sum("RRULE" in event for event in calendar.walk("VEVENT")) > MAX_RECURRING:
        raise RuleRefused(f"has more than {MAX_RECURRING} recurring events")
    return calendar


def _checked(event: Any) -> Iterator[Bound]:
    if "DTSTART" not in event:
        raise RuleRefused("has an event without a DTSTART")
    for part in _DATED:
        for value in _listed(event, part):
            _check_zone(value)
    try:
        _ = (event.start, event.end)
    except Exception as fault:  # the library raises whatever its parts raise
        raise RuleRefused(f"has an event whose start and end do not go together ({type(fault).__name__})") from fault
    rules = _listed(event, "RRULE")
    if len(rules) > MAX_RULES:
        raise RuleRefused(f"has an event with {len(rules)} recurrence rules, more than {MAX_RULES}")
    start = _naive(event["DTSTART"].dt)
    for rule in rules:
        try:
            yield bound_of(rule, rule.to_ical().decode(), start)
        except (ValueError, TypeError, OverflowError) as fault:
            raise RuleRefused("has a recurrence that cannot be read") from fault


def _check_zone(value: Any) -> None:
    """A zone that the library does not know is dropped by it, which would move the event by hours."""
    wanted = str(value.params.get("TZID", ""))
    instants = [item.dt for item in value.dts] if hasattr(value, "dts") else [value.dt]
    if wanted and any(isinstance(at, datetime) and at.tzinfo is None for at in instants):
        raise RuleRefused(f"names the unknown time zone {wanted[:40]!r}")


def _listed(event: Any, part: str) -> list[Any]:
    value = event.get(part, [])
    return value if isinstance(value, list) else [value]


def _naive(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a wall-clock time
