"""The advance window, through weekends, midnights and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prr_pipeline.calendars.window import AdvanceWindow, advance_is_open, advance_next_open
from prr_pipeline.errors import PrrError
from tests.calendars.ics_files import utc

WEEKDAYS = frozenset(range(5))
OFFICE = AdvanceWindow(WEEKDAYS, time(9), time(16), "Europe/Madrid")
EVERY_DAY = frozenset(range(7))


@pytest.mark.parametrize(
    ("at", "is_open", "next_open"),
    [
        ("2026-07-01 06:59:59", False, "2026-07-01 07:00"),
        ("2026-07-01 07:00", True, "2026-07-01 07:00"),
        ("2026-07-01 13:59:59", True, "2026-07-01 13:59:59"),
        ("2026-07-01 14:00", False, "2026-07-02 07:00"),
        ("2026-07-03 14:00", False, "2026-07-06 07:00"),
        ("2026-07-05 10:00", False, "2026-07-06 07:00"),
        ("2026-01-07 07:30", False, "2026-01-07 08:00"),
    ],
)
def test_office_hours_in_madrid(at: str, is_open: bool, next_open: str) -> None:
    """Open from start to before end on the days given, in the zone's own time, summer and winter."""
    assert OFFICE.is_open(utc(at)) is is_open
    assert OFFICE.next_open(utc(at)) == utc(next_open)


def test_a_window_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    """Friday 22:00 to 02:00 is open on Saturday at 01:00 and closed on Friday at 01:00."""
    night = AdvanceWindow(frozenset({4}), time(22), time(2), "UTC")
    assert night.is_open(utc("2026-07-03 22:00"))
    assert night.is_open(utc("2026-07-04 01:59"))
    assert not night.is_open(utc("2026-07-04 02:00"))
    assert not night.is_open(utc("2026-07-03 01:00"))


def test_all_day_is_midnight_to_midnight() -> None:
    """00:00 to 00:00 is the whole day, and no other equal pair is accepted."""
    monday = AdvanceWindow(frozenset({0}), time(0), time(0), "UTC")
    assert monday.is_open(utc("2026-07-06 00:00"))
    assert monday.is_open(utc("2026-07-06 23:59:59"))
    assert not monday.is_open(utc("2026-07-07 00:00"))
    with pytest.raises(PrrError, match="starts and ends at 09:00"):
        AdvanceWindow(WEEKDAYS, time(9), time(9), "UTC")


def test_a_start_inside_the_skipped_hour_opens_when_the_clock_jumps() -> None:
    """On 29 March 2026 Madrid goes from 02:00 to 03:00: a window from 02:30 opens at 03:00."""
    window = AdvanceWindow(EVERY_DAY, time(2, 30), time(5), "Europe/Madrid")
    assert window.next_open(utc("2026-03-29 00:00")) == utc("2026-03-29 01:00")


def test_the_repeated_hour_is_judged_by_what_the_clock_shows() -> None:
    """On 25 October 2026 Madrid shows 02:00 to 03:00 twice: a window up to 02:30 opens again."""
    window = AdvanceWindow(EVERY_DAY, time(1), time(2, 30), "Europe/Madrid")
    assert window.is_open(utc("2026-10-25 00:15"))
    assert not window.is_open(utc("2026-10-25 00:45"))
    assert window.next_open(utc("2026-10-25 00:45")) == utc("2026-10-25 01:00")


def test_a_window_inside_the_repeated_hour_opens_twice() -> None:
    """02:15 comes again an hour after it first passed."""
    window = AdvanceWindow(EVERY_DAY, time(2, 15), time(2, 30), "Europe/Madrid")
    assert window.next_open(utc("2026-10-24 23:00")) == utc("2026-10-25 00:15")
    assert window.next_open(utc("2026-10-25 00:30")) == utc("2026-10-25 01:15")


def test_a_day_that_a_zone_skipped_is_passed_over() -> None:
    """Samoa had no 30 December 2011, a Friday: a Friday window opens a week later."""
    window = AdvanceWindow(frozenset({4}), time(9), time(10), "Pacific/Apia")
    opened = window.next_open(utc("2011-12-29 12:00"))
    assert opened.astimezone(ZoneInfo("Pacific/Apia")) == datetime(2012, 1, 6, 9, tzinfo=ZoneInfo("Pacific/Apia"))


def test_no_window_is_always_open() -> None:
    """Policies without a window never wait."""
    at = utc("2026-07-05 03:00")
    assert advance_is_open(None, at)
    assert advance_next_open(None, at) == at
    assert advance_is_open(OFFICE, at) is False
    assert advance_next_open(OFFICE, at) == utc("2026-07-06 07:00")


@pytest.mark.parametrize(
    ("days", "start", "end", "zone", "sentence"),
    [
        (frozenset(), time(9), time(16), "UTC", "days are"),
        (frozenset({7}), time(9), time(16), "UTC", "days are"),
        (WEEKDAYS, time(9, tzinfo=UTC), time(16), "UTC", "zone by its name"),
        (WEEKDAYS, time(9), time(16), "Mars/Olympus", "no time zone 'Mars/Olympus'"),
    ],
)
def test_nonsense_is_refused(days: frozenset[int], start: time, end: time, zone: str, sentence: str) -> None:
    """Each fault of a window is one sentence."""
    with pytest.raises(PrrError, match=sentence):
        AdvanceWindow(days, start, end, zone)


quarter_hours = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
zones = st.sampled_from(
    ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC"]
)
windows = st.builds(
    lambda days, start, end, zone: AdvanceWindow(days, start, end if end != start else time(0), zone),
    st.frozensets(st.integers(0, 6), min_size=1),
    quarter_hours.filter(lambda t: t != time(0)),
    quarter_hours,
    zones,
)
changes = [
    "2026-03-08 00:00",
    "2026-03-29 00:00",
    "2026-04-04 12:00",
    "2026-04-23 18:00",
    "2026-10-25 00:00",
    "2026-11-01 00:00",
]
instants = st.builds(
    lambda text, quarters: utc(text) + timedelta(minutes=15 * quarters), st.sampled_from(changes), st.integers(-8, 40)
)


@settings(max_examples=150, deadline=None)
@given(windows, instants)
@example(AdvanceWindow(EVERY_DAY, time(22), time(1, 30), "America/New_York"), utc("2026-11-01 05:30"))
def test_next_open_is_the_first_open_quarter_hour(window: AdvanceWindow, at: datetime) -> None:
    """Around clock changes: the instant found is open, and every quarter of an hour before it is closed."""
    found = window.next_open(at)
    assert found >= at
    assert window.is_open(found)
    step = at
    while step < found:
        assert not window.is_open(step)
        step += timedelta(minutes=15)


@given(windows, instants)
def test_openness_depends_on_the_wall_clock_alone(window: AdvanceWindow, at: datetime) -> None:
    """The same instant in another zone gives the same answer, which is what the zone's clock shows."""
    local = at.astimezone(ZoneInfo(window.zone))
    assert window.is_open(at) == window.is_open(local)
    if window.start < window.end:
        assert window.is_open(at) == (local.weekday() in window.days and window.start <= local.time() < window.end)
