"""What went wrong once is made good by the next ticks: a deleted partition, an outage, a ref that went back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dagster as dg

from prr_pipeline.control.rejudge import promotions_to_judge, promotions_with_new_records
from prr_pipeline.control.standing import readiness_gate
from prr_pipeline.orchestration.requests import once_per_input
from prr_pipeline.rollout.gates import GateState
from sensors.advancement import advancement
from sensors.promotions import promotions
from sensors.repository import repository
from sensors.schedules import readiness_refresh
from sensors.signoffs import signoffs
from tests.control.scene import ORIGIN, SPEC
from tests.orchestration.stage import Stage, asked, staged

KEY = "createGrant:beta"
PAGES = ["checklist", "prr_document"]


def delete_partition(stage: Stage) -> None:
    """What one click in the UI does."""
    stage.instance.delete_dynamic_partition("promotions", KEY)


def words(result: dg.SensorResult) -> str:
    """Why the tick was skipped."""
    reason = result.skip_reason
    return reason.skip_message or "" if isinstance(reason, dg.SkipReason) else reason or ""


def later(**span: float) -> datetime:
    """Real time from now on."""
    return datetime.now(UTC) + timedelta(**span)


def judgements(stage: Stage, now: datetime) -> list[dg.RunRequest]:
    """What the sensor `repository` asks for at that real time."""
    return once_per_input(stage.instance, promotions_to_judge(stage.scene.work), PAGES, now)


def gate(stage: Stage) -> GateState:
    """The readiness gate as the ticks read it."""
    return readiness_gate(stage.scene.work, stage.scene.state(KEY)).state


@contextmanager
def repository_gone(stage: Stage) -> Iterator[None]:
    """The monorepo cannot be reached for a moment."""
    there = stage.scene.deployment.monorepo
    away = there.rename(there.with_name("away"))
    yield
    away.rename(there)


def judge_as_asked(stage: Stage, now: datetime) -> None:
    """The one run that is asked for at that real time; it succeeds."""
    requests = judgements(stage, now)
    assert len(requests) == 1
    assert stage.carry_out(requests) == [True, True]


def test_a_deleted_partition_stops_no_other_promotion(stage: Stage) -> None:
    """Dagster fails a whole tick for a run of an unknown partition, so none is asked for."""
    other = stage.scene.agree(stage.scene.open("issueShares", needs=[]))
    stage.instance.add_dynamic_partitions("promotions", [other])
    delete_partition(stage)
    assert [key for _, key, _ in asked(stage.tick(advancement).run_requests)] == [other]


def test_a_deleted_partition_is_named_and_put_back(stage: Stage) -> None:
    """The due list says what is missing; the ledger says what is open; then the climb goes on."""
    cursor = stage.tick(promotions).cursor
    delete_partition(stage)
    assert words(stage.tick(advancement)) == f"{KEY}: no partition yet; the sensor `promotions` adds it"
    result = stage.tick(promotions, cursor)
    [added] = result.dynamic_partitions_requests or []
    assert list(added.partition_keys) == [KEY]
    assert (result.cursor, asked(result.run_requests)) == (cursor, [])
    assert words(result) == f"partitions put back that somebody deleted: {KEY}"
    stage.instance.add_dynamic_partitions("promotions", list(added.partition_keys))
    assert [assets for _, _, assets in asked(stage.tick(advancement).run_requests)] == [["exposure_shadow"]]
    assert words(stage.tick(promotions, cursor)) == "no promotion was opened since the last look"


def test_the_nightly_judgement_leaves_out_what_has_no_partition(stage: Stage) -> None:
    """The others are judged that night."""
    with staged(stage.scene, on_disk=True) as night:
        night.instance.add_dynamic_partitions("promotions", ["other:beta"])
        assert night.scheduled(readiness_refresh, ORIGIN) == ([], [])


def test_an_outage_after_a_good_judgement_of_the_same_commit_is_made_good(stage: Stage) -> None:
    """The run that succeeded for this head says nothing of the fault that was kept since."""
    stage.scene.edit(SPEC, lambda text: text + "\n# touched\n")
    stage.scene.commit()
    stage.scene.run_ci()
    assert stage.carry_out(stage.tick(repository).run_requests or []) == [True, True]
    assert words(stage.tick(repository)) == "no commit touched what was judged"
    with repository_gone(stage):
        assert not stage.run("checklist", KEY).success
    assert gate(stage) is GateState.UNKNOWN
    assert words(stage.tick(repository)) == "a run is under way or its pause has not passed"
    judge_as_asked(stage, later(seconds=11))
    assert gate(stage) is GateState.OPEN
    assert promotions_to_judge(stage.scene.work) == []


def test_an_outage_that_lasts_is_tried_again_at_a_growing_pause(stage: Stage) -> None:
    """A roster that differs from its pin fails every run: the fourth waits for 20 s."""
    people = stage.scene.deployment.folder / "roster" / "people.yaml"
    people.write_text(people.read_text().replace("Ines Duarte", "Ines D."))
    stage.scene.edit(SPEC, lambda text: text + "\n# touched\n")
    stage.scene.commit()
    for pause in (0, 5, 10):
        assert judgements(stage, later(seconds=pause - 1)) == [] or pause == 0
        [request] = judgements(stage, later(seconds=pause + 0.1))
        assert not stage.run("checklist", KEY, tags=request.tags).success
    assert judgements(stage, later(seconds=19)) == []
    assert len(judgements(stage, later(seconds=21))) == 1


def test_a_ref_that_goes_back_is_judged_again_where_it_was_judged_before(stage: Stage) -> None:
    """A force-push to an earlier commit: its run of then is no answer of now."""
    scene = stage.scene
    scene.edit(SPEC, lambda text: text + "\n# one\n")
    first = scene.commit()
    scene.run_ci()
    judge_as_asked(stage, later())
    scene.edit(SPEC, lambda text: text + "\n# two\n")
    scene.commit()
    judge_as_asked(stage, later())
    assert gate(stage) is GateState.UNKNOWN
    subprocess.run(["git", "-C", str(scene.deployment.monorepo), "reset", "-q", "--hard", first], check=True)
    judge_as_asked(stage, later(seconds=11))
    assert gate(stage) is GateState.OPEN


def test_a_record_whose_time_has_not_come_is_taken_in_later(stage: Stage) -> None:
    """The signer's clock was ahead by ten minutes: at the same head, without a commit, it counts when they are over."""
    scene = stage.scene
    scene.clock.advance(timedelta(minutes=10))
    scene.reviewer.sign(KEY, ("ines",))
    scene.commit()
    scene.clock.set(scene.clock.now() - timedelta(minutes=10))
    before = len(scene.state(KEY).signoffs)
    assert stage.carry_out(stage.tick(signoffs).run_requests or []) == [True]
    assert len(scene.state(KEY).signoffs) == before
    assert words(stage.tick(signoffs)) == "a run is under way or its pause has not passed"
    scene.clock.advance(timedelta(hours=1))
    found = promotions_with_new_records(scene.work)
    assert stage.carry_out(once_per_input(stage.instance, found, ["council_signoff"], later(seconds=6))) == [True]
    assert len(scene.state(KEY).signoffs) == before + 1
    assert words(stage.tick(signoffs)) == "no new record at the tracked ref"
