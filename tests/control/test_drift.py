"""Drift: a flag that shows something else than the ledger holds. Resolved downward only, and told each time."""

from __future__ import annotations

import json

from prr_pipeline.control.drift import sweep
from prr_pipeline.control.orders import Order, hold, resume
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.state import LatchKind
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"


def test_a_flag_found_below_its_rung_is_adopted_and_held(signed: Scene) -> None:
    """Somebody lowered 10% to 1%: the ledger follows, and nothing rises until a person resumes."""
    signed.rise_to(KEY, "10%")
    signed.write_flag(KEY, Exposure.share(100))
    assert signed.tick().adopted == (KEY,)
    state = signed.state(KEY)
    assert state.exposure.name == "1%"
    assert state.latch is not None
    assert state.latch.kind is LatchKind.DRIFT
    assert any(name.startswith("drift/") for name in signed.notices())
    signed.serve()
    assert "drift" in signed.climb(KEY, "10%").why
    resume(signed.work, KEY, ORDER)
    signed.serve()
    assert signed.climb(KEY, "10%").result == "raised"


def test_a_hold_stands_under_the_drift_that_is_adopted(signed: Scene) -> None:
    """Whoever takes the drift up lifts the drift alone."""
    signed.rise_to(KEY, "10%")
    hold(signed.work, KEY, Order("felix", "nothing moves until I say so"))
    signed.write_flag(KEY, Exposure.share(100))
    assert signed.tick().adopted == (KEY,)
    assert resume(signed.work, KEY, Order("jonas", "that was me")).latch is not None
    signed.tick()
    signed.serve()
    assert "held by felix: nothing moves until I say so" in signed.climb(KEY, "10%").why
    resume(signed.work, KEY, Order("felix", "go on"))
    assert signed.climb(KEY, "10%").result == "raised"


def test_an_adopted_dwell_starts_anew(signed: Scene) -> None:
    """The week before the drift is worth nothing."""
    signed.rise_to(KEY, "1%")
    signed.serve()
    signed.write_flag(KEY, signed.state(KEY).ladder.exposure(0))
    signed.tick()
    resume(signed.work, KEY, ORDER)
    signed.tick()
    assert "0 min of 7 d served at shadow" in signed.climb(KEY, "1%").why


def test_a_flag_found_off_is_a_roll_back(signed: Scene) -> None:
    """The kill switch of the back end ends the attempt."""
    signed.rise_to(KEY, "1%")
    signed.write_flag(KEY, OFF)
    signed.tick()
    state = signed.state(KEY)
    assert state.latch is not None
    assert (state.exposure, state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)


def test_a_flag_found_above_its_ceiling_is_lowered_to_it(signed: Scene) -> None:
    """Nobody raises past the ledger; the rung that was approved stays."""
    signed.rise_to(KEY, "1%")
    signed.write_flag(KEY, Exposure.share(5_000))
    signed.tick()
    state = signed.state(KEY)
    assert (state.exposure.name, signed.flag(KEY)) == ("1%", state.exposure)
    assert state.latch is not None
    assert state.latch.kind is LatchKind.DRIFT


def test_a_definition_that_is_not_ours_is_brought_to_off(signed: Scene) -> None:
    """What it serves cannot be told."""
    signed.rise_to(KEY, "1%")
    file = signed.deployment.flags_file
    data = json.loads(file.read_bytes())
    data["flags"]["createGrant-beta"]["targeting"] = {"if": [True, "on", "off"]}
    file.write_text(json.dumps(data))
    signed.tick()
    assert signed.flag(KEY) == OFF


def test_the_sweep_only_tells_of_open_promotions(signed: Scene) -> None:
    """Lowering and adopting them is the guard's; the sweep says it once, and once when it is over."""
    signed.rise_to(KEY, "1%")
    sweep(signed.work)
    signed.write_flag(KEY, Exposure.share(5_000))
    first = sweep(signed.work)
    assert list(first.drifted) == [KEY]
    assert [state.key for state in first.changed] == [KEY]
    assert f"drift-seen/{KEY}" in signed.notices()
    assert sweep(signed.work).changed == []
    assert len(signed.events(EventType.DRIFT_SEEN)) == 1
    signed.tick()
    assert sweep(signed.work).drifted == {}
    assert f"drift-seen/{KEY}" not in signed.notices()


def test_the_flag_of_an_ended_promotion_is_lowered_to_what_it_ended_with(signed: Scene) -> None:
    """Nobody watches its alerts any more, so nobody may raise it either."""
    signed.rise_to(KEY, "1%")
    signed.work.ledger.append([Draft(KEY, EventType.PROMOTION_ENDED, {"cause": "test"}, "run:test")])
    signed.write_flag(KEY, Exposure.share(5_000))
    found = sweep(signed.work)
    assert list(found.drifted) == [KEY]
    assert signed.flag(KEY) == signed.state(KEY).ladder.exposure(1)
    assert sweep(signed.work).drifted == {}


def test_an_ended_promotion_found_below_is_left_there(signed: Scene) -> None:
    """Reconciling never raises."""
    signed.rise_to(KEY, "1%")
    signed.work.ledger.append([Draft(KEY, EventType.PROMOTION_ENDED, {"cause": "test"}, "run:test")])
    signed.write_flag(KEY, OFF)
    sweep(signed.work)
    sweep(signed.work)
    assert signed.flag(KEY) == OFF
    assert len(signed.events(EventType.DRIFT_SEEN)) == 1


def test_an_open_intent_is_left_alone(signed: Scene) -> None:
    """Its target is the ceiling; a rung run settles it or gives it up."""
    intent = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": "i", "rung": 0, "to": "shadow"}
    signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "run:test")])
    signed.write_flag(KEY, signed.state(KEY).ladder.exposure(0))
    assert sweep(signed.work).drifted == {}
    signed.tick()
    assert signed.flag(KEY) == signed.state(KEY).ladder.exposure(0)


def test_flags_that_cannot_be_read_are_one_sentence(signed: Scene) -> None:
    """The sweep says so, and takes it for no difference."""
    file = signed.deployment.flags_file
    file.unlink()
    file.mkdir()
    found = sweep(signed.work)
    assert found.words.startswith("the flags cannot be read: ")
    assert (found.drifted, found.changed) == ({}, [])
