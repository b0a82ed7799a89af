"""Where a promotion stands, in words: status, next step, the earliest instant, what is in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.after_ga import FEEDBACK_LINE, WATCH_LINE, close_watch, plan_game_day, record_maturity
from prr_pipeline.control.agenda import make_agenda
from prr_pipeline.control.explain import explain
from prr_pipeline.control.history import story_of
from prr_pipeline.control.orders import hold, resume, roll_back, step_down
from prr_pipeline.control.status import detail, overview
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import EventType
from prr_pipeline.reports.agenda_page import agenda_markdown
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"
GA = "createGrant:ga"


def said(scene: Scene, key: str = KEY) -> tuple[str, str]:
    """Status and next step, with a living alert feed."""
    beat(scene.deployment.inbox)
    found = explain(scene.work, key)
    return found.status, found.next_step


def test_a_review_says_what_it_waits_for(empty: Scene) -> None:
    """Every closed gate with its reason."""
    status, step = said(empty, empty.open(needs=[]))
    assert status == "in review"
    assert step.startswith("rise to shadow once open: readiness (not judged yet)")


def test_of_many_closed_gates_the_brief_step_names_the_first(empty: Scene) -> None:
    """Their number, the first words of the first, and where the rest is; the whole step stays whole."""
    key = empty.open(needs=[])
    empty.judge(key)
    beat(empty.deployment.inbox)
    found = explain(empty.work, key)
    shut = [gate for gate in found.gates if not gate.is_open]
    assert found.brief.startswith(f"rise to shadow once {len(shut)} gates open, first readiness: ")
    assert found.brief.endswith(f"; prr show {key}")
    assert len(found.brief) < 160 < len(found.next_step)
    assert all(gate.why in found.next_step for gate in shut)


def test_one_closed_gate_is_told_as_it_is(signed: Scene) -> None:
    """Nothing is left out, so nothing has to be looked up; a step without gates is its own brief."""
    signed.rise_to(KEY, "1%")
    signed.tick()
    found = explain(signed.work, KEY)
    assert found.brief == "rise to 10% once dwell opens: 0 min of 7 d served at 1%"
    hold(signed.work, KEY, ORDER)
    found = explain(signed.work, KEY)
    assert found.brief == found.next_step


def test_a_ready_one_rises_now(signed: Scene) -> None:
    """Nothing is in the way."""
    assert said(signed) == ("in review", "rise to shadow")


def test_a_climbing_one_says_when_at_the_earliest(signed: Scene) -> None:
    """What opens by itself has an instant; what waits for a person has none."""
    signed.rise_to(KEY, "shadow")
    beat(signed.deployment.inbox)
    found = explain(signed.work, KEY)
    assert found.status == "climbing"
    assert found.earliest == signed.work.now() + timedelta(days=7)
    signed.alert("Slow", "warning", operation_id="createGrant")
    found = explain(signed.work, KEY)
    assert found.earliest is None
    assert [episode.label("alertname") for episode in found.firing] == ["Slow"]


def test_a_latch_names_the_order_that_lifts_it(signed: Scene) -> None:
    """Hold, step down and roll back, each with its way out."""
    signed.rise_to(KEY, "1%")
    hold(signed.work, KEY, ORDER)
    assert said(signed) == ("held", f"a person resumes it: `prr resume {KEY} --by YOU --reason WHY`")
    resume(signed.work, KEY, ORDER)
    step_down(signed.work, KEY, ORDER)
    assert said(signed)[0] == "stepped down"
    roll_back(signed.work, [KEY], ORDER)
    status, step = said(signed)
    assert status == "rolled back"
    assert step == (
        f"sign for attempt 2 (`prr sign {KEY} --attempt 2 --person YOU --key FILE`), "
        f"then `prr resume {KEY} --by YOU --reason WHY`"
    )


def test_every_step_after_everybody_has_its_words(full: Scene) -> None:
    """Record, watch, review, game day, feedback, end."""
    assert said(full, GA) == ("at 100%", "record ga")
    record_maturity(full.work, GA, "run:test")
    assert said(full, GA) == ("watching", "close the stability watch")
    full.alert("Slow", "warning", operation_id="createGrant")
    full.tick()
    assert said(full, GA)[1] == f"review 1 alert(s): attest {WATCH_LINE}"
    full.resolve("Slow", "warning", operation_id="createGrant")
    full.tick()
    full.reviewer.attest_line(GA, WATCH_LINE, "noor", "Looked at it.")
    full.commit()
    full.convene(GA)
    full.serve(timedelta(days=8))
    close_watch(full.work, GA, "run:test")
    assert said(full, GA) == ("awaiting feedback", "enter it in the next game-day plan")
    plan_game_day(full.work, GA, "run:test")
    found = explain(full.work, GA)
    assert found.next_step == f"review a month of feedback: attest {FEEDBACK_LINE}"
    full_at = full.state(GA).full_at
    assert full_at is not None
    assert found.earliest == full_at + timedelta(days=30)


def test_a_flag_that_cannot_be_read_is_said_to_be_unknown(signed: Scene) -> None:
    """With the back end's sentence."""
    signed.deployment.flags_file.unlink()
    signed.deployment.flags_file.mkdir()
    assert explain(signed.work, KEY).flag.startswith("unknown (")


