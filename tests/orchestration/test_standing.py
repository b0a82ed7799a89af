"""Pages of rungs tell where a promotion stands: anew after each change and once a day, and not on every tick."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from prr_pipeline.control.orders import roll_back, step_down
from prr_pipeline.orchestration.standing import tell_standing
from sensors.alerts import alerts
from sensors.standing import standing
from tests.control.scene import ORDER
from tests.control.test_isolation import sicken
from tests.orchestration.stage import Stage

KEY = "createGrant:beta"
FORGED = ["not a number", "-1", "9" * 5_000, "{}", '{"seq": 999999999, "at": "", "left": [], "fell": {}}', "[" * 9_999]


def told(result: dg.SensorResult) -> dict[str, dict[str, object]]:
    """What each rung's page shows, by asset."""
    found = [event for event in result.asset_events if isinstance(event, dg.AssetMaterialization)]
    assert all(event.partition == KEY for event in found)
    return {e.asset_key.to_user_string(): {k: v.value for k, v in e.metadata.items()} for e in found}


def test_what_is_standing_is_told_at_first_and_then_only_after_a_change(stage: Stage) -> None:
    """A tick in which nothing changed writes nothing."""
    stage.scene.rise_to(KEY, "shadow")
    stage.scene.tick()
    first = stage.tick(standing)
    assert set(told(first)) == {"exposure_shadow"}
    again = stage.tick(standing, first.cursor)
    assert told(again) == {}
    assert told(stage.tick(standing, again.cursor)) == {}


def test_a_decision_that_differs_is_told_on_the_page_of_the_rung(stage: Stage) -> None:
    """What the rise could not know yet is there after the guard's next look."""
    stage.scene.rise_to(KEY, "shadow")
    stage.scene.tick()
    cursor = stage.tick(standing).cursor
    stage.scene.serve()
    page = told(stage.tick(standing, cursor))["exposure_shadow"]
    assert (page["rung"], page["next_step"]) == ("shadow", "rise to 1%")
    assert f"prr show {KEY}" in str(page["as_of"])


def test_the_dwell_that_is_served_is_told_anew_each_day(stage: Stage) -> None:
    """Once, however many ticks a day has."""
    stage.scene.rise_to(KEY, "shadow")
    stage.scene.tick()
    cursor = stage.tick(standing).cursor
    days = []
    for _ in range(6):
        stage.scene.serve(timedelta(hours=8))
        result = stage.tick(standing, cursor)
        cursor = result.cursor
        days += [page["in_the_way"] for page in told(result).values()]
    assert len(days) == 2
    assert days[0] != days[1]


def test_after_a_step_down_the_rung_above_tells_what_is_left_and_what_is_next(stage: Stage) -> None:
    """At once what users get, and with the next look the gates and the next step."""
    stage.scene.rise_to(KEY, "10%")
    cursor = stage.tick(standing).cursor
    step_down(stage.scene.work, KEY, ORDER)
    at_once = told(stage.tick(alerts))["exposure_10pct"]
    assert (at_once["exposure_pct"], at_once["rung"], at_once["state"]) == (1.0, "1%", "lowered")
    pages = told(stage.tick(standing, cursor))
    assert set(pages) == {"exposure_1pct", "exposure_10pct"}
    above = pages["exposure_10pct"]
    assert (above["exposure_pct"], above["state"], above["status"]) == (1.0, "lowered", "stepped down")
    assert "prr resume" in str(above["next_step"])
    assert {"earliest", "gates", "in_the_way", "as_of"} <= above.keys()
    assert "state" not in pages["exposure_1pct"]


def test_after_a_roll_back_every_rung_that_was_reached_tells_it(stage: Stage) -> None:
    """With no traffic no rung stands, and none is left telling of a climb."""
    stage.scene.rise_to(KEY, "1%")
    cursor = stage.tick(standing).cursor
    roll_back(stage.scene.work, [KEY], ORDER)
    result = stage.tick(standing, cursor)
    assert {asset: page["status"] for asset, page in told(result).items()} == {
        "exposure_shadow": "rolled back",
        "exposure_1pct": "rolled back",
    }
    assert told(stage.tick(standing, result.cursor)) == {}


@pytest.mark.parametrize("cursor", FORGED)
def test_a_forged_cursor_hides_nothing(stage: Stage, cursor: str) -> None:
    """All that stands is told, as before the first tick."""
    stage.scene.rise_to(KEY, "shadow")
    assert set(told(stage.tick(standing, cursor))) == {"exposure_shadow"}


def test_what_is_too_much_for_a_tick_is_told_by_the_next(stage: Stage) -> None:
    """The cursor keeps who is left, and how high it stood when it fell."""
    stage.scene.rise_to(KEY, "10%")
    first = stage.tick(standing).cursor
    step_down(stage.scene.work, KEY, ORDER)
    found, cursor = tell_standing(stage.scene.work, first, limit=0)
    assert found == []
    result = stage.tick(standing, cursor)
    assert set(told(result)) == {"exposure_1pct", "exposure_10pct"}
    assert told(stage.tick(standing, result.cursor)) == {}


def test_a_promotion_that_cannot_be_judged_is_left_out_and_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The tick goes on for the others; the guard tells people of it."""
    stage.scene.rise_to(KEY, "shadow")
    sicken(stage.scene, KEY)
    assert told(stage.tick(standing)) == {}
    assert f"{KEY} is not told" in caplog.text
