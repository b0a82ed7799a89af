"""Schedules of jobs as texts: ``rate(5 minutes)``, ``cron(0 3 * * ? *)``, and plain cron of five fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CALL = re.compile(r"(rate|cron)\((.*)\)")
_RATE = re.compile(r"([1-9][0-9]{0,5}) (minute|minutes|hour|hours|day|days)")
_STEP = re.compile(r"/([0-9]{1,4})")
_NUMBER = re.compile(r"[0-9]{1,4}")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
Field = tuple[str, int, int, tuple[str, ...]]
"""What sentences call a field, its lowest and highest number, and names for its numbers."""
_PLAIN: Sequence[Field] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
_CLOUD: Sequence[Field] = (*_PLAIN[:4], ("day of week", 1, 7, _DAYS), ("year", 1970, 2199, ()))
_CLOUD_DAY = re.compile(r"\?|L|LW|[0-9]{1,2}W|(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:L|#[1-5])")


def schedule_fault(text: str) -> str | None:
    """Why a schedule never runs as written, as a part of a sentence; None for a sound one.

    Cloud cron has six fields, the last a year, of which one of the two days is ``?``.
    """
    call = _CALL.fullmatch(text.strip())
    if call is None:
        return _fields(text.split(), _PLAIN, cloud=False)
    if call[1] == "cron":
        return _fields(call[2].split(), _CLOUD, cloud=True)
    rate = _RATE.fullmatch(call[2].strip())
    if rate is None:
        return f"rate({call[2][:40]}) is no number of minutes, hours or days"
    if (int(rate[1]) == 1) == rate[2].endswith("s"):
        return f"rate({call[2][:40]}) wants the singular for 1, and the plural for more"
    return None


def last_year(text: str) -> int | None:
    """The last year in which a sound schedule runs; None for one that runs for ever."""
    call = _CALL.fullmatch(text.strip())
    parts = call[2].split() if call is not None and call[1] == "cron" else []
    if len(parts) != len(_CLOUD):
        return None
    ends = [item.partition("/")[0].rpartition("-")[2] for item in parts[-1].split(",")]
    stepped = any("/" in item and "-" not in item for item in parts[-1].split(","))
    return max(map(int, ends)) if not stepped and all(map(_NUMBER.fullmatch, ends)) else None


def _fields(parts: Sequence[str], fields: Sequence[Field], *, cloud: bool) -> str | None:
    if len(parts) != len(fields):
        return f"it has {len(parts)} of {len(fields)} fields"
    for part, field in zip(parts, fields, strict=True):
        if not all(_is_item(item.upper(), field, cloud=cloud) for item in part.split(",")):
            return f"the {field[0]} {part[:20]!r} is none"
    if cloud and (parts[2] == "?") == (parts[4] == "?"):
        return "exactly one of day of month and day of week must be ?"
    return _missing_day(parts, fields)


def _missing_day(parts: Sequence[str], fields: Sequence[Field]) -> str | None:
    """The fault of days that none of the named months has, where both are written as plain numbers or names."""
    days = [_number(item.upper(), fields[2]) for item in parts[2].split(",")]
    months = [_number(item.upper(), fields[3]) for item in parts[3].split(",")]
    known = [_LENGTHS[month - 1] for month in months if month is not None]
    # In plain cron a day of the week beside a day of the month runs on either.
    if None in days or len(known) < len(months) or parts[4] not in ("*", "?"):
        return None
    first = min(day for day in days if day is not None)
    return f"no month {parts[3][:20]} has a day {first}" if first > max(known) else None


def _is_item(item: str, field: Field, *, cloud: bool) -> bool:
    """One of a field's items: ``*``, a number or name, a range of them, each with a step."""
    if cloud and field[0].startswith("day") and _CLOUD_DAY.fullmatch(item):
        return True
    base, slash, step = item.partition("/")
    if slash and not (_STEP.fullmatch(f"/{step}") and int(step) > 0):
        return False
    first, dash, last = base.partition("-")
    if base == "*" or (not dash and _number(base, field) is not None):
        return True
    low, high = _number(first, field), _number(last, field)
    return low is not None and high is not None and low <= high


def _number(text: str, field: Field) -> int | None:
    _, low, high, names = field
    if text in names:
        return names.index(text) + (1 if low == 1 else 0)
    return int(text) if _NUMBER.fullmatch(text) and low <= int(text) <= high else None