@pytest.mark.parametrize("look", [explain, detail, story_of], ids=["explain", "detail", "story"])
def test_an_unknown_promotion_is_one_sentence(signed: Scene, look: object) -> None:
    """With what is open."""
    with pytest.raises(PrrError, match=r"no promotion 'nothing:ga'\. Open ones: createGrant:beta\."):
        look(signed.work, "nothing:ga")  # type: ignore[operator]


def test_the_status_shows_ended_ones_when_asked(signed: Scene) -> None:
    """Open ones always, ended ones with the option, notices with them."""
    signed.rise_to(KEY, "100%")
    record_maturity(signed.work, KEY, "run:test")
    assert overview(signed.work).promotions == ()
    assert [one.status for one in overview(signed.work, ended=True).promotions] == ["ended"]


def test_a_detail_holds_the_last_decisions_and_its_own_notices(signed: Scene) -> None:
    """Newest last, and nobody else's news."""
    signed.rise_to(KEY, "10%")
    step_down(signed.work, KEY, ORDER)
    found = detail(signed.work, KEY)
    assert 0 < len(found.decisions) <= 5
    assert [event.seq for event in found.decisions] == sorted(event.seq for event in found.decisions)
    assert [notice.about for notice in found.notices] == [KEY]


def test_the_story_has_every_step_and_mark(signed: Scene) -> None:
    """Exposures in order, and what happened: signed, alert, latch, new attempt."""
    signed.rise_to(KEY, "1%")
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    signed.resolve("Down", "critical", operation_id="createGrant")
    signed.tick()
    signed.sign(KEY, ("noor", "felix"), attempt=2)
    resume(signed.work, KEY, ORDER)
    story = story_of(signed.work, KEY)
    assert [exposure.name for _, exposure in story.steps] == ["off", "shadow", "1%", "off"]
    kinds = [mark.kind for mark in story.marks]
    assert kinds.count("sign-off") == 5
    assert sorted(kind for kind in kinds if kind != "sign-off") == ["alert", "latch", "resume"]
    alert = next(mark for mark in story.marks if mark.kind == "alert")
    assert alert.until is not None
    assert [mark.at for mark in story.marks] == sorted(mark.at for mark in story.marks)


def test_an_alert_of_a_dependency_stands_in_the_story(empty: Scene) -> None:
    """Through any number of steps; one of a stranger does not."""
    empty.open("issueShares", needs=["listGrants"])
    key = empty.open("createGrant", needs=["issueShares"])
    empty.alert("Slow", "warning", operation_id="listGrants")
    empty.alert("Slow", "warning", operation_id="createEntity")
    empty.tick()
    assert [mark.kind for mark in story_of(empty.work, key).marks] == ["alert"]


def test_the_agenda_names_who_waits_for_people(signed: Scene) -> None:
    """A ready one does not; one in review and one that is held do, and the making is booked."""
    other = signed.open("issueShares", needs=[])
    beat(signed.deployment.inbox)
    agenda = make_agenda(signed.work, "run:test")
    assert (agenda.open_count, [item.state.key for item in agenda.items]) == (2, [other])
    hold(signed.work, KEY, ORDER)
    agenda = make_agenda(signed.work, "run:test")
    assert [item.state.key for item in agenda.items] == [KEY, other]
    assert "2 of 2 open promotions wait for people." in agenda_markdown(agenda)
    assert [event.payload["promotions"] for event in signed.events(EventType.AGENDA_MADE)] == [[other], [KEY, other]]
