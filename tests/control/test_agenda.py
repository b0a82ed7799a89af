"""The council's agenda: who is called, what waits, expires, is due, and what is left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.after_ga import FEEDBACK_LINE, close_feedback, close_watch, plan_game_day, record_maturity
from prr_pipeline.control.agenda import Agenda, make_agenda
from prr_pipeline.control.agenda_topics import Point
from prr_pipeline.control.drills import drill
from prr_pipeline.ledger.events import EventType
from prr_pipeline.reports.agenda_page import agenda_markdown
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import HANDLER, ORDER, Scene

KEY = "createGrant:ga"
BY = "run:test"
DAY = timedelta(days=1)
PLAN = "apps/docs/content/docs/process/game-days/2027-q1.mdx"
DRILLS = "apps/api/lib/chaos-cadence.ts"


def made(scene: Scene) -> Agenda:
    """The agenda now, with a living alert feed."""
    beat(scene.deployment.inbox)
    return make_agenda(scene.work, BY)


def points(scene: Scene, title: str) -> tuple[Point, ...]:
    """The points of a topic, which must have been looked at whole."""
    topic = next(one for one in made(scene).topics if one.title == title)
    assert topic.faults == ()
    return topic.points


def test_the_members_the_lead_of_the_week_and_the_owners_are_called(signed: Scene) -> None:
    """Each with every reason to come; owners only of what waits."""
    called = made(signed).roll_call
    reasons = {one.person: one.reasons for one in called.attendees}
    members = {who for who, why in reasons.items() if "council" in why}
    assert (len(members) >= 3, called.quorum, called.faults) == (True, 3, ())
    assert [who for who, why in reasons.items() if "on call" in why] == list(
        signed.work.rota.on_call(signed.work.now()) if signed.work.rota else ()
    )
    assert not any(why.startswith("engineer of") for each in reasons.values() for why in each)
    signed.serve(timedelta(hours=1))
    signed.edit(HANDLER, lambda text: text + "\n// changed\n")
    signed.commit("Change what was signed")
    signed.convene("createGrant:beta")
    waiting = made(signed)
    assert [item.state.key for item in waiting.items] == ["createGrant:beta"]
    context = waiting.items[0].state.context
    assert any(f"engineer of {context}" in one.reasons for one in waiting.roll_call.attendees)


def test_without_a_rota_or_a_roster_it_says_so(empty: Scene) -> None:
    """Nothing raises, and the page goes on."""
    empty.replace_settings('rota = "rota.ics"', "")
    assert made(empty).roll_call.faults == ("The settings name no on-call rota; set calendars.rota.",)
    (empty.deployment.folder / "roster" / "people.yaml").unlink()
    called = made(empty).roll_call
    assert called.attendees == ()
    assert "cannot be read" in called.faults[0]


def test_a_justification_that_ends_within_two_weeks_is_told(empty: Scene) -> None:
    """And one that has ended, as overdue; a longer one for the same line takes the point away."""
    key, line = empty.open("exerciseGrant", needs=[]), "slo_is_declared_and_on_board"
    empty.justify(key, [line], lasts=timedelta(days=20))
    assert points(empty, "Justifications that expire") == ()
    empty.serve(timedelta(days=7))
    [point] = points(empty, "Justifications that expire")
    assert (point.about, point.is_overdue) == (key, False)
    assert point.what == f"the justification of {line} (ines) expires: meet the line, or justify it anew"
    empty.serve(timedelta(days=14))
    [late] = points(empty, "Justifications that expire")
    assert (late.is_overdue, "has expired" in late.what) == (True, True)
    empty.justify(key, [line], lasts=timedelta(days=60))
    assert points(empty, "Justifications that expire") == ()


def test_a_kill_switch_that_was_not_drilled_is_overdue(signed: Scene) -> None:
    """Drilled it is none; in its last week it is due, after that overdue again."""
    [never] = points(signed, "Drills of the kill switch")
    assert (never.is_overdue, "was never drilled here" in never.what) == (True, True)
    [done] = drill(signed.work, [], ORDER)
    assert points(signed, "Drills of the kill switch") == ()
    signed.serve(timedelta(days=24))
    [soon] = points(signed, "Drills of the kill switch")
    assert (soon.is_overdue, soon.due_at) == (False, done.at + timedelta(days=30))
    assert soon.what == f"drill its kill switch: `prr drill --service {done.service} --by YOU --reason WHY`"
    signed.serve(timedelta(days=7))
    assert points(signed, "Drills of the kill switch")[0].is_overdue


def test_a_game_day_is_on_the_agenda_until_the_plan_names_it(full: Scene) -> None:
    """Never before it is booked, and never again once it is entered, or its quarter is over."""
    full.edit(PLAN, lambda text: text.replace("`createGrant`, ", ""))
    full.edit(DRILLS, lambda text: text.replace('"createGrant"', '"elsewhere"'))
    full.commit("Plan anew")
    assert points(full, "Game days") == ()
    plan_game_day(full.work, KEY, BY)
    [point] = points(full, "Game days")
    assert point.about == KEY
    assert point.what.endswith("; `prr game-day createGrant:ga --patch` makes the entry")
    full.edit(PLAN, lambda text: text + "\n- createGrant, too\n")
    full.commit("Enter it")
    assert points(full, "Game days") == ()
    full.edit(PLAN, lambda text: text.replace("createGrant", "other"))
    full.commit("Take it out")
    assert len(points(full, "Game days")) == 1
    full.serve(timedelta(days=130))
    assert points(full, "Game days") == ()


def test_a_feedback_review_is_on_the_agenda_in_its_last_week(full: Scene) -> None:
    """Overdue from the day on which the month is over, until it is closed; then its flag is left to remove."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=8))
    close_watch(full.work, KEY, BY)
    plan_game_day(full.work, KEY, BY)
    assert points(full, "Feedback reviews") == ()
    full.serve(timedelta(days=16))
    [soon] = points(full, "Feedback reviews")
    assert (soon.about, soon.is_overdue) == (KEY, False)
    full.serve(timedelta(days=8))
    assert points(full, "Feedback reviews")[0].is_overdue
    assert points(full, "Flags to remove") == ()
    full.reviewer.attest_line(KEY, FEEDBACK_LINE, "noor", "Looked at all of it.")
    full.commit("Attest", "noor")
    full.convene(KEY)
    close_feedback(full.work, KEY, BY)
    assert points(full, "Feedback reviews") == ()
    [left] = points(full, "Flags to remove")
    assert (left.about, "createGrant-ga" in left.what) == (KEY, True)


