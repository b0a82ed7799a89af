"""A cool-down in Dagster: the sensor asks for the run of the rung it stands at, and that run lets it go."""

from __future__ import annotations

from datetime import timedelta

from sensors.advancement import advancement
from tests.control.metering import KEY, metered
from tests.control.scene import Scene
from tests.control.test_cooling import fall
from tests.orchestration.stage import metadata, staged

DAY = timedelta(days=1)


def test_the_run_of_the_rung_ends_the_cool_down(signed: Scene) -> None:
    """Asked for when it is over, green, and with what it did; the next tick asks for nothing."""
    signed.rise_to(KEY, "1%")
    fall(metered(signed, policy=""))
    with staged(signed) as stage:
        stage.instance.add_dynamic_partitions("promotions", [KEY])
        assert list(stage.tick(advancement).run_requests or []) == []
        signed.clock.advance(DAY)
        signed.tick()
        [asked] = stage.tick(advancement).run_requests or []
        assert [key.to_user_string() for key in asked.asset_selection or []] == ["exposure_shadow"]
        result = stage.run("exposure_shadow", KEY)
        assert result.success
        shown = metadata(result, "exposure_shadow")
        assert "its cool-down is over" in shown["outcome"]
        assert shown["status"] == "climbing"
        assert signed.state(KEY).latch is None
        assert list(stage.tick(advancement).run_requests or []) == []
