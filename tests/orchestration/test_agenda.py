"""The agenda's page in Dagster: tables that are drawn in place, and text that stays text."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.control.agenda import Agenda
from prr_pipeline.control.agenda_topics import Point, Topic
from prr_pipeline.control.roll_call import Attendee, RollCall
from prr_pipeline.orchestration.agenda import agenda_metadata
from tests.reports.climbs import KEY, NASTY, NOW, explanation


def agenda(*, empty: bool = False) -> Agenda:
    """One promotion waits, one cannot be judged, one person is called, one thing is overdue, one cannot be told."""
    if empty:
        return Agenda(NOW, 0, ())
    called = RollCall((Attendee("noor", "Noor Haddad", ("council", "engineer of Equity")),), 3, ("no rota",))
    drill = Point("equity", "drill its kill switch", NOW - timedelta(days=2), is_overdue=True)
    topics = (Topic("Drills", (drill,)), Topic("Game days", (), ("no plan",)))
    return Agenda(NOW, 2, (explanation(),), {"other:ga": NASTY}, called, topics)


def test_what_waits_is_a_table() -> None:
    """One row for each promotion, with its next step; where to read on is said once, by the page itself."""
    shown = agenda_metadata(agenda())
    [row] = [record.data for record in shown["waiting"].records]  # type: ignore[attr-defined]
    assert (row["promotion"], row["status"]) == (KEY, "climbing, 1%")
    assert str(row["next"]).startswith("rise to 10% once 2 gates open")
    assert "prr show" not in str(row["next"])
    assert (shown["promotions"].value, shown["open_promotions"].value) == (1, 2)


def test_people_and_what_is_due_are_tables_and_what_is_unknown_is_told() -> None:
    """Overdue stands there with since when; every fault is in one place."""
    shown = agenda_metadata(agenda())
    assert [record.data for record in shown["roll_call"].records] == [  # type: ignore[attr-defined]
        {"person": "noor", "name": "Noor Haddad", "why": "council, engineer of Equity"}
    ]
    [due] = [record.data for record in shown["due"].records]  # type: ignore[attr-defined]
    assert (due["about"], due["when"]) == ("equity", "overdue since 2026-11-20 00:00Z")
    said = str(shown["unknown"].value)
    assert all(words in said for words in ("other:ga: ", "no rota", "no plan"))
    assert "\x07" not in said


def test_an_empty_agenda_says_so() -> None:
    """In words, where tables would be."""
    shown = agenda_metadata(agenda(empty=True))
    said = [shown[name].value for name in ("waiting", "due", "unknown")]
    assert said == ["no promotion waits for people", "nothing else is due", "nothing"]


def test_the_whole_agenda_lists_each_shut_gate_of_what_waits() -> None:
    """As Markdown to copy into minutes, each with what opens it; nothing from outside is markup in it."""
    text = str(agenda_metadata(agenda())["agenda"].value)
    assert f"### {KEY} (climbing, 1%)" in text
    assert text.count("- **dwell** closed: ") == 1
    assert text.count("- **alerts** unknown: ") == 1
    assert "*may open by itself at 2026\\-11\\-27 00:00Z*" in text
    assert "**flag**" not in text
    assert "<script>" not in text
