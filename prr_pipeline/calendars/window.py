"""The advance window: on which days and at which hours a promotion may rise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LOOK_AHEAD_DAYS = 16
"""A window opens weekly at least; a week more covers days that a zone skipped."""


@dataclass(frozen=True, slots=True)
class AdvanceWindow:
    """Open while the wall clock in ``zone`` shows a time from ``start`` to before ``end`` on one of ``days``.

    ``days`` are numbered from Monday = 0. ``end`` at or before ``start`` means the next day; 00:00 to 00:00 is all
    day. An hour that the clock repeats is judged by what the clock shows, each time.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(7)):
            raise PrrError(f"The advance window's days are {sorted(self.days)}; give some of 0 (Monday) to 6 (Sunday).")
        if self.start == self.end != time(0):
            raise PrrError(
                f"The advance window starts and ends at {self.start:%H:%M}; for all day write 00:00 to 00:00."
            )
        if self.start.tzinfo or self.end.tzinfo:
            raise PrrError("The advance window's start and end are wall-clock times; give the zone by its name alone.")
        zone_named(self.zone)

    def is_open(self, at: datetime) -> bool:
        """Whether a promotion may rise at that instant (aware)."""
        local = at.astimezone(zone_named(self.zone))
        shown = local.time()
        today = local.weekday() in self.days
        if self.start < self.end:
            return today and self.start <= shown < self.end
        yesterday = (local.date() - _DAY).weekday() in self.days
        return (today and shown >= self.start) or (yesterday and shown < self.end)

    def next_open(self, at: datetime) -> datetime:
        """The earliest instant from ``at`` on at which the window is open (aware UTC); ``at`` itself if it is open."""
        at = at.astimezone(UTC)
        if self.is_open(at):
            return at
        return min(edge for edge in self._edges(at) if edge > at and self.is_open(edge))

    def _edges(self, at: datetime) -> Iterator[datetime]:
        """All instants at which the window can open: its start, midnight, and changes of the zone's offset."""
        zone = zone_named(self.zone)
        today = at.astimezone(zone).date()
        for ahead in range(-1, _LOOK_AHEAD_DAYS):
            for wall in (self.start, time(0)):
                for fold in (0, 1):
                    yield _at_wall_clock(today + ahead * _DAY, wall, fold, zone)
        yield from _offset_changes(at, at + _LOOK_AHEAD_DAYS * _DAY, zone)


def advance_is_open(window: AdvanceWindow | None, at: datetime) -> bool:
    """Like `AdvanceWindow.is_open`; no window is always open."""
    return window is None or window.is_open(at)


def advance_next_open(window: AdvanceWindow | None, at: datetime) -> datetime:
    """Like `AdvanceWindow.next_open`; no window is always open."""
    return at.astimezone(UTC) if window is None else window.next_open(at)


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises `PrrError` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        raise PrrError(f"There is no time zone {name[:60]!r}; write one like Europe/Madrid or UTC.") from None


def _at_wall_clock(day: date, wall: time, fold: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC)


def _offset_changes(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants, to the second, at which the zone's offset changes."""
    low = start.replace(microsecond=0)
    while low < end:
        high = low + _HOUR
        if _offset(low, zone) != _offset(high, zone):
            yield _first_with(_offset(high, zone), low, high, zone)
        low = high


def _first_with(offset: timedelta | None, low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (low, middle) if _offset(middle, zone) == offset else (middle, high)
    return high


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
