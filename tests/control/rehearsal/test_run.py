"""A whole promotion on a moved clock: when it rises, what holds or lowers it, and how it ends."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.control.rehearsal.run import DECIDE_EVERY, Script, rehearse
from tests.control.rehearsal.scripts import DAY, START, policy, rehearsed, script, told

HOUR = timedelta(hours=1)
WARNING = {"name": "Slow", "severity": "warning"}
CRITICAL = {"name": "Down", "severity": "critical"}


def test_the_default_policy_takes_four_weeks_a_week_and_a_month() -> None:
    """A week a rung to the minute, the watch closed on day 35, the feedback reviewed a day after it is due."""
    found = rehearsed(settings=policy(policy={}))
    assert [at.days for at, _ in told(found, "rose")] == [0, 7, 14, 21, 28]
    assert [(at, text.split()[-1]) for at, text in told(found, "milestone")] == [
        (28 * DAY + timedelta(seconds=1), "maturity"),
        (35 * DAY, "closed"),
        (35 * DAY, "2027-Q1"),
        (59 * DAY, "reviewed"),
        (59 * DAY, "closed"),
    ]
    assert (found.is_complete, found.held) == (True, timedelta(0))
    assert [rung.stood for rung in found.rungs] == [7 * DAY] * 4 + [31 * DAY]


def test_the_default_policy_is_rehearsed_quickly() -> None:
    """Two months in far less processor time than the three seconds that a person may wait."""
    before = time.process_time()
    assert rehearsed(settings=policy(policy={})).ticks > 59 * DAY / DECIDE_EVERY - 100
    assert time.process_time() - before < 3


def test_two_rehearsals_are_the_same() -> None:
    """Nothing but the script goes in: no clock, no chance."""
    assert rehearsed() == rehearsed()


def test_rungs_wait_for_the_advance_window() -> None:
    """Opened at midnight, it rises at nine; every later rung is due inside the window."""
    found = rehearsed(settings=policy(calendars={"window": {"days": [0], "start": "09:00", "end": "10:00"}}))
    assert [at for at, _ in told(found, "rose")] == [week * 7 * DAY + 9 * HOUR for week in range(5)]
    [(at, words)] = told(found, "hold")
    assert (at, "window" in words, "Mon 02 Nov 09:00" in words) == (timedelta(0), True, True)
    assert found.held == 9 * HOUR


def test_a_freeze_holds_what_is_served(tmp_path: Path) -> None:
    """While it lasts the dwell goes on, and what was due rises at its end."""
    (tmp_path / "freeze.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART:20261108T000000Z\r\nDTEND:20261112T060000Z\r\nSUMMARY:Sale\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = rehearsed(settings=policy(calendars={"freeze": [str(tmp_path / "freeze.ics")]}))
    assert [at for at, _ in told(found, "rose")][:3] == [timedelta(0), 10 * DAY + 6 * HOUR, 17 * DAY + 6 * HOUR]
    [(at, words)] = told(found, "hold")
    assert (at, "freeze: Sale" in words) == (7 * DAY, True)


def test_a_warning_holds_and_stops_the_dwell_clock(tmp_path: Path) -> None:
    """Three hours of it make every later rung three hours later, to the second."""
    found = rehearsed(*script(tmp_path, {"from": "9d", "until": "9d 3h", **WARNING}))
    assert [at for at, _ in told(found, "rose")][2:] == [14 * DAY + 3 * HOUR, 21 * DAY + 3 * HOUR, 28 * DAY + 3 * HOUR]
    [(held_at, words)] = told(found, "hold")
    [(on_at, _)] = told(found, "goes on")
    assert (held_at, on_at, "Slow" in words) == (9 * DAY, 9 * DAY + 3 * HOUR, True)


def test_a_short_alert_between_two_decisions_is_seen(tmp_path: Path) -> None:
    """Every change of the script has a decision of its own."""
    found = rehearsed(*script(tmp_path, {"from": "9d 7m", "until": "9d 7m 5s", **CRITICAL}))
    [(at, words)] = told(found, "lowered")
    assert (at, words.startswith("roll back from 1% to off")) == (9 * DAY + timedelta(minutes=7), True)


def test_a_silent_source_is_unknown_and_moves_nothing(tmp_path: Path) -> None:
    """No data never lowers; the clock stands still for as long."""
    found = rehearsed(*script(tmp_path, {"from": "15d", "until": "16d", "unknown": "no heartbeat"}))
    assert told(found, "lowered") == []
    assert [at for at, _ in told(found, "unknown")] == [15 * DAY]
    assert [at for at, _ in told(found, "rose")][-1] == 29 * DAY


def test_a_critical_alert_rolls_back_and_people_climb_anew(tmp_path: Path) -> None:
    """From the bottom, a day later; the attempt before counts for nothing."""
    found = rehearsed(*script(tmp_path, {"from": "17d", "until": "17d 1h", **CRITICAL}))
    assert [at for at, _ in told(found, "lowered")] == [17 * DAY]
    assert [at for at, _ in told(found, "resumed")] == [18 * DAY]
    assert [(at.days, words) for at, words in told(found, "rose")][3] == (18, "from off to shadow")
    assert found.is_complete
    assert found.rungs[-1].reached_at == START + 46 * DAY


def test_people_resume_only_once_it_is_clear(tmp_path: Path) -> None:
    """An alert that goes on for longer than they take is waited for."""
    found = rehearsed(*script(tmp_path, {"from": "8d", "until": "12d", **CRITICAL}))
    assert [at for at, _ in told(found, "resumed")] == [12 * DAY]


def test_without_people_it_stands_where_it_was_lowered(tmp_path: Path) -> None:
    """The rehearsal ends there, and says what it waits for."""
    found = rehearsed(*script(tmp_path, {"from": "8d", "until": "9d", **CRITICAL}), people=None)
    assert (found.is_complete, found.end) == (False, START + 9 * DAY)
    assert "rolled back" in found.outcome
    assert found.moments[-1].kind == "stands"


def test_an_alert_without_an_end_stands_in_the_way_for_good(tmp_path: Path) -> None:
    """Nothing in sight opens it, so the rehearsal does not run on."""
    found = rehearsed(*script(tmp_path, {"from": "8d", **WARNING}))
    assert (found.is_complete, found.end) == (False, START + 8 * DAY)
    assert "Slow" in found.outcome


def test_the_watch_is_extended_by_what_it_did_not_see(tmp_path: Path) -> None:
    """A gap of a day in the alert data makes the week a day longer."""
    found = rehearsed(*script(tmp_path, {"from": "30d", "until": "31d", "unknown": "no heartbeat"}))
    assert [at for at, words in told(found, "milestone") if "watch" in words] == [36 * DAY]


def test_the_watch_waits_for_the_review_of_its_alerts(tmp_path: Path) -> None:
    """An episode that people take a week to look at keeps the watch open, however short it was."""
    alerts = script(tmp_path, {"from": "34d", "until": "34d 1h", **WARNING})
    found = rehearsed(*alerts, people=7 * DAY)
    assert [at for at, words in told(found, "milestone") if "watch" in words] == [41 * DAY]
    assert not rehearsed(*alerts, people=None).is_complete


def test_a_roll_back_from_the_top_takes_the_maturity_back(tmp_path: Path) -> None:
    """What was reached is reached and recorded anew."""
    found = rehearsed(*script(tmp_path, {"from": "30d", "until": "30d 1h", **CRITICAL}))
    recorded = [at for at, words in told(found, "milestone") if "maturity" in words]
    assert [at.days for at in recorded] == [28, 59]
    assert found.is_complete


def test_info_is_noted_and_changes_nothing(tmp_path: Path) -> None:
    """It holds nothing and needs no review."""
    found = rehearsed(*script(tmp_path, {"from": "3d", "until": "32d", "name": "Note", "severity": "info"}))
    assert told(found, "rose") == told(rehearsed(), "rose")
    assert [one.state for one in found.alerts] == ["info"]


def test_gates_of_metrics_are_taken_as_open_without_metrics_and_that_is_said() -> None:
    """A rehearsal by alerts alone says what it did not look at."""
    found = rehearsed(settings=policy(policy={"required_gates": ["canary"]}))
    assert found.is_complete
    assert "canary" in found.gates
    assert any("No metrics were given, so canary" in one for one in found.assumed)


def test_gates_of_the_fleet_are_taken_as_given() -> None:
    """One promotion alone exceeds no cap, and its drill is taken as done."""
    found = rehearsed(settings=policy(policy={"required_gates": ["blast_radius", "rollback_drill"]}))
    assert found.is_complete
    assert {"blast_radius", "rollback_drill"} <= found.gates.keys()


@pytest.mark.parametrize(
    ("context", "at", "words"),
    [
        ("Equity", timedelta(hours=14), "go by America/New_York, the zone of Equity."),
        ("equity", timedelta(hours=14), "go by America/New_York, the zone of equity."),
        ("Grants", timedelta(hours=9), "go by the zones of [calendars], since owner_zones names none for Grants."),
        ("", timedelta(hours=9), "go by the zones of [calendars], not by those that owner_zones names for Equity"),
    ],
)
def test_calendars_go_by_the_zone_of_the_context(context: str, at: timedelta, words: str) -> None:
    """As in production, where a bounded context has one of its own; and it is said by which."""
    zones = {"window": {"start": "09:00", "end": "16:00"}, "owner_zones": {"Equity": "America/New_York"}}
    found = rehearse(Script(policy(calendars=zones), START, context=context))
    assert told(found, "rose")[0] == (at, "from off to shadow")
    assert any(words in one for one in found.assumed)


def test_without_zones_of_owners_nothing_is_said_of_them() -> None:
    """There is only one way that the calendars can go by."""
    assert not any("zone" in one for one in rehearsed().assumed)


def test_it_tells_how_far_it_is() -> None:
    """In policy time that never goes back, up to what was planned, or beyond where something was in the way."""
    told_: list[timedelta] = []
    asked = Script(policy(), START)
    found = rehearse(asked, told_.append)
    assert told_ == sorted(told_)
    assert told_[-1] == found.end - START
    assert timedelta(0) <= asked.planned - told_[-1] < DAY


@pytest.mark.parametrize("gap", ["1m", "10m", "4d"])
def test_how_often_dwell_must_be_seen_changes_nothing(gap: str) -> None:
    """The rehearsal sees it as often as the policy asks."""
    settings = policy(policy={"gap_cap": gap, "watch": "1d", "feedback_after": "2d"}, ladder={"rungs": [
        {"exposure": "1%", "dwell": "1d"}, {"exposure": "100%", "dwell": "0s"},
    ]})  # fmt: skip
    found = rehearsed(settings=settings)
    assert [at for at, _ in told(found, "rose")] == [timedelta(0), DAY]
    assert [at for at, words in told(found, "milestone") if "watch" in words] == [2 * DAY]


def test_a_policy_under_which_no_dwell_counts_comes_to_an_end() -> None:
    """With a gap cap of nothing no rung is ever served, and nothing in sight changes that."""
    found = rehearsed(settings=policy(policy={"gap_cap": "0s"}))
    assert [text for _, text in told(found, "rose")] == ["from off to shadow"]
    assert "nothing in sight" in found.outcome


def test_a_ladder_longer_than_any_rehearsal_is_told() -> None:
    """It ends after 400 days, wherever it stands then."""
    rungs = [{"exposure": "1%", "dwell": "500d"}, {"exposure": "100%", "dwell": "0s"}]
    settings = policy(ladder={"rungs": rungs})
    found = rehearsed(settings=settings)
    stands = "it stands at 1% after 400 days, beyond which nothing is rehearsed: dwell: 400 d of 500 d served at 1%"
    assert found.outcome == stands
    assert found.rungs[0].stood == 400 * DAY


def test_gate_spans_cover_the_whole_time() -> None:
    """Each gate has a state at every instant, and no two spans overlap."""
    found = rehearsed()
    for name, spans in found.gates.items():
        ends = [START, *(one.until for one in spans)]
        assert [one.since for one in spans] == ends[:-1], name
        assert ends[-1] == found.end, name
