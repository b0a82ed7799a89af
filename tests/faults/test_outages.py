"""The ledger is locked, full, read-only, damaged or gone while an alert fires: the flag goes down all the same."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner

from prr_pipeline.cli import app
from prr_pipeline.control.guard import guard
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.audit import verify
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat
from tests.faults import driver
from tests.faults.doubles import OUTAGES
from tests.faults.scene import KEY, OTHER, Scene

TICK_LIMIT_S = 4.0
"""From the start of the tick to the flag at off: 2 s may go into waiting for the ledger."""
REASON = ("--by", "felix", "--reason", "errors in the logs")


@dataclass
class Stopwatch:
    """A thread that notes when the flag shows off. It looks once more after it is stopped: a tick may end between two
    of its looks."""

    scene: Scene
    started: float = field(default_factory=time.monotonic)
    seconds: float | None = None

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        self._stop.set()
        self._thread.join()
        return self.seconds

    def _watch(self) -> None:
        last = False
        while not last:
            last = self._stop.is_set()
            if self.scene.flag() == OFF:
                self.seconds = time.monotonic() - self.started
                return
            time.sleep(0.005)


def tick(work: Workplace, scene: Scene) -> str:
    """One guard tick, whether it fails or not."""
    beat(scene.deployment.inbox)
    try:
        return guard(work)
    except PrrError as fault:
        return str(fault)


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_alert_lowers_without_the_ledger_within_one_tick(at_one: Scene, outage: str) -> None:
    """One tick later the flag is off, people know, the other promotion stands; and once the ledger is back the flag
    found off is booked as a roll back, from which a signed attempt climbs."""
    with OUTAGES[outage](at_one) as work:
        at_one.alert()
        watch = Stopwatch(at_one)
        said = tick(work, at_one)
        seconds = watch.stop()
        print(f"\n{outage}: off after {seconds:.2f} s: {said[:150]}" if seconds is not None else f"\n{outage}: {said}")
        assert seconds is not None
        assert seconds < TICK_LIMIT_S
        assert at_one.flag(OTHER) == SHADOW
        assert any(KEY in notice["title"] for notice in at_one.notices)
        tick(work, at_one)
        assert at_one.flag() == OFF
    at_one.resolve()
    at_one.rounds_to_rest()
    state = at_one.state()
    assert (state.exposure, state.latch and state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)
    assert "found off" in (state.latch.cause if state.latch else "")
    assert sum(e.type == "lowered" for e in at_one.work.ledger.events(stream=KEY)) == 1
    at_one.start_again()
    at_one.round()
    assert (at_one.state().attempt, at_one.state().exposure, at_one.flag()) == (2, SHADOW, SHADOW)
    assert at_one.state(OTHER).exposure == SHADOW
    assert verify(at_one.work.ledger).faults == ()


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_alone_moves_nothing(at_one: Scene, outage: str) -> None:
    """Doubt holds: no alert, so every flag stays; once the ledger is back, the climb goes on."""
    with OUTAGES[outage](at_one) as work:
        said = tick(work, at_one)
        assert "lowered" not in said
        assert str(at_one.flag()) == "1%"
        assert at_one.flag(OTHER) == SHADOW
    at_one.rounds_to_rest()
    at_one.round()
    assert at_one.state().exposure.name == "10%"


@pytest.mark.parametrize("outage", ["locked", "deleted_before_start", "damaged"])
@pytest.mark.parametrize("indexed", [True, False], ids=["index", "no_index"])
def test_the_command_rolls_back_without_the_ledger(at_one: Scene, outage: str, indexed: bool) -> None:
    """`prr rollback` reads the flag back and says what it could not record; without an index it takes the flag key."""
    with OUTAGES[outage](at_one):
        what: tuple[str, ...] = (KEY,)
        if not indexed:
            (at_one.deployment.folder / ".prr" / "flag-index.json").unlink()
            what = ("--flag-key", KEY.replace(":", "-"))
        settings = str(at_one.deployment.settings_file)
        done = CliRunner().invoke(app, ["--settings", settings, "rollback", *what, *REASON])
        assert done.exit_code == 0, done.output
        assert "Not recorded" in done.output
        assert at_one.flag() == OFF
        assert at_one.flag(OTHER) == SHADOW
    at_one.rounds_to_rest()
    assert at_one.state().latch is not None
    assert at_one.state().exposure == OFF


def test_an_older_copy_of_the_ledger_lets_nothing_rise(at_one: Scene) -> None:
    """A restored backup ends before the exported head: the guard lowers by it, and no run raises."""
    with OUTAGES["deleted_before_start"](at_one) as work:
        assert work.ledger.may_only_lower is not None
        at_one.alert()
        tick(work, at_one)
        assert at_one.flag() == OFF
        at_one.resolve()
        tick(work, at_one)
        assert work.ledger.states() == {}
    at_one.rounds_to_rest()


def test_many_latches_together_wait_no_longer_than_one(at_one: Scene) -> None:
    """Both promotions alert while the ledger is locked: both flags are off within the tick."""
    with OUTAGES["locked"](at_one) as work:
        at_one.alert()
        at_one.alert("issueShares")
        watch = Stopwatch(at_one)
        tick(work, at_one)
        seconds = watch.stop()
        assert seconds is not None
        assert seconds < TICK_LIMIT_S
        assert (at_one.flag(), at_one.flag(OTHER)) == (OFF, OFF)


def test_a_ledger_that_comes_back_in_the_middle_gets_the_latch_with_the_lowering(at_one: Scene) -> None:
    """The latch was not taken, the lowering is: without its latch the attempt would go on and climb again."""
    at_one.alert()
    with OUTAGES["locked"](at_one):
        guarding = at_one.stopped(at_one.spawn(driver.guarding, "after_latch=stop"))
    at_one.resumed(guarding)
    kinds = [event.type for event in at_one.work.ledger.events(stream=KEY)][-3:]
    assert {"latched", "lowered"} <= set(kinds)
    at_one.resolve()
    for _ in range(2):
        at_one.round()
    state = at_one.state()
    assert (state.exposure, state.latch and state.latch.kind, at_one.flag()) == (OFF, LatchKind.ROLLED_BACK, OFF)
