"""Somebody writes the flag past the pipeline: upward is lowered, downward is taken over, off ends the attempt."""

from __future__ import annotations

import pytest

from prr_pipeline.control.drift import sweep
from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.state import LatchKind
from tests.faults.scene import KEY, Scene


def shares(*percents: float) -> list[Exposure]:
    return [Exposure.share(round(percent * 100)) for percent in percents]


@pytest.mark.parametrize("raised", shares(1.01, 10, 50, 100), ids=str)
def test_a_flag_raised_by_hand_is_lowered_to_its_rung_in_one_tick(at_one: Scene, raised: Exposure) -> None:
    """And latched: a person must resume, and is told."""
    at_one.edit_flag(raised)
    at_one.guard()
    assert str(at_one.flag()) == "1%"
    latch = at_one.state().latch
    assert latch is not None
    assert (latch.kind, str(latch.to)) == (LatchKind.DRIFT, "1%")
    assert any(f"{KEY} lowered to 1%" == notice["title"] for notice in at_one.notices)
    at_one.round()
    assert at_one.state().exposure.name == "1%"
    at_one.start_again()
    at_one.serve_dwell()
    at_one.round()
    assert at_one.state().exposure.name == "10%"


@pytest.mark.parametrize("raised", [SHADOW, *shares(1, 100)], ids=str)
def test_a_flag_raised_by_hand_below_the_first_rung_goes_off(at_off: Scene, raised: Exposure) -> None:
    """No attempt was under way, so a resume is enough to go on."""
    at_off.edit_flag(raised)
    at_off.guard()
    assert at_off.flag() == OFF
    latch = at_off.state().latch
    assert latch is not None
    assert latch.kind is LatchKind.DRIFT
    at_off.start_again()
    at_off.round()
    assert at_off.flag() == SHADOW


@pytest.mark.parametrize("found", [SHADOW, *shares(0.5)], ids=str)
def test_a_flag_lowered_by_hand_is_taken_over_and_never_raised_back(at_one: Scene, found: Exposure) -> None:
    """The ledger follows to the rung at or below, a person is told, and nothing rises until they resume."""
    at_one.edit_flag(found)
    with at_one.watching() as watcher:
        at_one.guard()
        at_one.rounds_to_rest()
        for _ in range(2):
            at_one.serve_dwell()
            at_one.round()
        assert at_one.flag() == SHADOW
    assert all(s.shown is None or s.shown <= found for s in watcher.samples if s.flag_key == KEY.replace(":", "-"))
    assert at_one.state().exposure == SHADOW
    assert any("lowered outside the pipeline" in notice["title"] for notice in at_one.notices)
    at_one.start_again()
    at_one.round()
    assert at_one.flag() == SHADOW
    at_one.serve_dwell()
    at_one.round()
    assert str(at_one.flag()) == "1%"


def test_a_flag_switched_off_by_hand_ends_the_attempt(at_one: Scene) -> None:
    """It counts as a roll back: to climb again takes a new sign-off."""
    at_one.edit_flag(OFF)
    at_one.guard()
    state = at_one.state()
    assert state.latch is not None
    assert (state.exposure, state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)
    at_one.round()
    assert at_one.flag() == OFF
    at_one.start_again()
    at_one.round()
    assert (at_one.state().attempt, at_one.flag()) == (2, SHADOW)


@pytest.mark.parametrize("scene", ["at_one", "at_off"])
def test_a_definition_that_is_not_ours_goes_off(scene: str, request: pytest.FixtureRequest) -> None:
    """What it serves cannot be told, so it serves nothing; on a rung that ends the attempt."""
    found: Scene = request.getfixturevalue(scene)
    found.edit_flag(None)
    assert found.flag() is None
    found.guard()
    assert found.flag() == OFF
    latch = found.state().latch
    assert latch is not None
    assert latch.kind is (LatchKind.ROLLED_BACK if scene == "at_one" else LatchKind.DRIFT)


def test_a_raise_by_hand_while_an_intent_is_open_goes_down_to_what_is_settled(begun_copy: Scene) -> None:
    """The lowering ends the intent too: its target is no longer approved."""
    begun_copy.edit_flag(Exposure.share(5_000))
    begun_copy.guard()
    assert str(begun_copy.flag()) == "1%"
    assert begun_copy.state().intent is None
    assert begun_copy.rounds_to_rest() == 0


def test_a_flag_of_an_ended_promotion_is_swept_downward_only(at_one: Scene) -> None:
    """Raised by hand after the end: lowered to where it ended. Lowered by hand: told once, and left."""
    ended = Draft(KEY, EventType.PROMOTION_ENDED, {"cause": "a test"}, "run:test")
    at_one.work.ledger.append([ended])
    at_one.edit_flag(Exposure.share(5_000))
    assert KEY in sweep(at_one.work).drifted
    assert str(at_one.flag()) == "1%"
    at_one.edit_flag(OFF)
    for _ in range(2):
        sweep(at_one.work)
    assert at_one.flag() == OFF
    seen = at_one.work.ledger.events(stream=KEY, types=(EventType.DRIFT_SEEN,))
    assert len(seen) == 2
