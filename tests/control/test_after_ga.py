"""After 100%: maturity, the watched week with its alerts, the game day, the month's feedback, and the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.control.after_ga import (
    FEEDBACK_LINE,
    WATCH_LINE,
    Stage,
    close_feedback,
    close_watch,
    next_quarter,
    plan_game_day,
    record_maturity,
    unfinished_stages,
    unreviewed_episodes,
)
from prr_pipeline.control.due import due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.orders import hold, resume
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.subjects import Target
from tests.control.scene import ORDER, Scene

KEY = "createGrant:ga"
BY = "run:test"


def due(scene: Scene) -> list[str]:
    """Assets that are due, with a living alert feed."""
    beat(scene.deployment.inbox)
    return [one.asset for one in due_list(scene.work)]


def attest(scene: Scene, line: str, person: str = "noor") -> None:
    """Have somebody attest a line, and take it in."""
    scene.reviewer.attest_line(KEY, line, person, "Looked at each of them.")
    scene.commit(f"Attest {line}", person)
    scene.convene(KEY)


def test_at_the_top_the_maturity_is_due_and_recorded_once(full: Scene) -> None:
    """The second time it is done already, and no event is written."""
    assert due(full) == ["maturity"]
    assert record_maturity(full.work, KEY, BY).state == "done"
    assert record_maturity(full.work, KEY, BY).state == "done"
    assert len(full.events(EventType.MATURITY_RECORDED)) == 1
    assert recorded_maturity(full.work, full.state(KEY).subject) == "ga"
    assert due(full) == []


def test_no_maturity_is_recorded_below_the_top(signed: Scene) -> None:
    """Not even by materializing the asset."""
    stage = record_maturity(signed.work, "createGrant:beta", BY)
    assert (stage.state, stage.why) == ("refused", "createGrant:beta stands at off, not at 100%")


@pytest.mark.parametrize("severity", ["warning", "somewhat odd"])
def test_no_maturity_is_recorded_while_an_alert_fires(full: Scene, severity: str) -> None:
    """A warning does not lower what stands at 100%, and is no quiet either; no run is asked for in vain."""
    full.alert("Slow", severity, operation_id="createGrant")
    full.tick()
    stage = record_maturity(full.work, KEY, BY)
    assert stage.state == "refused"
    assert "is not quiet" in stage.why
    assert due(full) == []


def test_no_maturity_is_recorded_blind_or_on_hold(full: Scene) -> None:
    """Silence of the feed is no quiet; a person's hold is respected."""
    (full.deployment.inbox / "heartbeat").unlink()
    assert "is not quiet" in record_maturity(full.work, KEY, BY).why
    beat(full.deployment.inbox)
    hold(full.work, KEY, ORDER)
    assert "is not quiet" in record_maturity(full.work, KEY, BY).why


def test_the_watch_lasts_seven_watched_days(full: Scene) -> None:
    """Pending until then, with the time it needs; then it closes by itself."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=6))
    stage = close_watch(full.work, KEY, BY)
    assert stage.state == "pending"
    assert stage.due_at == full.work.now() + timedelta(days=1)
    full.serve(timedelta(days=1))
    assert due(full) == ["stability_watch"]
    assert close_watch(full.work, KEY, BY).state == "done"
    assert due(full) == ["chaos_game_day"]


def test_a_gap_in_the_alert_data_extends_the_watch(full: Scene) -> None:
    """What nobody saw was not watched."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=5))
    (full.deployment.inbox / "heartbeat").unlink()
    full.clock.advance(timedelta(days=3))
    watch(full.work)
    full.tick()
    full.serve(timedelta(days=1))
    assert close_watch(full.work, KEY, BY).state == "pending"
    full.serve(timedelta(days=1))
    assert close_watch(full.work, KEY, BY).state == "done"