def test_what_cannot_be_told_is_said_and_stops_no_other_topic(full: Scene) -> None:
    """An unreadable plan, a damaged flags file: the agenda is made all the same."""
    plan_game_day(full.work, KEY, BY)
    full.edit(PLAN, lambda _: "---\ntitle: [\n---\n")
    full.edit(DRILLS, lambda text: text.replace('"createGrant"', '"elsewhere"'))
    full.commit("Break the plan")
    agenda = made(full)
    faults = {topic.title: topic.faults for topic in agenda.topics if topic.faults}
    assert list(faults) == ["Game days"]
    assert faults["Game days"][0].startswith(f"{KEY}: ")
    assert "**Unknown:**" in agenda_markdown(agenda)


def test_the_page_has_every_section_and_the_ledger_what_was_on_it(signed: Scene) -> None:
    """Empty sections too, so that it can be seen that somebody looked."""
    page = agenda_markdown(made(signed))
    titles = [line[3:] for line in page.split("\n") if line.startswith("## ")]
    assert titles == [
        "Roll call", "Promotions", "Justifications that expire", "Drills of the kill switch", "Game days",
        "Feedback reviews", "Flags to remove",
    ]  # fmt: skip
    assert "- [ ] " in page
    assert "Nothing is due." in page
    assert "**overdue**" in page
    [event] = signed.events(EventType.AGENDA_MADE)
    assert event.payload["points"] == {
        "Drills of the kill switch": 1, "Feedback reviews": 0, "Flags to remove": 0, "Game days": 0,
        "Justifications that expire": 0,
    }  # fmt: skip


@pytest.mark.parametrize("nasty", ["[x](http://evil.example)", "<script>"])
def test_text_from_outside_stays_text(signed: Scene, nasty: str) -> None:
    """A fault may hold whatever a file holds."""
    people = signed.deployment.folder / "roster" / "people.yaml"
    people.write_text(f"people: [{{id: '{nasty}'}}]\n")
    page = agenda_markdown(made(signed))
    assert nasty not in page
