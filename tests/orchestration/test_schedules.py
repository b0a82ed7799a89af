"""Schedules as functions: what each asks for at an instant, and what it says when there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from prr_pipeline.control.after_ga import plan_game_day, record_maturity
from prr_pipeline.rollout.gates import GateState
from sensors.schedules import council_agenda, game_day_plan, readiness_refresh, stage_advancement
from tests.control.scene import ORIGIN, Scene
from tests.orchestration.stage import Stage, asked, staged

KEY = "createGrant:beta"


@pytest.fixture
def stage(signed: Scene) -> Iterator[Stage]:
    """``createGrant:beta`` is open and signed, its partition is there; Dagster's records lie on disk."""
    with staged(signed, on_disk=True) as made:
        made.instance.add_dynamic_partitions("promotions", [KEY])
        yield made


@pytest.fixture
def bare(empty: Scene) -> Iterator[Stage]:
    """Nothing is open."""
    with staged(empty, on_disk=True) as made:
        yield made


@pytest.mark.parametrize("schedule", [stage_advancement, readiness_refresh, game_day_plan], ids=lambda s: s.name)
def test_with_nothing_open_a_schedule_says_so(bare: Stage, schedule: dg.ScheduleDefinition) -> None:
    """A skipped tick has its reason in words."""
    requests, reasons = bare.scheduled(schedule, ORIGIN)
    assert requests == []
    assert len(reasons) == 1
    assert reasons[0]


def test_stage_advancement_asks_for_what_the_sensor_would(stage: Stage) -> None:
    """The same keys, so that both together start one run."""
    version = stage.scene.state(KEY).version
    requests, reasons = stage.scheduled(stage_advancement, ORIGIN)
    assert asked(requests) == [(f"{KEY}/1/shadow/v{version}/try0", KEY, ["exposure_shadow"])]
    assert reasons == []
    assert stage.carry_out(requests) == [True]
    assert stage.scheduled(stage_advancement, ORIGIN)[0] == []


def test_the_nightly_judgement_asks_for_every_open_promotion(stage: Stage) -> None:
    """Once per night: the key holds the tick's own instant."""
    requests, _ = stage.scheduled(readiness_refresh, ORIGIN)
    assert asked(requests) == [(f"checklist/{KEY}/2026-11-02T0900Z/try0", KEY, ["checklist", "prr_document"])]
    again, _ = stage.scheduled(readiness_refresh, ORIGIN)
    assert asked(again) == asked(requests)
    tomorrow, _ = stage.scheduled(readiness_refresh, ORIGIN + timedelta(days=1))
    assert asked(tomorrow) != asked(requests)


def test_the_nightly_judgement_closes_a_gate_without_any_commit(stage: Stage) -> None:
    """Attestations end after 170 days; the night after finds them gone."""
    stage.scene.clock.advance(timedelta(days=171))
    requests, _ = stage.scheduled(readiness_refresh, stage.scene.work.now())
    assert all(stage.carry_out(requests))
    assert stage.scene.judge(KEY) is not GateState.OPEN


def test_the_agenda_is_made_once_a_week(stage: Stage) -> None:
    """One run per tick."""
    [request], _ = stage.scheduled(council_agenda, ORIGIN)
    assert request.run_key == "council_agenda/2026-11-02T0900Z"


def test_the_quarter_asks_for_what_reached_everybody_and_is_not_planned(full: Scene) -> None:
    """And no more once it is."""
    with staged(full, on_disk=True) as stage:
        stage.instance.add_dynamic_partitions("promotions", ["createGrant:ga"])
        requests, _ = stage.scheduled(game_day_plan, ORIGIN)
        assert [(key, assets) for _, key, assets in asked(requests)] == [("createGrant:ga", ["chaos_game_day"])]
        record_maturity(full.work, "createGrant:ga", "run:test")
        plan_game_day(full.work, "createGrant:ga", "run:test")
        assert stage.scheduled(game_day_plan, ORIGIN) == ([], ["nothing waits for a game day"])


@pytest.mark.parametrize(
    ("schedule", "cron"),
    [
        (stage_advancement, "0 9 * * 1-5"),
        (council_agenda, "0 8 * * 1"),
        (readiness_refresh, "0 2 * * *"),
        (game_day_plan, "0 7 1 1,4,7,10 *"),
    ],
    ids=["weekdays", "Mondays", "nightly", "quarterly"],
)
def test_each_schedule_has_its_rhythm_in_utc(schedule: dg.ScheduleDefinition, cron: str) -> None:
    """Schedules are not lapsed with the demo's clock."""
    assert (schedule.cron_schedule, schedule.execution_timezone) == (cron, "UTC")
