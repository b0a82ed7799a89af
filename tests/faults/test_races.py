"""Two processes at once, and workers that stop and go on too late: no double advance, and nothing is too high."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from prr_pipeline.control.failpoints import LOWERING, RAISING
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.audit import verify
from prr_pipeline.rollout.state import LatchKind
from tests.faults import driver
from tests.faults import scene as scenes
from tests.faults.scene import KEY, Scene
from tests.faults.tally import TALLY

RACES = int(os.environ.get("PRR_RACES", "8"))
TIGHT_S = 0.03
"""About as long as an open intent takes to be finished: within it, everything overlaps."""
ROUNDS = 3


def race(base: Scene, folder: Path, setting: Callable[[Scene], None], *racers: tuple[object, ...]) -> Scene:
    """One race over a copy: all processes leave the line at once; afterwards nothing was too high."""
    scene = scenes.copy(base, folder)
    setting(scene)
    start = scene.start(len(racers), TIGHT_S)
    with scene.watching() as watcher:
        processes = [scene.spawn(act, *arguments, "", start) for act, *arguments in racers]  # type: ignore[arg-type]
        codes = [scene.ended(process) for process in processes]
    TALLY["races"] += 1
    assert codes == [0] * len(racers)
    assert watcher.violations(scene.work.ledger) == []
    return scene


def ended(scene: Scene) -> None:
    """The record is whole; the copy goes."""
    assert verify(scene.work.ledger).faults == ()
    scene.close()
    shutil.rmtree(scene.deployment.folder, ignore_errors=True)


def count(scene: Scene, kind: str) -> int:
    """Events of one type in the promotion's stream."""
    return sum(event.type == kind for event in scene.work.ledger.events(stream=KEY))


def as_it_is(scene: Scene) -> None:
    """No setting of its own."""


@pytest.mark.parametrize("number", range(RACES))
def test_a_roll_back_wins_against_a_raise(begun: Scene, tmp_path: Path, number: int) -> None:
    """Whoever writes first, a person's roll back stands: the flag is off, and the ledger says so."""
    scene = race(begun, tmp_path / "d", as_it_is, (driver.climbing, KEY, "10%"), (driver.rolling_back, KEY))
    assert scene.flag() == OFF
    state = scene.state()
    assert (state.exposure, state.latch and state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)
    assert scene.rounds_to_rest(ROUNDS) == 0
    ended(scene)


@pytest.mark.parametrize("number", range(RACES))
def test_two_runs_of_one_rung_raise_once(begun: Scene, tmp_path: Path, number: int) -> None:
    """Two runs finish the same intent: one settles it, and neither goes further."""
    scene = race(begun, tmp_path / "d", as_it_is, (driver.climbing, KEY, "10%"), (driver.climbing, KEY, "10%"))
    scene.rounds_to_rest(ROUNDS)
    assert scene.state().exposure.name == "10%"
    assert (count(scene, "intent_written"), count(scene, "intent_settled")) == (3, 3)
    ended(scene)


@pytest.mark.parametrize("number", range(3))
def test_two_whole_runs_of_one_rung_raise_once(climbed: Scene, tmp_path: Path, number: int) -> None:
    """The same from the judgement on: the intent is written once."""
    scene = race(climbed, tmp_path / "d", as_it_is, (driver.climbing, KEY, "10%"), (driver.climbing, KEY, "10%"))
    scene.rounds_to_rest(ROUNDS)
    assert scene.state().exposure.name == "10%"
    assert (count(scene, "intent_written"), count(scene, "intent_settled")) == (3, 3)
    ended(scene)


@pytest.mark.parametrize("number", range(RACES))
def test_two_guards_lower_once(climbed: Scene, tmp_path: Path, number: int) -> None:
    """Two ticks see the same alert: the flag is off, and the roll back is booked once."""
    scene = race(climbed, tmp_path / "d", Scene.alert, (driver.guarding,), (driver.guarding,))
    assert scene.flag() == OFF
    assert count(scene, "lowered") == 1
    assert scene.rounds_to_rest(ROUNDS) == 0
    ended(scene)


