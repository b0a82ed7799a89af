"""The lines after GA are judged by the ledger's alerts, and by what was signed after them."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.control.after_ga import FEEDBACK_LINE, WATCH_LINE, close_watch, record_maturity
from prr_pipeline.control.alert_reviews import after_ga_dates, after_ga_facts, alert_reviews
from prr_pipeline.readiness.model import LineResult
from tests.control.scene import Scene

KEY, BY = "createGrant:ga", "run:test"


def attest(scene: Scene, line: str, person: str = "noor") -> None:
    """Have somebody attest a line, and take it in."""
    scene.reviewer.attest_line(KEY, line, person, "Looked at each of them.")
    scene.commit(f"Attest {line}", person)
    scene.convene(KEY)


def line(scene: Scene, name: str = WATCH_LINE) -> LineResult:
    results = scene.convene(KEY).judgement.report.results
    return next(result for result in results if result.line_id == name)


def warned(scene: Scene) -> None:
    """An alert that comes and goes within a day of the watch."""
    scene.alert("Slow", "warning", operation_id="createGrant")
    scene.tick()
    scene.resolve("Slow", "warning", operation_id="createGrant")
    scene.serve(timedelta(hours=1))


def test_before_full_exposure_there_is_nothing_to_say(signed: Scene) -> None:
    """No dates and no alerts."""
    state = signed.state("createGrant:beta")
    assert after_ga_facts(signed.work, state) is None
    assert after_ga_dates(signed.work, state) is None
    assert alert_reviews(signed.work, state) == ()


def test_dates_follow_the_policy_of_the_deployment(full: Scene) -> None:
    """What closes a stage and what the checklist shows fall due together."""
    full.set("policy", 'watch = "3d"\nfeedback_after = "60d"')
    state = full.state(KEY)
    dates = after_ga_dates(full.work, state)
    assert dates is not None
    assert state.full_at is not None
    assert dates.due_at == {
        WATCH_LINE: state.full_at + timedelta(days=3),
        FEEDBACK_LINE: state.full_at + timedelta(days=60),
    }


def test_an_alert_is_reviewed_by_what_the_owning_context_signs_after_it(full: Scene) -> None:
    """Information alone is no alert; another context's word is none."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=1))
    warned(full)
    full.alert("Deployed", "info", operation_id="createGrant")
    full.tick()
    assert [(a.title, a.reviewed) for a in alert_reviews(full.work, full.state(KEY))] == [("Slow", False)]
    attest(full, WATCH_LINE, "jonas")
    assert not alert_reviews(full.work, full.state(KEY))[0].reviewed
    attest(full, WATCH_LINE)
    assert alert_reviews(full.work, full.state(KEY))[0].reviewed


def test_the_line_is_met_once_the_week_is_over_reviewed_and_attested(full: Scene) -> None:
    """Pending, unmet, pending again while the watch runs on, waiting for a person, met."""
    record_maturity(full.work, KEY, BY)
    assert line(full).outcome == "pending"
    full.serve(timedelta(days=6))
    warned(full)
    full.serve(timedelta(days=2))
    unreviewed = line(full)
    assert (unreviewed.outcome, "1 of 1 alerts" in unreviewed.finding.message) == ("unmet", True)
    attest(full, WATCH_LINE)
    assert close_watch(full.work, KEY, BY).state == "done"
    assert line(full).outcome == "met"


def test_a_quiet_week_still_needs_a_word_after_it(full: Scene) -> None:
    """What was signed on the second day says nothing of the sixth."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=1))
    attest(full, WATCH_LINE)
    full.serve(timedelta(days=7))
    assert line(full).outcome == "pending"
    assert close_watch(full.work, KEY, BY).state == "done"
    assert (line(full).outcome, line(full).finding.reason) == ("unknown", "not_attested")
    attest(full, WATCH_LINE)
    assert line(full).outcome == "met"


def test_an_alert_after_the_watch_is_not_of_its_week(full: Scene) -> None:
    """What was reviewed stays reviewed."""
    record_maturity(full.work, KEY, BY)
    full.serve(timedelta(days=7))
    assert close_watch(full.work, KEY, BY).state == "done"
    full.serve(timedelta(days=1))
    attest(full, WATCH_LINE)
    warned(full)
    assert alert_reviews(full.work, full.state(KEY)) == ()
    assert line(full).outcome == "met"
