"""iCalendar files: what is on, when it changes, and which files are refused."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.calendars.ics import MAX_HORIZON, Calendar
from prr_pipeline.errors import PrrError, Unreadable
from tests.calendars.ics_files import ZONE, calendar, ics, utc


def test_an_event_is_on_from_its_start_to_before_its_end() -> None:
    """The start belongs to the event, the end does not."""
    one = calendar("DTSTART:20260701T100000Z\nDTEND:20260701T120000Z\nSUMMARY:release freeze")
    assert one.active(utc("2026-07-01 09:59:59")) == ()
    (event,) = one.active(utc("2026-07-01 10:00"))
    assert (event.start, event.end, event.summary) == (
        utc("2026-07-01 10:00"),
        utc("2026-07-01 12:00"),
        "release freeze",
    )
    assert one.active(utc("2026-07-01 12:00")) == ()


def test_all_day_events_follow_the_declared_zone() -> None:
    """A day in Madrid begins at 22:00 UTC in summer and lasts a day when no end is given."""
    one = calendar("DTSTART;VALUE=DATE:20260701")
    assert [(e.start, e.end) for e in one.active(utc("2026-07-01 12:00"))] == [
        (utc("2026-06-30 22:00"), utc("2026-07-01 22:00"))
    ]


def test_floating_events_follow_the_declared_zone_through_dst() -> None:
    """Nine o'clock stays nine o'clock on the wall when the clocks change on 29 March 2026."""
    one = calendar("DTSTART:20260327T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY")
    assert one.active(utc("2026-03-28 08:30"))
    assert not one.active(utc("2026-03-30 08:30"))
    assert one.active(utc("2026-03-30 07:30"))


def test_an_all_day_event_lasts_23_hours_when_clocks_go_forward() -> None:
    """The day of the change is an hour shorter."""
    (event,) = calendar("DTSTART;VALUE=DATE:20260329").active(utc("2026-03-29 12:00"))
    assert event.end - event.start == timedelta(hours=23)


def test_cancelled_events_are_dropped() -> None:
    """A cancelled event, and a cancelled occurrence of a series, are not on; the rest of the series is."""
    one = calendar("DTSTART:20260701T100000Z\nDURATION:PT4H\nSTATUS:CANCELLED")
    assert one.active(utc("2026-07-01 12:00")) == ()
    series = "UID:s\nDTSTART:20260624T100000Z\nDURATION:PT4H\nRRULE:FREQ=WEEKLY"
    gone = "UID:s\nRECURRENCE-ID:20260701T100000Z\nDTSTART:20260701T100000Z\nDURATION:PT4H\nSTATUS:CANCELLED"
    text = ics().decode().replace("END:VCALENDAR", "").replace("\r\n", "\n")
    whole = text + "".join(f"BEGIN:VEVENT\n{body}\nEND:VEVENT\n" for body in (series, gone)) + "END:VCALENDAR\n"
    both = Calendar.parse(whole.encode(), zone=ZONE, name="x")
    assert both.active(utc("2026-07-01 12:00")) == ()
    assert len(both.active(utc("2026-07-08 12:00"))) == 1


def test_duplicates_count_once_and_events_are_sorted() -> None:
    """The same event twice is one; results come by start."""
    late = "BEGIN:VEVENT\nUID:b\nDTSTART:20260701T110000Z\nDURATION:PT4H\nEND:VEVENT\n"
    early = "BEGIN:VEVENT\nUID:a\nDTSTART:20260701T100000Z\nDURATION:PT4H\nEND:VEVENT\n"
    one = Calendar.parse(f"BEGIN:VCALENDAR\n{late}{early}{late}END:VCALENDAR\n".encode(), zone=ZONE, name="x")
    assert [e.uid for e in one.active(utc("2026-07-01 12:00"))] == ["a", "b"]


def test_people_are_read_from_the_event() -> None:
    """Attendees and organizer by address; who declined is left out."""
    (event,) = calendar(
        "DTSTART:20260701T100000Z\nDURATION:PT4H\nORGANIZER;CN=Lead:mailto:lead@example.org\n"
        "ATTENDEE:mailto:Mara@example.org\nATTENDEE;PARTSTAT=DECLINED:mailto:no@example.org\nATTENDEE:MAILTO:kim@example.org"
    ).active(utc("2026-07-01 12:00"))
    assert event.attendees == ("Mara@example.org", "kim@example.org")
    assert event.organizer == "lead@example.org"


def test_the_next_change_is_the_nearest_start_or_end() -> None:
    """Inside an event it is its end, before it its start, after all of them nothing."""
    one = calendar("DTSTART:20260701T100000Z\nDTEND:20260701T120000Z")
    assert one.next_change(utc("2026-06-30 00:00")) == utc("2026-07-01 10:00")
    assert one.next_change(utc("2026-07-01 10:00")) == utc("2026-07-01 12:00")
    assert one.next_change(utc("2026-07-01 12:00")) is None
    assert one.next_change(utc("2026-06-30 00:00"), timedelta(hours=1)) is None
    assert one.next_change(utc("2025-01-01 00:00")) is None


def test_long_events_that_began_long_ago_are_on() -> None:
    """An event of three years is on in its last month."""
    one = calendar("DTSTART:20240101T000000Z\nDTEND:20270101T000000Z")
    assert len(one.active(utc("2026-12-15 00:00"))) == 1
    assert one.next_change(utc("2026-12-15 00:00")) == utc("2027-01-01 00:00")


def test_windows_are_limited() -> None:
    """More than 400 days at once is refused."""
    one = calendar("DTSTART:20260701T100000Z\nDURATION:PT1H")
    at = utc("2026-06-01 00:00")
    assert len(one.between(at, at + MAX_HORIZON)) == 1
    with pytest.raises(PrrError, match="400 days ahead at most"):
        one.between(at, at + MAX_HORIZON + timedelta(days=1))


def test_a_file_defines_zones_for_itself_only() -> None:
    """A zone that one file defines is used in it and unknown in the next."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0200\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    event = "DTSTART;TZID=Ours:20260701T120000\nDURATION:PT1H"
    own = Calendar.parse(ics(event, before=zone), zone=ZONE, name="x")
    assert len(own.active(utc("2026-07-01 10:30"))) == 1
    with pytest.raises(Unreadable, match="unknown time zone 'Ours'"):
        calendar(event)


