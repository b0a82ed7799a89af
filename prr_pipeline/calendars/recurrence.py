"""Bound the work that a recurrence rule can cause, before anything expands it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

from prr_pipeline.deferred_dataclass import dataclass

MAX_OCCURRENCES = 10_000
"""Occurrences that all rules of a calendar may have together in one window."""
MAX_STEPS = 250_000
"""Candidate dates that an expansion may walk through: about two seconds of work."""
MAX_TIMES_PER_DAY = 24

_STEP_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_FILTERS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS")
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND", *_FILTERS})
_CYCLE_STARTS = range(9944, 9972)
"""Years each with a calendar of its own; the 28 years from any of them cross no century, so rules repeat in them."""


class RuleRefused(Exception):
    """What is wrong with a rule, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An upper bound of what a rule causes. ``gap_steps`` = candidates from the start to the first match."""

    start: datetime
    step: timedelta
    per_step: int
    gap_steps: int

    def occurrences(self, window: timedelta) -> int:
        """At most this many in a window of that length."""
        return (window // self.step + 2) * self.per_step

    def steps(self, until: datetime) -> int:
        """Candidates walked through by an expansion up to ``until`` (naive, like ``start``)."""
        return (max(until - self.start, timedelta(0)) // self.step + self.gap_steps + 1) * max(self.per_step, 1)


def bound_of(rule: Mapping[str, Sequence[object]], text: str, start: datetime) -> Bound:
    """Check a parsed rule (``text`` is its source form) of an event that starts at ``start`` (naive).

    Raises `RuleRefused` for one that recurs within the day, has unknown parts or never matches.
    """
    unknown = sorted(set(rule) - _PARTS)
    if unknown:
        raise RuleRefused(f"has a recurrence with the unknown part {unknown[0][:20]!r}")
    frequency = str(next(iter(rule.get("FREQ", ())), "")).upper()
    if frequency not in _STEP_DAYS:
        raise RuleRefused(f"recurs {frequency or 'never'}; only {', '.join(_STEP_DAYS)} are read")
    interval = _count(rule, "INTERVAL")
    _count(rule, "COUNT")
    times = _length(rule, "BYHOUR") * _length(rule, "BYMINUTE") * _length(rule, "BYSECOND")
    if times > MAX_TIMES_PER_DAY:
        raise RuleRefused(f"recurs {times} times a day, more than {MAX_TIMES_PER_DAY}")
    step = timedelta(days=_STEP_DAYS[frequency]) * min(interval, 10_000)
    gap = _gap(text, start, any(part in rule for part in _FILTERS))
    return Bound(start, step, _days_per_step(rule, frequency) * times, gap // step)


def _days_per_step(rule: Mapping[str, Sequence[object]], frequency: str) -> int:
    """At most this many days match in one step of the frequency."""
    weekdays = rule.get("BYDAY", ())
    if frequency == "DAILY":
        return 1
    if frequency == "WEEKLY":
        return _length(rule, "BYDAY")
    months = _length(rule, "BYMONTH")
    if any(part in rule for part in ("BYYEARDAY", "BYWEEKNO")):
        return 366
    numbered = all(any(c.isdigit() for c in str(day)) for day in weekdays)
    if frequency == "YEARLY" and weekdays and "BYMONTH" not in rule:
        return len(weekdays) if numbered else 53 * len(weekdays)
    in_month = len(weekdays) * (1 if numbered else 5) if weekdays else _length(rule, "BYMONTHDAY")
    if frequency == "YEARLY" and "BYMONTHDAY" in rule and "BYMONTH" not in rule:
        months = 12
    return in_month * (months if frequency == "YEARLY" else 1)


def _gap(text: str, start: datetime, filtered: bool) -> timedelta:
    """From the start to the first match. A rule without one would be searched to the year 9999: refuse it.

    So the search is made at the end of that time: in a year with the same calendar, with at most 55 years to go.
    """
    if not filtered:
        return timedelta(0)
    probe = start.replace(year=_twin_year(start.year))
    plain = ";".join(part for part in text.split(";") if not part.upper().startswith(("UNTIL=", "COUNT=")))
    first: datetime | None = next(iter(rrulestr(plain, dtstart=probe)), None)
    if first is None:
        raise RuleRefused("has a recurrence that never happens")
    return first - probe


def _twin_year(year: int) -> int:
    return next(twin for twin in _CYCLE_STARTS if _shape(twin) == _shape(year))


def _shape(year: int) -> tuple[int, int]:
    """The weekday of New Year's Day and the length of the year: equal shapes have equal calendars."""
    first = datetime(year, 1, 1)  # noqa: DTZ001 - a date, not an instant
    return first.weekday(), (datetime(year, 12, 31) - first).days  # noqa: DTZ001


def _count(rule: Mapping[str, Sequence[object]], part: str) -> int:
    value = int(str(next(iter(rule.get(part, ())), 1)))
    if value < 1:
        raise RuleRefused(f"has a recurrence with {part} {value}; it must be at least 1")
    return value


def _length(rule: Mapping[str, Sequence[object]], part: str) -> int:
    return max(len(rule.get(part, ())), 1)
