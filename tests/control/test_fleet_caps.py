"""Caps on raises, in the sensor's list of what is due and in the runs themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from prr_pipeline.control.due import due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.fleet_gates import read_fleet
from prr_pipeline.control.orders import roll_back
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.gates import GateReading, GateState
from tests.control.scene import ORDER, Scene

KEY, OTHER = "createGrant:beta", "issueShares:beta"


def capped(scene: Scene, **limits: object) -> None:
    """Have policy require the gate, with these limits."""
    rows = ", ".join(f"{name} = {value!r}".replace("'", '"') for name, value in limits.items())
    scene.set("policy", f'required_gates = ["blast_radius"]\nblast_radius = {{ {rows} }}')


def gate(scene: Scene, key: str = KEY) -> GateReading:
    """The gate as it stands."""
    return next(one for one in explain(scene.work, key).gates if one.name == "blast_radius")


@pytest.fixture
def two(signed: Scene) -> Scene:
    """Two promotions of one context that may both rise to shadow."""
    signed.agree(signed.open("issueShares", needs=[]))
    return signed


def test_no_more_runs_are_asked_for_than_may_rise(two: Scene) -> None:
    """The rest is due in a later tick; a run that was asked for all the same is refused, and says until when."""
    assert {due.key for due in due_list(two.work)} == {KEY, OTHER}
    capped(two, raises_per_tick=1, tick="10m")
    [first] = [due.key for due in due_list(two.work)]
    [other] = {KEY, OTHER} - {first}
    assert two.climb(first, "shadow").result == "raised"
    assert due_list(two.work) == []
    done = two.climb(other, "shadow")
    assert (done.result, "the cap is 1" in done.why) == ("refused", True)
    assert gate(two, other).until == two.work.now() + timedelta(minutes=10)
    two.clock.advance(timedelta(minutes=10))
    assert [due.key for due in due_list(two.work)] == [other]
    assert two.climb(other, "shadow").result == "raised"


def test_one_whose_runs_fail_keeps_nobody_waiting_for_ever(two: Scene) -> None:
    """Nothing rises, and in the next tick the other one is asked for."""
    capped(two, raises_per_tick=1, tick="10m")
    asked = []
    for _ in range(3):
        asked += [due.key for due in due_list(two.work)]
        two.clock.advance(timedelta(minutes=10))
    assert asked in ([KEY, OTHER, KEY], [OTHER, KEY, OTHER])


def test_a_wide_endpoint_waits_for_room_in_its_service(two: Scene) -> None:
    """With a width of 1% and one place: the second stays at shadow until the first is gone."""
    capped(two, raises_per_tick=9, wide_per_service=1, wide_from="1%")
    for key in (KEY, OTHER):
        two.rise_to(key, "shadow")
    two.serve()
    assert two.climb(KEY, "1%").result == "raised"
    assert "1 of equity stand at or above 1%; the cap is 1: createGrant:beta" in two.climb(OTHER, "1%").why
    roll_back(two.work, [KEY], ORDER)
    assert two.climb(OTHER, "1%").result == "raised"


def test_no_cap_holds_back_a_lowering(two: Scene) -> None:
    """Used up or not."""
    capped(two, raises_per_tick=1)
    two.rise_to(KEY, "shadow")
    two.alert("Down", "critical", operation_id="createGrant")
    two.tick()
    assert two.flag(KEY) == OFF


def test_it_is_not_used_unless_policy_asks(signed: Scene) -> None:
    """Shown, and skipped."""
    assert gate(signed).state is GateState.NOT_USED


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"raises_per_tick": 0}, "policy.blast_radius.raises_per_tick"),
        ({"wide_from": "shadow"}, "'shadow' is no share of the users"),
        ({"wide_from": "lots"}, "'lots' is no exposure"),
        ({"tick": "soon"}, "'soon' is no duration"),
        ({"tick": "0s"}, "policy.blast_radius.tick"),
        ({"raises": 3}, "policy.blast_radius.raises: unknown key; valid: raises_per_tick, tick, wide_from"),
    ],
)
def test_a_limit_that_is_none_is_told_with_its_place(signed: Scene, limits: dict[str, object], words: str) -> None:
    """When the settings are read."""
    with pytest.raises(PrrError, match=words):
        capped(signed, **limits)


@pytest.mark.parametrize("required", [True, False], ids=["required", "not required"])
def test_what_cannot_be_counted_closes_the_gate_and_ends_no_tick(risen: Scene, required: bool) -> None:
    """Where policy asks for it, it is unknown, with the reason; elsewhere nobody counts."""
    if required:
        capped(risen)
    odd = replace(risen.state(KEY), raised_at=(datetime(2026, 11, 2),))  # noqa: DTZ001 (of no zone: it cannot be compared)
    facts = read_fleet(risen.work, {KEY: odd}, risen.work.now())
    found = facts.optional(risen.work, odd, {}, risen.work.now())
    assert {name: reading.state for name, reading in found.items()} == (
        {"blast_radius": GateState.UNKNOWN} if required else {}
    )
    assert all("TypeError" in reading.why for reading in found.values())
