"""How the values of a settings file are written: durations, days of the week, times of day, time zones, files."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from prr_pipeline.calendars.window import zone_named
from prr_pipeline.errors import PrrError

_DURATION = re.compile(r"([0-9]{1,18})(s|m|h|d|w)\Z")
_LONGEST = timedelta(days=3650)
"""Ten years: nothing that a deployment waits for takes longer, and no sum of such leaves the calendar."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?\Z", re.ASCII)


def parse_duration(value: object) -> timedelta:
    """``30s``, ``15m``, ``12h``, ``7d`` or ``4w``, at most 3650d. Raises ValueError for anything else."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is no duration; write it like 30s, 15m, 12h, 7d or 4w")
    try:
        span = timedelta(**{_UNITS[found[2]]: int(found[1])})
    except OverflowError:
        span = timedelta.max
    if span > _LONGEST:
        raise ValueError(f"{value!r} is too long; the limit is {_LONGEST.days}d")
    return span


def _days_of_the_week(value: tuple[int, ...]) -> tuple[int, ...]:
    if not value or not set(value) <= set(range(7)):
        raise ValueError(f"{list(value)} are no days of the week; list some of 0 (Monday) to 6 (Sunday)")
    return value


def _time_of_day(value: str) -> str:
    try:
        if _TIME.match(value):
            time.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise ValueError(f"{value!r} is no time of day; write it like 09:00 or 16:30")


def _zone(value: str) -> str:
    try:
        zone_named(value)
    except PrrError as fault:
        raise ValueError(str(fault)) from None
    return value


def _yaml_file(value: Path) -> Path:
    if value.suffix not in (".yaml", ".yml"):
        raise ValueError(f"{str(value)!r} is no YAML file; name one that ends in .yaml or .yml")
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
WeekDays = Annotated[tuple[int, ...], AfterValidator(_days_of_the_week)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
"""Wall-clock time as text, such as ``09:00``; its zone is named beside it."""
ZoneName = Annotated[str, AfterValidator(_zone)]
YamlFile = Annotated[Path, AfterValidator(_yaml_file)]
