"""kill -9 at every write boundary, alone and in pairs: the quiet rounds after it converge, and nothing was too high."""

from __future__ import annotations

from itertools import product

import pytest

from prr_pipeline.control.failpoints import ADOPTING, LOWERING, RAISING, WITHDRAWING
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.audit import verify
from tests.faults import driver
from tests.faults.scene import KEY, OTHER, Scene
from tests.faults.watcher import Watcher

KILLED = -9
ROUNDS = 3
"""A promotion must be at rest within so many rounds after the last kill."""


def judge(scene: Scene, watcher: Watcher) -> None:
    """What holds after every case: no sample too high, the record whole, the other promotion as it was."""
    assert watcher.looks > 0
    assert watcher.violations(scene.work.ledger) == []
    assert verify(scene.work.ledger).faults == ()
    assert (scene.flag(OTHER), scene.state(OTHER).exposure) == (SHADOW, SHADOW)


def reaches(scene: Scene, rung: str) -> None:
    """The promotion is not stranded: after what a person owes it, it comes to the rung."""
    scene.start_again()
    for _ in range(ROUNDS):
        if scene.state().exposure.name == rung:
            break
        scene.round()
    assert scene.state().exposure.name == rung
    assert scene.at_rest()


@pytest.mark.parametrize("place", RAISING)
def test_a_raise_from_off_survives_a_kill(at_off: Scene, place: str) -> None:
    """Killed anywhere on the way to shadow, it is there within three rounds."""
    with at_off.watching() as watcher:
        assert at_off.run(driver.rounds, 1, f"{place}=kill") == KILLED
        at_off.rounds_to_rest(ROUNDS)
        reaches(at_off, "shadow")
    judge(at_off, watcher)


@pytest.mark.parametrize("place", RAISING)
def test_a_raise_from_a_rung_survives_a_kill(at_one: Scene, place: str) -> None:
    """Killed anywhere on the way to 10%, it is there within three rounds, and no further."""
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{place}=kill") == KILLED
        at_one.rounds_to_rest(ROUNDS)
        reaches(at_one, "10%")
    judge(at_one, watcher)


@pytest.mark.parametrize("place", LOWERING)
def test_a_lowering_survives_a_kill(at_one: Scene, place: str) -> None:
    """Killed anywhere on the way down, the flag is off and the roll back is booked once; signed anew, it climbs."""
    at_one.alert()
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{place}=kill") == KILLED
        at_one.round()
        at_one.rounds_to_rest(ROUNDS - 1)
        assert (at_one.flag(), at_one.state().exposure) == (OFF, OFF)
        assert sum(e.type == "lowered" for e in at_one.work.ledger.events(stream=KEY)) == 1
        at_one.resolve()
        reaches(at_one, "shadow")
    judge(at_one, watcher)


@pytest.mark.parametrize("place", ADOPTING)
def test_an_adoption_survives_a_kill(at_one: Scene, place: str) -> None:
    """Killed while it takes over a flag lowered by hand, the ledger follows within three rounds and holds."""
    at_one.edit_flag(SHADOW)
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{place}=kill") == KILLED
        at_one.rounds_to_rest(ROUNDS)
        assert at_one.state().exposure == SHADOW
        assert at_one.state().latch is not None
        at_one.start_again()
        at_one.serve_dwell()
        reaches(at_one, "1%")
    judge(at_one, watcher)


@pytest.mark.parametrize("place", WITHDRAWING)
@pytest.mark.parametrize("stopped", ["after_intent", "before_flag_write"])
def test_a_withdrawal_survives_a_kill(at_one: Scene, stopped: str, place: str) -> None:
    """A warning comes while an intent is open: killed while it is withdrawn, 1% stands, and later it rises."""
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{stopped}=kill") == KILLED
        at_one.alert(severity="warning")
        assert at_one.run(driver.rounds, 1, f"{place}=kill") == KILLED
        at_one.rounds_to_rest(ROUNDS)
        assert (at_one.state().exposure.name, at_one.state().latch) == ("1%", None)
        at_one.resolve(severity="warning")
        reaches(at_one, "10%")
    judge(at_one, watcher)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), list(product(RAISING, RAISING)))
def test_a_raise_survives_two_kills(at_one: Scene, first: str, second: str) -> None:
    """Killed, and killed again while it is mended."""
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{first}=kill") == KILLED
        at_one.run(driver.rounds, 2, f"{second}=kill")
        at_one.rounds_to_rest(ROUNDS)
        reaches(at_one, "10%")
    judge(at_one, watcher)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), list(product(RAISING, LOWERING)))
def test_a_raise_that_died_is_lowered_whatever_kills_that(at_one: Scene, first: str, second: str) -> None:
    """Killed on the way up, then an alert, then killed on the way down: off within three rounds."""
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{first}=kill") == KILLED
        at_one.alert()
        assert at_one.run(driver.rounds, 1, f"{second}=kill") == KILLED
        at_one.round()
        at_one.rounds_to_rest(ROUNDS - 1)
        assert (at_one.flag(), at_one.state().exposure) == (OFF, OFF)
        at_one.resolve()
        reaches(at_one, "shadow")
    judge(at_one, watcher)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), list(product(LOWERING, LOWERING)))
def test_a_lowering_survives_two_kills(at_one: Scene, first: str, second: str) -> None:
    """Killed, and killed again by the next tick: off, and booked once."""
    at_one.alert()
    with at_one.watching() as watcher:
        assert at_one.run(driver.rounds, 1, f"{first}=kill") == KILLED
        at_one.run(driver.rounds, 1, f"{second}=kill")
        at_one.round()
        at_one.rounds_to_rest(ROUNDS - 1)
        assert (at_one.flag(), at_one.state().exposure) == (OFF, OFF)
        assert sum(e.type == "lowered" for e in at_one.work.ledger.events(stream=KEY)) == 1
        at_one.resolve()
        reaches(at_one, "shadow")
    judge(at_one, watcher)
