"""Hours of the week as text: ``Mon-Fri 08:00-20:00``. Peak hours and the window of migrations are written so."""

from __future__ import annotations

import re

from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.sources import NotSeen

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_TEXT = re.compile(r"(?:([A-Za-z]{3})(?:-([A-Za-z]{3}))?\s+)?([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)")


def minutes_of(text: str, key: str) -> frozenset[int]:
    """The minutes of the week, from Monday 00:00 UTC on, that the text means; several parts stand behind commas.

    Without days it means every day; an end at or before the start is the next day's. Raises `NotSeen` for text of
    another form, with the ``key`` that holds it.
    """
    return frozenset(minute for part in text.split(",") for minute in _part(part.strip(), key))


def _part(text: str, key: str) -> set[int]:
    found = _TEXT.fullmatch(text)
    names = [name.lower() for name in found.groups()[:2] if name] if found is not None else []
    if found is None or not set(names) <= set(_DAYS):
        message = f"{key} is {text!r}; write it like 'Mon-Fri 08:00-20:00', in UTC."
        raise NotSeen(Reason.UNREADABLE, message)
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (3, 5))
    if max(start, end) > _DAY or start == _DAY:
        raise NotSeen(Reason.UNREADABLE, f"{key} is {text!r}; a day has 24 hours.")
    first, last = (_DAYS.index(names[0]), _DAYS.index(names[-1])) if names else (0, 6)
    days = {(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)}
    length = end - start if end > start else end + _DAY - start
    return {(day * _DAY + start + ahead) % _WEEK for day in days for ahead in range(length)}
