"""Freezes of several calendars, merged."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.calendars.freeze import FreezeCalendar
from tests.calendars.ics_files import calendar, utc

AT = utc("2026-07-01 12:00")


def hours(begin: int, end: int, title: str = "freeze") -> str:
    """An event from ``begin`` to ``end`` hours after `AT`."""
    form = "%Y%m%dT%H%M%SZ"
    start, stop = AT + timedelta(hours=begin), AT + timedelta(hours=end)
    return f"DTSTART:{start.strftime(form)}\nDTEND:{stop.strftime(form)}\nSUMMARY:{title}"


def test_no_freeze() -> None:
    """Before and after a freeze nothing is frozen, and without calendars neither."""
    assert FreezeCalendar([]).reading(AT) == (False, "", None)
    assert FreezeCalendar([calendar(hours(1, 2), hours(-2, 0))]).reading(AT) == (False, "", None)


def test_overlapping_and_touching_freezes_are_one() -> None:
    """``until`` is the end of the whole chain, across calendars; a gap ends it."""
    one = calendar(hours(-1, 2, "release"), hours(10, 12))
    other = calendar(hours(1, 5), hours(5, 7), name="other")
    assert FreezeCalendar([one, other]).reading(AT) == (True, "release", AT + timedelta(hours=7))


def test_all_active_freezes_are_named_once() -> None:
    """Titles are joined; one without a title is called so."""
    both = FreezeCalendar(
        [calendar(hours(-2, 1, "b"), hours(-1, 2, "b"), hours(-3, 3, "")), calendar(hours(-1, 1, "a"))]
    )
    assert both.reading(AT).summary == "a freeze without a title, b, a"


def test_a_freeze_without_an_end_in_sight_has_no_until() -> None:
    """Beyond 400 days no end is promised."""
    long = calendar("DTSTART:20260101T000000Z\nDTEND:20360101T000000Z")
    assert FreezeCalendar([long]).reading(AT).until is None
    chain = calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY")
    assert FreezeCalendar([chain]).reading(AT).until is None


spans = st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 6)), max_size=6)


@given(spans, spans)
def test_until_is_the_first_instant_without_a_freeze(mine: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    """Hour by hour: frozen up to ``until``, not at it."""
    freezes = FreezeCalendar([calendar(*(hours(b, b + n) for b, n in group)) for group in (mine, other)])
    covered = {hour for b, n in (*mine, *other) for hour in range(b, b + n)}
    reading = freezes.reading(AT)
    assert reading.frozen == (0 in covered)
    if reading.frozen:
        end = next(hour for hour in range(100) if hour not in covered)
        assert reading.until == AT + timedelta(hours=end)
