"""Who is on call."""

from __future__ import annotations

from prr_pipeline.calendars.rota import Rota
from tests.calendars.ics_files import calendar, utc

AT = utc("2026-07-01 12:00")
SHIFT = "DTSTART:20260601T080000Z\nDURATION:P7D\nRRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:{}"
OTHER = "DTSTART:20260608T080000Z\nDURATION:P7D\nRRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:{}"


def test_the_title_names_the_person() -> None:
    """Shifts alternate weekly, and a handover belongs to the next person; case is kept."""
    rota = Rota(calendar(SHIFT.format("Mara"), OTHER.format("kim")))
    assert rota.on_call(AT) == ("Mara",)
    assert rota.on_call(utc("2026-07-06 07:59:59")) == ("Mara",)
    assert rota.on_call(utc("2026-07-06 08:00")) == ("kim",)


def test_attendees_come_before_the_title() -> None:
    """With attendees the title is only a title; everybody on it has the shift."""
    text = SHIFT.format("On call") + "\nATTENDEE:mailto:mara@example.org\nATTENDEE:mailto:kim@example.org"
    assert Rota(calendar(text)).on_call(AT) == ("mara@example.org", "kim@example.org")


def test_overlapping_shifts_name_each_person_once() -> None:
    """A person on two shifts is one person."""
    rota = Rota(calendar(SHIFT.format("mara"), SHIFT.format("mara"), SHIFT.format("kim")))
    assert sorted(rota.on_call(AT)) == ["kim", "mara"]


def test_nobody_is_on_call_without_a_shift() -> None:
    """A gap, an empty rota and a shift without a name give nobody."""
    assert Rota(calendar()).on_call(AT) == ()
    assert Rota(calendar("DTSTART:20260601T080000Z\nDURATION:P7D\nSUMMARY:mara")).on_call(AT) == ()
    assert Rota(calendar(SHIFT.format(""))).on_call(AT) == ()


def test_the_shift_changes_when_the_next_event_begins_or_ends() -> None:
    """A shift without an end in sight says nothing of it."""
    rota = Rota(calendar(SHIFT.format("mara"), OTHER.format("kim")))
    assert rota.changes_at(AT) == utc("2026-07-06 08:00")
    once = Rota(calendar("DTSTART:20260601T080000Z\nDURATION:P7D\nSUMMARY:mara"))
    assert once.changes_at(utc("2026-06-02 00:00")) == utc("2026-06-08 08:00")
    assert once.changes_at(utc("2026-06-08 08:00")) is None
