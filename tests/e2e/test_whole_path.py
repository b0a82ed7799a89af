"""One promotion through real Dagster servers: opened, judged, signed, raised, lowered, signed again, to GA."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from prr_pipeline.control.after_ga import FEEDBACK_LINE
from prr_pipeline.control.orders import Order, resume
from prr_pipeline.errors import Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.subjects import Subject, Target
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.e2e
NAME = "createGrant"
KEY = f"{NAME}:ga"


@pytest.fixture(scope="module")
def opened(stage: Stage) -> str:
    """A promotion to GA; its Beta is in the ledger as an adoption."""
    payload: dict[str, object] = {"subject": f"operation {NAME}", "target": "beta", "commit": "-", "signers": ["noor"]}
    stage.work.ledger.append([Draft(f"subject/operation/{NAME}", EventType.MATURITY_ADOPTED, payload, "person:noor")])
    return stage.open(NAME, Target.GA)


def test_1_an_opened_promotion_gets_a_partition_and_a_judged_checklist(stage: Stage, opened: str) -> None:
    """The promotions sensor adds the partition and the checklist is judged in a run, with a check per section."""
    stage.until(lambda: opened in stage.dagster.partitions(), "partition")
    stage.until(lambda: bool(stage.dagster.metadata("prr_document", opened)), "document")
    shown = stage.dagster.metadata("checklist", opened)[0]
    assert shown["rung"] == "off"
    assert stage.dagster.check("checklist", "specification", opened) is False
    assert stage.dagster.metadata("prr_document", opened)[0]["document"] == "missing"


def test_2_a_forged_materialization_changes_nothing(stage: Stage, opened: str) -> None:
    """An anonymous REST call can paint an asset green; flag, ledger and the next rung are as before."""
    before = stage.work.state(opened).version
    for asset in ("council_signoff", "exposure_shadow", "exposure_1pct"):
        answer = httpx.post(
            f"{stage.dagster.url}/report_asset_materialization/{asset}", params={"partition": opened}, timeout=30
        )
        assert answer.status_code == 200
    run = stage.dagster.materialize(["exposure_1pct"], opened)
    status, failures = stage.dagster.wait(run)
    assert status == "FAILURE"
    assert "does not rise" in failures[0]
    state = stage.work.state(opened)
    assert (state.exposure, state.version) == (OFF, before)
    assert stage.work.flags.read([state.flag_key])[state.flag_key].exposure == OFF


def test_3_a_made_up_partition_key_fails_with_one_sentence(stage: Stage, opened: str) -> None:
    """A key typed into the dialog has no ledger record, and its run says so."""
    stage.dagster.query(
        """mutation { addDynamicPartition(repositorySelector: {repositoryLocationName: "prr_pipeline",
        repositoryName: "__repository__"}, partitionsDefName: "promotions", partitionKey: "bogus:ga")
        { __typename } }"""
    )
    status, failures = stage.dagster.wait(stage.dagster.materialize(["exposure_shadow"], "bogus:ga"))
    assert status == "FAILURE"
    assert "has no promotion 'bogus:ga'" in failures[0]


def test_4_signed_it_climbs_to_shadow_and_after_a_week_to_one_percent(stage: Stage, opened: str) -> None:
    """Nothing but signatures, a served dwell and open gates moves the flag; the canary is required, and judges it."""
    stage.agree(opened)
    stage.climb_to(opened, "shadow")
    stage.serve_dwell(opened)
    stage.climb_to(opened, "1%")
    state = stage.work.state(opened)
    stage.until(lambda: stage.dagster.check("exposure_1pct", "exposure_matches_flag", opened) is True, "check")
    assert stage.work.flags.read([state.flag_key])[state.flag_key].exposure == state.exposure
    assert stage.dagster.metadata("exposure_1pct", opened)[0]["exposure_pct"] == 1.0


def test_5_a_critical_alert_brings_the_flag_to_off(stage: Stage, opened: str) -> None:
    """The guard lowers within its tick, and every rung that was reached shows it."""
    flag = stage.work.state(opened).flag_key
    stage.alert("VariantFastBurn", "critical", operation_id=NAME)
    seconds = stage.until(lambda: stage.work.flags.read([flag])[flag].exposure == OFF, "flag off", 30)
    print(f"alert dropped to flag off: {seconds:.1f} s")
    stage.until(lambda: stage.work.state(opened).latch is not None, "latch")
    stage.until(lambda: stage.dagster.check("exposure_1pct", "exposure_matches_flag", opened) is False, "check fails")
    assert stage.dagster.metadata("exposure_shadow", opened)[0]["exposure_pct"] == 0.0


def test_6_resume_is_refused_until_the_next_attempt_is_signed(stage: Stage, opened: str) -> None:
    """After a roll back the way up starts from the bottom, and only with a new sign-off."""
    stage.resolve("VariantFastBurn", "critical", operation_id=NAME)
    order = Order("person:mara", "the fix is deployed")
    stage.until(lambda: not stage.work.state(opened).lowering_open, "settled")
    with pytest.raises(Refused, match="attempt 2 needs a new sign-off"):
        resume(stage.work, opened, order)
    stage.reviewer.sign(opened, ("noor", "felix"), attempt=2)
    stage.reviewer.commit("Sign attempt 2", "mara")
    stage.until(lambda: sum(s.attempt == 2 for s in stage.work.state(opened).signoffs) == 2, "accepted")
    resume(stage.work, opened, order)
    assert stage.work.state(opened).attempt == 2


def test_7_it_climbs_from_shadow_to_everybody(stage: Stage, opened: str) -> None:
    """One rung at a time, a week each."""
    stage.climb_to(opened, "shadow")
    for rung in ("1%", "10%", "50%", "100%"):
        stage.serve_dwell(opened)
        stage.climb_to(opened, rung)


def test_8_after_everybody_come_maturity_watch_game_day_and_feedback(stage: Stage, opened: str) -> None:
    """Maturity once requests show that all is well, the watch after a quiet week, feedback when due and signed."""
    stage.serve_dwell(opened)
    stage.until(lambda: stage.work.state(opened).maturity_recorded_at is not None, "maturity")
    stage.until(lambda: stage.work.state(opened).watch_closed_at is not None, "watch")
    stage.until(lambda: stage.work.state(opened).game_day_planned_at is not None, "game day")
    status, _ = stage.dagster.wait(stage.dagster.materialize(["feedback_review"], opened))
    assert status == "SUCCESS"
    assert stage.dagster.metadata("feedback_review", opened)[0]["stage"] == "pending"
    stage.go_on(opened, timedelta(days=30))
    stage.reviewer.attest_line(opened, FEEDBACK_LINE, "noor", "Read the month's tickets with support; nothing open.")
    stage.reviewer.commit("Feedback", "mara")
    stage.until(lambda: stage.work.state(opened).ended_at is not None, "ended")
    assert verify(stage.work.ledger).faults == ()


def test_9_a_person_rolls_back_by_materializing_rollback(stage: Stage) -> None:
    """From the UI: a reason is required, and with one the flag is off after the run."""
    stage.run_load_test()
    key = stage.open("createEntity", Target.BETA)
    stage.until(lambda: key in stage.dagster.partitions(), "partition")
    stage.agree(key)
    stage.climb_to(key, "shadow")
    empty = {"ops": {"rollback": {"config": {"reason": "  "}}}}
    status, failures = stage.dagster.wait(stage.dagster.materialize(["rollback"], key, empty))
    assert status == "FAILURE"
    assert "needs a reason" in failures[0]
    assert stage.work.state(key).exposure.name == "shadow"
    config = {"ops": {"rollback": {"config": {"reason": "errors in the logs", "actor": "felix"}}}}
    status, _ = stage.dagster.wait(stage.dagster.materialize(["rollback"], key, config))
    assert status == "SUCCESS"
    state = stage.work.state(key)
    assert state.subject == Subject.parse("createEntity")
    assert (state.exposure, stage.work.flags.read([state.flag_key])[state.flag_key].exposure) == (OFF, OFF)


def test_10_a_second_lowering_is_reported_as_the_first_was(stage: Stage) -> None:
    """Climbed again and lowered again: the pages show it again, and no tick of the guard fails over it."""
    key, check = "createEntity:beta", "exposure_matches_flag"
    stage.until(lambda: stage.dagster.check("exposure_shadow", check, key) is False, "first lowering shown")
    stage.reviewer.sign(key, ("jonas", "felix"), attempt=2)
    stage.reviewer.commit("Sign attempt 2", "mara")
    stage.until(lambda: sum(s.attempt == 2 for s in stage.work.state(key).signoffs) == 2, "accepted")
    resume(stage.work, key, Order("person:felix", "a false alarm"))
    stage.climb_to(key, "shadow")
    stage.until(lambda: stage.dagster.check("exposure_shadow", check, key) is True, "climbed again")
    stage.alert("VariantFastBurn", "critical", operation_id="createEntity")
    stage.until(lambda: stage.work.state(key).exposure == OFF, "off again")
    stage.until(lambda: stage.dagster.check("exposure_shadow", check, key) is False, "second lowering shown")
    ticks = stage.dagster.sensors()["alerts"]["ticks"]
    assert not [tick["error"] for tick in ticks if tick["error"]]