def test_an_alert_of_the_watch_is_reviewed_by_the_owning_context(full: Scene) -> None:
    """Until then the watch stays open, whatever anybody else attests."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=1))
    full.alert("Slow", "warning", operation_id="createGrant")
    full.tick()
    full.resolve("Slow", "warning", operation_id="createGrant")
    full.serve(timedelta(days=8))
    assert len(unreviewed_episodes(full.work, full.state(KEY))) == 1
    assert due(full) == []
    stage = close_watch(full.work, KEY, BY)
    assert (stage.state, "not reviewed" in stage.why) == ("pending", True)
    attest(full, WATCH_LINE, "jonas")
    assert close_watch(full.work, KEY, BY).state == "pending"
    attest(full, WATCH_LINE, "noor")
    assert due(full) == ["stability_watch"]
    assert close_watch(full.work, KEY, BY).state == "done"


def test_a_review_signed_before_the_alert_covers_it_not(full: Scene) -> None:
    """Nobody reviews what has not happened."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=1))
    attest(full, WATCH_LINE)
    full.serve(timedelta(hours=1))
    full.alert("Slow", "warning", operation_id="createGrant")
    full.tick()
    full.resolve("Slow", "warning", operation_id="createGrant")
    full.serve(timedelta(days=8))
    assert len(unreviewed_episodes(full.work, full.state(KEY))) == 1


def test_a_reviewed_alert_that_still_fires_keeps_the_watch_open(full: Scene) -> None:
    """Reviewed is not over."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=8))
    full.alert("Slow", "warning", operation_id="createGrant")
    full.tick()
    attest(full, WATCH_LINE)
    beat(full.deployment.inbox)
    assert "is not quiet" in close_watch(full.work, KEY, BY).why
    full.resolve("Slow", "warning", operation_id="createGrant")
    full.tick()
    assert close_watch(full.work, KEY, BY).state == "done"


def test_a_critical_alert_in_the_watch_withdraws_the_maturity(full: Scene) -> None:
    """The guard does not sleep at 100%."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=1))
    full.alert("Down", "critical", operation_id="createGrant")
    full.tick()
    state = full.state(KEY)
    assert (full.flag(KEY), state.maturity_recorded_at) == (OFF, None)
    assert recorded_maturity(full.work, state.subject) == "beta"
    assert "stands at off" in close_watch(full.work, KEY, BY).why
    assert close_feedback(full.work, KEY, BY).state == "refused"


def test_the_feedback_waits_for_a_month_and_for_a_signed_review(full: Scene) -> None:
    """One signed before the month is over says nothing of it."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=8))
    close_watch(full.work, KEY, BY)
    plan_game_day(full.work, KEY, BY)
    assert close_feedback(full.work, KEY, BY).state == "pending"
    attest(full, FEEDBACK_LINE)
    full.serve(timedelta(days=23))
    stage = close_feedback(full.work, KEY, BY)
    assert (stage.state, "waits for a signed attestation" in stage.why) == ("pending", True)
    assert due(full) == []
    attest(full, FEEDBACK_LINE, "jonas")
    assert close_feedback(full.work, KEY, BY).state == "pending"
    attest(full, FEEDBACK_LINE, "noor")
    assert due(full) == ["feedback_review"]
    assert close_feedback(full.work, KEY, BY).state == "done"
    state = full.state(KEY)
    assert not state.is_open
    assert due(full) == []


def test_the_owners_lines_are_met_by_the_owning_context_alone(full: Scene) -> None:
    """What the checklist shows agrees with what closes the stage."""
    full.clock.advance(timedelta(days=31))
    attest(full, FEEDBACK_LINE, "jonas")
    assert outcome(full) == "unknown"
    attest(full, FEEDBACK_LINE, "noor")
    assert outcome(full) == "met"


def outcome(scene: Scene) -> str:
    """The outcome of the feedback line."""
    results = scene.convene(KEY).judgement.report.results
    return str(next(r.outcome for r in results if r.line_id == FEEDBACK_LINE))


def test_the_end_needs_watch_feedback_and_game_day(full: Scene) -> None:
    """In any order; the last one ends it, once."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=31))
    attest(full, FEEDBACK_LINE)
    assert close_feedback(full.work, KEY, BY).state == "done"
    assert full.state(KEY).is_open
    assert close_watch(full.work, KEY, BY).state == "done"
    assert full.state(KEY).is_open
    assert plan_game_day(full.work, KEY, BY).state == "done"
    assert not full.state(KEY).is_open
    for stage in (close_watch, close_feedback, plan_game_day, record_maturity):
        assert stage(full.work, KEY, BY).state == "done"
    assert len(full.events(EventType.PROMOTION_ENDED)) == 1


