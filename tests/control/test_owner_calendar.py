"""Freeze and window in the zone of the owner: an office that is closed lets nothing rise, wherever the others sit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import ORIGIN, Scene

KEY, OTHER = "createGrant:beta", "createEntity:beta"
WINDOW = 'window = { days = [0, 1, 2, 3], start = "09:00", end = "16:00", zone = "UTC" }'
ALL_DAY = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
    "DTSTART;VALUE=DATE:20261103\r\nDTEND;VALUE=DATE:20261104\r\nSUMMARY:elections\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def states(scene: Scene, gate: str) -> dict[str, GateState]:
    """The gate of each promotion now."""
    world = read_world(scene.work)
    return {key: getattr(facts_for(scene.work, world, state), gate).state for key, state in world.states.items()}


@pytest.fixture
def zoned(signed: Scene) -> Scene:
    """Equity sits in Los Angeles, nine hours behind; Entity lifecycle follows the calendars."""
    signed.open("createEntity", needs=[])
    signed.replace_settings("window = false", f'{WINDOW}\nowner_zones = {{ equity = "America/Los_Angeles" }}')
    return signed


def test_each_owner_has_its_own_office_hours(zoned: Scene) -> None:
    """At 9 UTC it is 1 in the night there; at 18 UTC the others have gone home."""
    assert states(zoned, "window") == {KEY: GateState.CLOSED, OTHER: GateState.OPEN}
    done = zoned.climb(KEY, "shadow")
    assert (done.result, "outside the advance window of America/Los_Angeles" in done.why) == ("refused", True)
    world = read_world(zoned.work)
    assert facts_for(zoned.work, world, zoned.state(KEY)).window.until == ORIGIN + timedelta(hours=8)
    zoned.clock.set(ORIGIN + timedelta(hours=9))
    assert states(zoned, "window") == {KEY: GateState.OPEN, OTHER: GateState.CLOSED}
    assert zoned.climb(KEY, "shadow").result == "raised"


def test_a_whole_day_of_freeze_is_the_owners_day(zoned: Scene) -> None:
    """3 November ends eight hours later in Los Angeles than in UTC."""
    (zoned.deployment.folder / "freeze.ics").write_text(ALL_DAY)
    for hours, expected in ((14, (False, False)), (16, (False, True)), (24, (True, True)), (41, (True, False))):
        zoned.clock.set(ORIGIN + timedelta(hours=hours))
        found = states(zoned, "freeze")
        frozen = (found[KEY] is GateState.CLOSED, found[OTHER] is GateState.CLOSED)
        assert frozen == expected, hours


def test_no_office_hours_hold_back_a_lowering(zoned: Scene) -> None:
    """A critical alert in the night brings the flag to off."""
    zoned.clock.set(ORIGIN + timedelta(hours=9))
    zoned.rise_to(KEY, "shadow")
    zoned.clock.set(ORIGIN + timedelta(hours=23))
    zoned.alert("Down", "critical", operation_id="createGrant")
    zoned.tick()
    assert zoned.flag(KEY) == OFF


def test_a_zone_that_there_is_not_is_told_with_its_place(signed: Scene) -> None:
    """When the settings are read, not in the night."""
    with pytest.raises(PrrError, match=r"calendars\.owner_zones\.Equity: There is no time zone 'Europe/Berln'"):
        signed.set("calendars", 'owner_zones = { Equity = "Europe/Berln" }')
