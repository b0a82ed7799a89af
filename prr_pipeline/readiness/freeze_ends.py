"""Freezes that are written so that they are never on: without an end, or with one before their beginning."""

from __future__ import annotations

import re

_EVENT = re.compile(r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", re.DOTALL)
_FOLD = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r"^(DTSTART|DTEND|DURATION|SUMMARY|UID)([^:\r\n]*):([^\r\n]*)", re.MULTILINE)


def never_on(calendar: str) -> str | None:
    """Which event of an iCalendar text is never on, and why, in a few words; None where each is on for some time."""
    for event in _EVENT.findall(_FOLD.sub("", calendar)):
        given = {name: (options, value.strip()) for name, options, value in _FIELD.findall(event)}
        title = given.get("SUMMARY", given.get("UID", ("", "without a title")))[1]
        options, start = given.get("DTSTART", ("", ""))
        if not start:
            continue
        if (
            "DTEND" not in given
            and "DURATION" not in given
            and "VALUE=DATE" not in options.replace("VALUE=DATE-TIME", "")
        ):
            return f"{title!r} has no end"
        ended, end = given.get("DTEND", ("", ""))
        if end and ended == options and end <= start:
            return f"{title!r} ends before it begins"
    return None