def test_a_watch_that_closes_last_ends_the_promotion(full: Scene) -> None:
    """A gap in the alert data may extend the watch past the feedback review."""
    record_maturity(full.work, KEY, BY)
    assert plan_game_day(full.work, KEY, BY).state == "done"
    (full.deployment.inbox / "heartbeat").unlink()
    full.clock.advance(timedelta(days=30))
    watch(full.work)
    full.tick()
    full.serve(timedelta(days=2))
    attest(full, FEEDBACK_LINE)
    assert close_feedback(full.work, KEY, BY).state == "done"
    full.serve(timedelta(days=6))
    assert due(full) == ["stability_watch"]
    assert close_watch(full.work, KEY, BY).state == "done"
    assert not full.state(KEY).is_open
    assert [event.type for event in full.events()[-2:]] == ["watch_closed", "promotion_ended"]


@pytest.mark.parametrize("stage", [close_watch, close_feedback, plan_game_day, record_maturity])
def test_a_promotion_left_open_behind_its_last_stage_is_due_and_ended(
    full: Scene, stage: Callable[[Workplace, str, str], Stage]
) -> None:
    """Two runs may close the last two stages at one moment, each with the other's still missing."""
    left_open(full)
    assert due(full) == ["feedback_review"]
    assert explain(full.work, KEY).next_step == "end: every stage after 100% is closed"
    assert stage(full.work, KEY, BY).state == "done"
    assert not full.state(KEY).is_open
    assert len(full.events(EventType.PROMOTION_ENDED)) == 1


def test_nothing_ends_while_it_is_not_quiet(full: Scene) -> None:
    """Nobody watches what has ended, so a hold, an alert or a silent feed keeps it open until it is over."""
    left_open(full)
    hold(full.work, KEY, ORDER)
    assert due(full) == []
    assert close_feedback(full.work, KEY, BY).state == "done"
    assert full.state(KEY).is_open
    resume(full.work, KEY, ORDER)
    assert due(full) == ["feedback_review"]


@pytest.mark.parametrize(("found", "rung"), [(OFF, "off"), (Exposure.share(5_000), "50%")], ids=["off", "50%"])
def test_what_was_closed_before_100_percent_was_left_closes_no_later_month(
    full: Scene, found: Exposure, rung: str
) -> None:
    """Users had it taken away: their month begins again, and the next game day is another one."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=31))
    attest(full, FEEDBACK_LINE)
    assert close_feedback(full.work, KEY, BY).state == "done"
    assert plan_game_day(full.work, KEY, BY).state == "done"
    full.write_flag(KEY, found)
    full.tick()
    state = full.state(KEY)
    assert state.exposure.name == rung
    assert (state.full_at, state.feedback_closed_at, state.game_day_planned_at) == (None, None, None)
    assert unfinished_stages(state) >= {EventType.WATCH_CLOSED, EventType.FEEDBACK_CLOSED, EventType.GAME_DAY_PLANNED}
    assert close_feedback(full.work, KEY, BY).state == "refused"


def left_open(scene: Scene) -> None:
    """Every stage is closed, and nobody wrote the end."""
    kinds = (
        EventType.MATURITY_RECORDED,
        EventType.WATCH_CLOSED,
        EventType.FEEDBACK_CLOSED,
        EventType.GAME_DAY_PLANNED,
    )
    scene.work.ledger.append([Draft(KEY, kind, {"cause": "test"}, BY) for kind in kinds])


def test_the_game_day_is_not_planned_before_everybody_has_it(signed: Scene) -> None:
    """There is nothing to practise yet."""
    assert plan_game_day(signed.work, "createGrant:beta", BY).state == "refused"


@pytest.mark.parametrize(
    ("at", "quarter"),
    [((2026, 1, 1), "2026-Q2"), ((2026, 9, 30), "2026-Q4"), ((2026, 10, 1), "2027-Q1"), ((2026, 12, 31), "2027-Q1")],
)
def test_the_game_day_is_in_the_next_quarter(at: tuple[int, int, int], quarter: str) -> None:
    """The last quarter's next is of the next year."""
    assert next_quarter(datetime(*at, tzinfo=UTC)) == quarter


def test_beta_ends_when_its_maturity_is_recorded(signed: Scene) -> None:
    """Watch, feedback and game day belong to GA; then GA may open."""
    key = "createGrant:beta"
    signed.rise_to(key, "100%")
    assert due(signed) == ["maturity"]
    assert record_maturity(signed.work, key, BY).state == "done"
    state = signed.state(key)
    assert (state.is_open, signed.flag(key)) == (False, state.exposure)
    assert due(signed) == []
    assert signed.open("createGrant", Target.GA, needs=[]) == KEY
