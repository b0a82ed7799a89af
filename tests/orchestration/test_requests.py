"""Requests for runs: one per piece of work, none beside a run, again after a pause while it failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from prr_pipeline.control.due import Due
from prr_pipeline.control.rejudge import Stale
from prr_pipeline.orchestration.ladders import has_asset, loaded_rungs
from prr_pipeline.orchestration.requests import (
    BASE_TAG,
    PROMOTION_TAG,
    busy_promotions,
    once_per_input,
    run_requests,
    why_none,
)
from prr_pipeline.orchestration.ticks import tick_name
from tests.orchestration.stage import every_asset

KEY = "createGrant:beta"
DUE = Due(KEY, "exposure_shadow", f"{KEY}/1/shadow/v4", "every required gate is open")
STALE = Stale(KEY, "abc-complete")
BASE = f"checklist/{KEY}/abc-complete"
JOB = dg.GraphDefinition(name="anything").to_job()
FAILED, SUCCESS = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance in memory that knows the partition."""
    with dg.DagsterInstance.ephemeral() as made:
        made.add_dynamic_partitions("promotions", [KEY])
        yield made


def ran(instance: dg.DagsterInstance, base: str, status: dg.DagsterRunStatus) -> None:
    """A run of that piece of work, ended (or not) just now."""
    instance.create_run_for_job(JOB, status=status, tags={BASE_TAG: base, PROMOTION_TAG: KEY})


def keys(requests: list[dg.RunRequest]) -> list[str]:
    """Their run keys."""
    return [request.run_key or "" for request in requests]


def test_the_first_try_is_number_nought(instance: dg.DagsterInstance) -> None:
    """With the tags that later looks find it by."""
    [request] = run_requests(instance, [DUE])
    assert request.run_key == f"{DUE.base}/try0"
    assert request.tags == {BASE_TAG: DUE.base, PROMOTION_TAG: KEY}
    assert request.partition_key == KEY


def test_nothing_due_asks_the_instance_nothing(instance: dg.DagsterInstance) -> None:
    """The common case is cheap."""
    assert run_requests(instance, []) == []
    assert once_per_input(instance, [], ["checklist"]) == []


@pytest.mark.parametrize("status", [FAILED, SUCCESS, dg.DagsterRunStatus.CANCELED])
def test_a_rung_run_that_ended_pauses_the_next_try(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> None:
    """It is still due, so it ended without a ledger event, however it ended."""
    ran(instance, DUE.base, status)
    assert run_requests(instance, [DUE]) == []


@pytest.mark.parametrize(
    "status",
    [
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ],
)
def test_an_unfinished_run_of_the_promotion_keeps_every_other_away(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    """Of whatever asset: a rung does not start beside a judgement."""
    ran(instance, "something/else", status)
    assert busy_promotions(instance) == {KEY}
    assert run_requests(instance, [DUE]) == []
    assert once_per_input(instance, [STALE], ["checklist"]) == []


def test_a_run_started_by_hand_counts_by_its_partition(instance: dg.DagsterInstance) -> None:
    """It has none of our tags."""
    instance.create_run_for_job(JOB, status=dg.DagsterRunStatus.STARTED, tags={"dagster/partition": KEY})
    assert busy_promotions(instance) == {KEY}


def test_a_run_of_no_promotion_keeps_nobody_away(instance: dg.DagsterInstance) -> None:
    """The agenda, for one."""
    instance.create_run_for_job(JOB, status=dg.DagsterRunStatus.STARTED)
    assert busy_promotions(instance) == set()
    assert keys(run_requests(instance, [DUE])) == [f"{DUE.base}/try0"]


def test_a_rung_without_an_asset_stops_no_other(instance: dg.DagsterInstance) -> None:
    """A ladder that came after the code location was loaded: Dagster would fail the tick for its unknown asset."""
    late = Due("issueShares:beta", "exposure_0_5pct", "issueShares:beta/1/0.5%/v4", "every required gate is open")
    assert keys(run_requests(instance, [late, DUE])) == [f"{DUE.base}/try0"]
    assert why_none(instance, [late]) == (
        "exposure_0_5pct of issueShares:beta: no such asset is loaded yet; reload the code location"
    )


def test_every_loaded_rung_and_stage_has_an_asset() -> None:
    """What may be asked for is what the definitions hold."""
    known = {key.to_user_string() for asset in every_asset() for key in asset.keys}
    assert {rung.asset_name for rung in loaded_rungs()} < known
    assert all(has_asset(name) for name in known)


def test_an_input_is_judged_once(instance: dg.DagsterInstance) -> None:
    """A run of it that succeeded is enough; another input is another run."""
    assert keys(once_per_input(instance, [STALE], ["checklist"])) == [f"{BASE}/try0"]
    ran(instance, BASE, SUCCESS)
    assert once_per_input(instance, [STALE], ["checklist"]) == []
    other = Stale(KEY, "def-complete")
    assert keys(once_per_input(instance, [other], ["checklist"])) == [f"checklist/{KEY}/def-complete/try0"]


def test_an_input_whose_run_failed_waits_for_its_pause(instance: dg.DagsterInstance) -> None:
    """Another number, not the same key, which Dagster would never launch again."""
    ran(instance, BASE, FAILED)
    assert once_per_input(instance, [STALE], ["checklist"]) == []


def test_a_promotion_without_a_partition_is_left_for_the_next_tick(instance: dg.DagsterInstance) -> None:
    """Dagster refuses a run of an unknown partition, and with it the whole tick."""
    assert once_per_input(instance, [Stale("other:beta", "abc")], ["checklist"]) == []


def test_a_schedule_names_its_runs_by_its_own_instant() -> None:
    """Two evaluations of one tick give one name."""
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=at) as context:
        assert tick_name(context) == "2026-11-02T0900Z"
    with dg.build_schedule_context(scheduled_execution_time=at + timedelta(minutes=1)) as context:
        assert tick_name(context) == "2026-11-02T0901Z"