def test_no_events_is_a_valid_calendar() -> None:
    """An empty calendar says that nothing is on."""
    assert calendar().active(utc("2026-07-01 12:00")) == ()
    assert calendar().next_change(utc("2026-07-01 12:00")) is None


def test_an_unknown_declared_zone_is_refused() -> None:
    """The zone comes from the settings, so the sentence is about them."""
    for zone in ("Europe/Nowhere", "", "../etc/passwd", "Europe"):
        with pytest.raises(PrrError, match="There is no time zone"):
            calendar(zone=zone)


DAY = "DTSTART:20200103T100000Z\nDURATION:PT1H\n"
ZONE_RULE = (
    "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:20000101T000000\nRRULE:{}\n"
    "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE"
)
EVASION = "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nEND:VTIMEZONE\nRRULE:FREQ=SECONDLY\nEND:STANDARD"
BAD = {
    "nothing": b"",
    "HTML": b"<html>log in</html>",
    "not UTF-8": b"\xff\xfe",
    "cut": ics(DAY)[:-20],
    "cut inside an event": ics(DAY).replace(b"END:VEVENT\r\n", b""),
    "two calendars": ics() + ics(),
    "too large": ics("DTSTART:20260101\nDESCRIPTION:" + "x" * 1024 * 1024),
    "too many events": b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 5_001 + b"END:VCALENDAR\n",
    "too many recurring events": ics(*[DAY + "RRULE:FREQ=YEARLY"] * 1_001),
    "deep nesting": b"BEGIN:VCALENDAR\n" + b"BEGIN:VTODO\n" * 20 + b"END:VTODO\n" * 20 + b"END:VCALENDAR\n",
    "wrong nesting": ics(before=EVASION),
    "begin with parameters": ics(before="BEGIN;X=1:VTODO\nEND:VTODO"),
    "no start": ics("SUMMARY:when?"),
    "broken start": ics("DTSTART:yesterday"),
    "day and instant mixed": ics("DTSTART:20260701\nDTEND:20260702T100000Z"),
    "unknown zone": ics("DTSTART;TZID=Nowhere/Land:20260701T100000"),
    "unknown zone of an exception": ics(DAY + "RRULE:FREQ=DAILY\nEXDATE;TZID=Nowhere/Land:20260701T100000"),
    "EXRULE": ics(DAY + "EXRULE:FREQ=DAILY"),
    "zone changes every second": ics(before=ZONE_RULE.format("FREQ=SECONDLY")),
    "zone rule folded": ics(before=ZONE_RULE.format("FREQ=SE\n CONDLY")),
    "every second": ics(DAY + "RRULE:FREQ=SECONDLY"),
    "every minute": ics(DAY + "RRULE:FREQ=MINUTELY"),
    "every hour": ics(DAY + "RRULE:FREQ=HOURLY"),
    "many times a day": ics(DAY + "RRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE=" + ",".join(map(str, range(60)))),
    "no frequency": ics(DAY + "RRULE:COUNT=3"),
    "unknown frequency": ics(DAY + "RRULE:FREQ=SOMETIMES"),
    "unknown part": ics(DAY + "RRULE:FREQ=YEARLY;BYEASTER=1"),
    "interval zero": ics(DAY + "RRULE:FREQ=DAILY;INTERVAL=0"),
    "count zero": ics(DAY + "RRULE:FREQ=DAILY;COUNT=0"),
    "30 February": ics(DAY + "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "month 13": ics(DAY + "RRULE:FREQ=WEEKLY;BYMONTH=13"),
    "Monday in steps of a week from a Friday": ics(DAY + "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"),
    "many rules in one event": ics(DAY + "RRULE:FREQ=YEARLY\n" * 5),
    "too many occurrences": ics(*[DAY + "RRULE:FREQ=DAILY"] * 30),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_quickly_in_one_sentence(data: bytes) -> None:
    """Broken, cut and hostile files give one sentence and no long work."""
    began = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        Calendar.parse(data, zone=ZONE, name="tests")
    assert time.monotonic() - began < 5
    text = str(caught.value)
    assert text.startswith("The calendar 'tests' ")
    assert text.isprintable()
    assert len(text) < 200


HEAVY = {
    "rules that began long ago": ics(*["DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"]),
    "too many dates": ics(
        DAY
        + "RDATE:"
        + ",".join(f"202607{d:02d}T{h:02d}{m:02d}00Z" for d in range(1, 9) for h in range(24) for m in range(60))
    ),
}


@pytest.mark.parametrize("data", HEAVY.values(), ids=HEAVY)
def test_too_much_work_is_refused_when_asked(data: bytes) -> None:
    """What depends on the instant is judged at the question, with a sentence too."""
    heavy = Calendar.parse(data, zone=ZONE, name="tests")
    with pytest.raises(Unreadable, match="more than"):
        heavy.active(utc("2026-07-01 12:00"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=2;COUNT=5",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
    ],
)
def test_ordinary_rules_are_read(rule: str) -> None:
    """The rules that calendar programs write pass the limits."""
    one = calendar(f"DTSTART:20260101T100000Z\nDURATION:PT1H\nRRULE:{rule}")
    assert len(one.active(utc("2026-01-01 10:30"))) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_000), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(index: int, byte: int) -> None:
    """No change of one byte raises anything but `PrrError`."""
    data = bytearray(ics(DAY + "RRULE:FREQ=WEEKLY;BYDAY=FR\nATTENDEE:mailto:mara@example.org\nSUMMARY:shift"))
    data[index % len(data)] = byte
    try:
        Calendar.parse(bytes(data), zone=ZONE, name="x").active(utc("2026-07-01 12:00"))
    except PrrError:
        return