@pytest.mark.parametrize("number", range(RACES))
def test_a_guard_and_a_raise_end_at_off(begun: Scene, tmp_path: Path, number: int) -> None:
    """An alert fires while an intent is finished: within a round more the flag is off."""
    scene = race(begun, tmp_path / "d", Scene.alert, (driver.climbing, KEY, "10%"), (driver.guarding,))
    scene.round()
    assert scene.flag() == OFF
    assert scene.rounds_to_rest(ROUNDS) == 0
    ended(scene)


@pytest.mark.parametrize("place", RAISING)
def test_a_stopped_raise_that_goes_on_after_a_lowering_changes_nothing(at_one: Scene, place: str) -> None:
    """The alert came while the worker stood still; when it goes on, the flag stays off."""
    worker = at_one.stopped(at_one.spawn(driver.climbing, KEY, "10%", f"{place}=stop"))
    at_one.alert()
    with at_one.watching() as watcher:
        at_one.guard()
        assert at_one.flag() == OFF
        at_one.resumed(worker)
        assert at_one.flag() == OFF
    assert at_one.rounds_to_rest(ROUNDS) == 0
    assert at_one.state().exposure == OFF
    assert watcher.violations(at_one.work.ledger) == []


@pytest.mark.parametrize("place", RAISING[1:3])
def test_a_stopped_raise_that_goes_on_after_a_withdrawal_changes_nothing(at_one: Scene, place: str) -> None:
    """Another run gave the intent up because of a warning: the late write is lost, and 1% stands."""
    worker = at_one.stopped(at_one.spawn(driver.climbing, KEY, "10%", f"{place}=stop"))
    at_one.alert(severity="warning")
    with at_one.watching() as watcher:
        at_one.round()
        assert at_one.state().intent is None
        at_one.resumed(worker)
        assert at_one.flag() == at_one.state().exposure
    assert (at_one.state().exposure.name, at_one.state().latch) == ("1%", None)
    assert watcher.violations(at_one.work.ledger) == []
    at_one.resolve(severity="warning")
    at_one.round()
    assert at_one.state().exposure.name == "10%"


@pytest.mark.parametrize("place", RAISING)
def test_a_stopped_raise_that_goes_on_after_another_run_advances_nothing_twice(at_one: Scene, place: str) -> None:
    """Another run finished the same step; the late one finds it done."""
    worker = at_one.stopped(at_one.spawn(driver.climbing, KEY, "10%", f"{place}=stop"))
    with at_one.watching() as watcher:
        at_one.rounds_to_rest(ROUNDS)
        at_one.round()
        at_one.resumed(worker)
    assert at_one.rounds_to_rest(ROUNDS) == 0
    assert at_one.state().exposure.name == "10%"
    assert (count(at_one, "intent_written"), count(at_one, "intent_settled")) == (3, 3)
    assert watcher.violations(at_one.work.ledger) == []


@pytest.mark.parametrize("place", LOWERING)
def test_a_stopped_lowering_that_goes_on_after_a_new_start_is_not_booked_over_it(at_one: Scene, place: str) -> None:
    """Another tick lowered, a person signed and resumed, it climbed to shadow; then the late one goes on.

    It may lower again, which is always allowed; but ledger and flag agree, and a roll back booked before is not booked
    a second time.
    """
    at_one.alert()
    worker = at_one.stopped(at_one.spawn(driver.guarding, f"{place}=stop"))
    with at_one.watching() as watcher:
        at_one.guard()
        at_one.resolve()
        at_one.start_again()
        at_one.round()
        assert at_one.state().exposure.name == "shadow"
        at_one.resumed(worker)
        at_one.rounds_to_rest(ROUNDS)
    if place in ("after_lower_flags", "before_lowered", "after_lowered"):
        assert (at_one.state().exposure.name, count(at_one, "lowered")) == ("shadow", 1)
    else:
        assert at_one.state().exposure == OFF
    assert watcher.violations(at_one.work.ledger) == []
