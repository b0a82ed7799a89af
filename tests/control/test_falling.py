"""What a tick lowers takes its dependants along in that very tick, directly or not, in cycles too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from prr_pipeline.control.replaying import replay
from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.state import LatchKind
from tests.control.scene import Scene

BASE, MIDDLE, TOP = "createEntity:beta", "createGrant:beta", "issueShares:beta"
CHAIN = {"createEntity": (), "createGrant": ("createEntity",), "issueShares": ("createGrant",)}
CYCLE = {**CHAIN, "createEntity": ("issueShares",)}
ONE = Exposure.share(100)


def put_at(scene: Scene, key: str, rung: int) -> None:
    """Book the rungs up to this one as settled and make the flag show the last, without the way there."""
    ladder, flag_key = scene.state(key).ladder, scene.state(key).flag_key
    scene.write_flag(key, ladder.exposure(rung))
    version = scene.work.flags.read([flag_key])[flag_key].version
    for place, name in enumerate(ladder.names[: rung + 1]):
        told = {"from": str(scene.state(key).exposure), "intent_id": f"{key}/{place}", "rung": place}
        told |= {"to": str(ladder.exposure(place)), "flag_version": version}
        written = Draft(key, EventType.INTENT_WRITTEN, {**told, "attempt": 1}, "run:test")
        scene.work.ledger.append([written])
        scene.work.ledger.append([Draft(key, EventType.INTENT_SETTLED, told, "run:test")])
        assert scene.state(key).exposure.name == name


def risen(scene: Scene, needs: Mapping[str, Sequence[str]]) -> Scene:
    """Three promotions with these dependencies, all at 1%."""
    for key in [scene.open(name, needs=list(others)) for name, others in needs.items()]:
        put_at(scene, key, 1)
    assert scene.tick().lowered == ()
    return scene


def lowered(scene: Scene) -> dict[str, str]:
    """One tick; which promotion went where, as the flags show it too."""
    found = {one.key: str(one.to) for one in scene.tick().lowered}
    assert {key: str(scene.flag(key)) for key in found} == found
    return found


@pytest.mark.parametrize("needs", [CHAIN, CYCLE], ids=["chain", "cycle"])
def test_what_is_found_off_takes_everything_above_it_along(empty: Scene, needs: Mapping[str, Sequence[str]]) -> None:
    """Roll backs all, each with its own cause, in one tick; the next one has nothing to do."""
    risen(empty, needs)
    empty.write_flag(BASE, OFF)
    assert lowered(empty) == {BASE: "off", MIDDLE: "off", TOP: "off"}
    causes = {key: latch.cause for key in (BASE, MIDDLE, TOP) if (latch := empty.state(key).latch)}
    assert causes[BASE].startswith("the flag was found off")
    assert causes[MIDDLE].startswith(f"dependency {BASE} was rolled back")
    assert "was rolled back" in causes[TOP]
    assert empty.tick().lowered == ()


def test_what_is_below_stays(empty: Scene) -> None:
    """A dependency needs nothing of its dependants."""
    risen(empty, CHAIN)
    empty.write_flag(MIDDLE, OFF)
    assert lowered(empty) == {MIDDLE: "off", TOP: "off"}
    assert empty.flag(BASE) == ONE


def test_what_is_stepped_down_takes_along_to_its_rung(empty: Scene) -> None:
    """No further than the dependency itself goes; the latches say why."""
    risen(empty, CHAIN)
    empty.write_flag(BASE, Exposure.share(5000))
    put_down = {"by": "sensor", "cause": "regression: errors", "kind": "stepped_down", "lowers": True, "to": "shadow"}
    empty.work.ledger.append([Draft(BASE, EventType.LATCHED, put_down, "sensor")])
    assert lowered(empty) == {BASE: "shadow", MIDDLE: "shadow", TOP: "shadow"}
    latch = empty.state(TOP).latch
    assert latch is not None
    assert (latch.kind, latch.to) == (LatchKind.STEPPED_DOWN, SHADOW)


def test_a_dependant_at_off_is_left(empty: Scene) -> None:
    """It has nothing to lose, and keeps its attempt."""
    risen(empty, CHAIN)
    key = empty.open("getCapTable", needs=["createEntity"])
    empty.write_flag(BASE, OFF)
    assert key not in lowered(empty)
    assert empty.state(key).latch is None


def test_one_that_cannot_be_judged_falls_as_well(empty: Scene) -> None:
    """Its guardrails tell, without a decision."""
    risen(empty, CHAIN)
    row = empty.work.ledger.counters.get("readiness", MIDDLE) or {}
    empty.work.ledger.counters.put("readiness", MIDDLE, {**row, "editors": [5]})
    empty.write_flag(BASE, OFF)
    assert lowered(empty) == {BASE: "off", MIDDLE: "off", TOP: "off"}


def test_the_decisions_of_those_that_fall_can_be_made_again(empty: Scene) -> None:
    """They are recorded with what they were made from: dependencies that stand where the tick brings them."""
    risen(empty, CHAIN)
    empty.write_flag(BASE, OFF)
    tick = empty.tick()
    assert tick.decisions[TOP].verdict.word == "roll back"
    assert tick.decisions[TOP].causes[0].startswith("dependency ")
    for key in (BASE, MIDDLE, TOP):
        found = replay(empty.work, key)
        assert (found.checked > 0, found.without_inputs, found.first) == (True, 0, None)
