"""Sensors as functions: what a tick asks for, that a second one asks for the same, and what a forged cursor does."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from prr_pipeline.control.orders import resume, roll_back
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import EventType
from sensors.advancement import advancement
from sensors.alerts import alerts
from sensors.drift import drift
from sensors.promotions import promotions
from sensors.repository import repository
from sensors.signoffs import signoffs
from tests.control.scene import ORDER, SPEC
from tests.orchestration.stage import Stage, asked

KEY = "createGrant:beta"
FORGED = ["not a number", "-1", "1e9", "9" * 30, "9" * 5_000, "٣", "999999999", " 1", "{}"]


def words(result: dg.SensorResult) -> str:
    """Why the tick was skipped."""
    reason = result.skip_reason
    return reason.skip_message or "" if isinstance(reason, dg.SkipReason) else reason or ""


def test_an_opened_promotion_gets_partition_checklist_and_document(bare: Stage) -> None:
    """Once: the cursor stands at the opening, and the next tick says that there is nothing new."""
    key = bare.scene.open(needs=[])
    result = bare.tick(promotions)
    [added] = result.dynamic_partitions_requests or []
    assert list(added.partition_keys) == [key]
    assert asked(result.run_requests) == [(f"checklist/{key}/opened/try0", key, ["checklist", "prr_document"])]
    assert result.cursor == "1"
    bare.instance.add_dynamic_partitions("promotions", list(added.partition_keys))
    again = bare.tick(promotions, result.cursor)
    assert words(again) == "no promotion was opened since the last look"
    assert again.cursor == result.cursor


def test_the_same_tick_twice_asks_for_the_same(bare: Stage) -> None:
    """A tick whose cursor was lost: equal run keys, which Dagster never launches twice."""
    bare.scene.open(needs=[])
    first, second = bare.tick(promotions), bare.tick(promotions)
    assert asked(first.run_requests) == asked(second.run_requests)
    assert first.cursor == second.cursor


def test_a_forged_cursor_hides_no_promotion(bare: Stage) -> None:
    """Whatever somebody wrote there, what was opened is found, and nothing is granted."""
    key = bare.scene.open(needs=[])
    before = len(bare.scene.events())
    results = {cursor: bare.tick(promotions, cursor) for cursor in FORGED}
    found = {cursor: [partition for _, partition, _ in asked(r.run_requests)] for cursor, r in results.items()}
    assert all(partitions == [key] for partitions in found.values()), found
    assert {result.cursor for result in results.values()} == {"1"}
    assert len(bare.scene.events()) == before


def test_a_forged_cursor_hides_no_lowering(stage: Stage) -> None:
    """The guard acts whatever the cursor says, and the lowering is reported."""
    stage.scene.rise_to(KEY, "shadow")
    stage.scene.alert("Down", "critical", operation_id="createGrant")
    results = {cursor: stage.tick(alerts, cursor) for cursor in FORGED}
    assert stage.scene.flag(KEY) == OFF
    [lowered] = stage.scene.events(EventType.LOWERED)
    assert {result.cursor for result in results.values()} == {str(lowered.seq)}
    for cursor, result in results.items():
        keys = {event.asset_key.to_user_string() for event in result.asset_events}
        assert keys == {"rollback", "exposure_shadow"}, cursor


def test_a_quiet_guard_tick_reports_nothing_and_keeps_its_cursor(stage: Stage) -> None:
    """The skipped tick says what was watched."""
    result = stage.tick(alerts, "1")
    assert words(result) == "1 promotions watched, nothing to lower"
    assert (result.cursor, list(result.asset_events)) == ("1", [])


def test_a_lowering_is_reported_once_per_rung_above_the_new_one(stage: Stage) -> None:
    """With exposure 0 for each rung that was reached, and nothing the second time."""
    stage.scene.rise_to(KEY, "10%")
    stage.scene.alert("Down", "critical", operation_id="createGrant")
    result = stage.tick(alerts)
    shown = {
        event.asset_key.to_user_string(): event.metadata["exposure_pct"].value
        for event in result.asset_events
        if isinstance(event, dg.AssetMaterialization)
    }
    assert shown == {"rollback": 0.0, "exposure_shadow": 0.0, "exposure_1pct": 0.0, "exposure_10pct": 0.0}
    assert list(stage.tick(alerts, result.cursor).asset_events) == []


def test_a_late_report_leaves_rungs_that_were_climbed_again(stage: Stage) -> None:
    """A lost cursor tells old lowerings anew; what the promotion holds today is not painted as lowered."""
    scene = stage.scene
    scene.rise_to(KEY, "1%")
    roll_back(scene.work, [KEY], ORDER)
    scene.sign(KEY, ("noor", "felix"), attempt=2)
    resume(scene.work, KEY, ORDER)
    scene.rise_to(KEY, "shadow")
    keys = {event.asset_key.to_user_string() for event in stage.tick(alerts, "0").asset_events}
    assert keys == {"rollback", "exposure_1pct"}


def test_an_error_in_a_tick_leaves_the_cursor(bare: Stage) -> None:
    """It raises, so Dagster keeps the old one, and the next tick starts there."""
    bare.scene.open(needs=[])
    bare.scene.work.ledger.close()
    database = bare.scene.deployment.folder / ".prr" / "ledger.sqlite"
    aside = database.rename(database.with_name("aside"))
    database.mkdir()
    bare.scene.reconnect()
    with pytest.raises(Exception, match="ledger"):
        bare.tick(promotions, "0")
    database.rmdir()
    aside.rename(database)
    bare.scene.reconnect()
    assert bare.tick(promotions, "0").cursor == "1"


def test_what_is_due_is_asked_for_once_per_run(stage: Stage) -> None:
    """Equal keys until the run is over; afterwards something else is due, or nothing."""
    first = stage.tick(advancement)
    version = stage.scene.state(KEY).version
    assert asked(first.run_requests) == [(f"{KEY}/1/shadow/v{version}/try0", KEY, ["exposure_shadow"])]
    assert asked(stage.tick(advancement).run_requests) == asked(first.run_requests)
    assert stage.carry_out(first.run_requests or []) == [True]
    assert stage.scene.state(KEY).exposure.name == "shadow"
    assert words(stage.tick(advancement)) == "nothing is due"


def test_a_run_that_failed_is_asked_for_again_after_a_pause(stage: Stage) -> None:
    """It ended without a ledger event, so its piece of work is still due, under the next number."""
    request = (stage.tick(advancement).run_requests or [])[0]
    stage.scene.edit(SPEC, lambda text: text + "\n  - : [\n")
    stage.scene.commit()
    assert stage.carry_out([request]) == [False]
    stage.scene.revert()
    stage.scene.run_ci()
    stage.scene.judge(KEY)
    assert words(stage.tick(advancement)) == "a run is under way or its pause has not passed"


def test_no_rung_is_asked_for_while_any_run_of_it_is_unfinished(stage: Stage) -> None:
    """Whoever started that run."""
    job = dg.GraphDefinition(name="anything").to_job()
    tags = {"dagster/partition": KEY}
    stage.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    assert words(stage.tick(advancement)) == "a run is under way or its pause has not passed"


def test_a_commit_asks_for_one_judgement_and_a_failed_one_for_another_try(stage: Stage) -> None:
    """One run per input; once it succeeded, or its fault is kept, no more."""
    stage.scene.edit(SPEC, lambda text: text.replace("operationId: createGrant\n", "operationId: makeGrant\n"))
    head = stage.scene.commit()
    stage.scene.run_ci()
    requests = stage.tick(repository).run_requests or []
    assert [(partition, assets) for _, partition, assets in asked(requests)] == [(KEY, ["checklist", "prr_document"])]
    assert head in (requests[0].run_key or "")
    assert stage.carry_out(requests) == [False, False]
    assert words(stage.tick(repository)) == "no commit touched what was judged"


def test_a_new_record_asks_for_one_council_run(bare: Stage) -> None:
    """After it, the records are known, and a refused one is not asked for again at the same head."""
    scene = bare.scene
    key = scene.open(needs=[])
    bare.instance.add_dynamic_partitions("promotions", [key])
    scene.reviewer.attest_open_lines(key, "noor")
    folder = scene.deployment.monorepo / "apps/api/__gates__/prod-readiness/records/operation/createGrant/beta/signoffs"
    folder.mkdir(parents=True)
    (folder / "1-mallory-0123456789abcdef.json").write_text("{}")
    head = scene.commit()
    requests = bare.tick(signoffs).run_requests or []
    assert asked(requests) == [(f"council_signoff/{key}/{head}/try0", key, ["council_signoff"])]
    assert bare.carry_out(requests) == [True]
    people = {event.payload["person"] for event in scene.events(EventType.ATTESTATION_ACCEPTED)}
    assert people == {"noor", "felix"}, "what only the person on call may state is felix's"
    assert words(bare.tick(signoffs)) == "no new record at the tracked ref"


def test_the_drift_tick_changes_nothing_twice(stage: Stage) -> None:
    """It compares, tells, and reports the check of what changed."""
    stage.scene.rise_to(KEY, "shadow")
    stage.tick(drift)
    stage.scene.write_flag(KEY, Exposure.share(5_000))
    assert "the flag shows 50%" in words(stage.tick(drift))
    before = len(stage.scene.events())
    stage.tick(drift)
    assert len(stage.scene.events()) == before
    assert stage.scene.flag(KEY) == Exposure.share(5_000), "lowering it is the guard's"
    stage.tick(alerts)
    flags, _, maturity = words(stage.tick(drift)).partition("; ")
    assert flags == "1 flags show what the ledger holds"
    assert maturity.endswith("operation(s) state a maturity above the ledger's"), "the sample's older operations"


def test_a_late_look_asks_for_one_rung(stage: Stage) -> None:
    """However long nobody looked."""
    stage.scene.rise_to(KEY, "shadow")
    stage.scene.serve(timedelta(days=30))
    assert [assets for _, _, assets in asked(stage.tick(advancement).run_requests)] == [["exposure_1pct"]]


def test_a_repository_that_is_gone_is_one_sentence(stage: Stage) -> None:
    """The tick fails with it, and the others go on."""
    stage.scene.replace_settings('path = "monorepo"', 'path = "nowhere"')
    with pytest.raises(PrrError, match="nowhere"):
        stage.tick(repository)
    stage.tick(alerts)
    stage.tick(advancement)
