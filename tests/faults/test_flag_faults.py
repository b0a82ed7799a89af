"""A flag back end that lies, lags, throws or is down: nothing is done without a read-back, and the next try comes."""

from __future__ import annotations

import pytest

from prr_pipeline.control.guard import guard
from prr_pipeline.control.orders import Order, roll_back
from prr_pipeline.control.raising import ClimbResult, climb
from prr_pipeline.errors import StaleVersion
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat
from tests.faults import driver
from tests.faults.doubles import FaultyFlags, WithFlags
from tests.faults.scene import KEY, OTHER, Scene

FLAG = KEY.replace(":", "-")
FELIX = Order("person:felix", "errors in the logs")
FAULTS = ("ignores", "lags", "down", "throws")


@pytest.fixture
def flags(at_one: Scene) -> FaultyFlags:
    """The deployment's own back end, good until a fault begins."""
    return FaultyFlags(at_one.work.flags)


@pytest.fixture
def work(at_one: Scene, flags: FaultyFlags) -> WithFlags:
    """The workplace over it."""
    return WithFlags(at_one.work.settings, given=flags)


def tick(scene: Scene, work: WithFlags) -> str:
    """One guard tick; what a failed one said."""
    beat(scene.deployment.inbox)
    try:
        return guard(work)
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"


@pytest.mark.parametrize("fault", FAULTS)
def test_no_roll_back_is_reported_without_a_read_back(
    at_one: Scene, flags: FaultyFlags, work: WithFlags, fault: str
) -> None:
    """A person rolls back: not confirmed, not booked, people are paged; mended, the next tick does it and books it."""
    flags.begin(fault, [FLAG])
    [lowered] = roll_back(work, [KEY], FELIX)
    assert not lowered.confirmed
    state = at_one.state()
    assert state.lowering_open
    assert state.exposure.name == "1%"
    assert at_one.work.ledger.events(stream=KEY, types=(EventType.LOWERED,)) == []
    paged = [notice for notice in at_one.notices if notice["severity"] == "page"]
    assert [notice["title"] for notice in paged] == [f"{KEY} could not be lowered"]
    flags.begin("", [])
    tick(at_one, work)
    assert at_one.flag() == OFF
    assert (at_one.state().exposure, at_one.state().lowering_open) == (OFF, False)
    assert at_one.work.ledger.outbox.open_notices()[0].dedup_key == f"lowered/{KEY}/rolled_back/off"


@pytest.mark.parametrize("fault", FAULTS)
def test_the_guard_tries_again_at_every_tick(at_one: Scene, flags: FaultyFlags, work: WithFlags, fault: str) -> None:
    """An alert fires meanwhile: each tick tries, none claims success, and the first after the fault succeeds."""
    flags.begin(fault, [FLAG])
    at_one.alert()
    for _ in range(2):
        said = tick(at_one, work)
        assert at_one.work.ledger.events(stream=KEY, types=(EventType.LOWERED,)) == [], said
    assert len([n for n in at_one.notices if "could not be lowered" in n["title"]]) <= 1
    flags.begin("", [])
    tick(at_one, work)
    assert (at_one.flag(), at_one.state().exposure) == (OFF, OFF)


def test_a_raise_that_is_ignored_is_not_settled(at_one: Scene, flags: FaultyFlags, work: WithFlags) -> None:
    """The back end says OK and writes nothing: refused, the intent stays open, and mended it rises."""
    beat(at_one.deployment.inbox)
    flags.begin("ignores", [])
    tried = climb(work, KEY, "10%", "run:test")
    assert tried.result is ClimbResult.REFUSED
    assert "the flag shows 1% after the write of 10%" in tried.why
    assert (at_one.state().exposure.name, at_one.state().intent is not None) == ("1%", True)
    flags.begin("", [])
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.RAISED
    assert str(at_one.flag()) == "10%"


def test_a_raise_that_reads_back_late_is_settled_by_the_next_run(
    at_one: Scene, flags: FaultyFlags, work: WithFlags
) -> None:
    """The write is there, the read lags: not settled until a read shows it, and not written twice."""
    beat(at_one.deployment.inbox)
    flags.begin("lags", [FLAG])
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.REFUSED
    assert at_one.state().exposure.name == "1%"
    version = flags.real.read([FLAG])[FLAG].version
    flags.begin("", [])
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.RAISED
    assert flags.real.read([FLAG])[FLAG].version == version


def test_a_raise_that_timed_out_and_lands_is_settled(at_one: Scene, flags: FaultyFlags, work: WithFlags) -> None:
    """Until a read settles it the flag counts as unknown; then the ledger follows it to the approved target."""
    beat(at_one.deployment.inbox)
    flags.begin("lands", [])
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.REFUSED
    assert flags.land() == []
    flags.begin("", [])
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.RAISED
    assert (at_one.state().exposure.name, str(at_one.flag())) == ("10%", "10%")


def test_a_raise_that_timed_out_cannot_land_after_it_was_given_up(
    at_one: Scene, flags: FaultyFlags, work: WithFlags
) -> None:
    """A warning came, the intent was withdrawn: the write under way finds another version and is lost."""
    beat(at_one.deployment.inbox)
    flags.begin("lands", [])
    climb(work, KEY, "10%", "run:test")
    flags.begin("", [])
    at_one.alert(severity="warning")
    assert climb(work, KEY, "10%", "run:test").result is ClimbResult.WITHDRAWN
    [told] = flags.land()
    assert isinstance(told, StaleVersion)
    assert (at_one.state().exposure.name, str(at_one.flag())) == ("1%", "1%")
    tick(at_one, work)
    assert at_one.state().latch is None


def test_a_raise_that_timed_out_cannot_land_after_a_lowering(
    at_one: Scene, flags: FaultyFlags, work: WithFlags
) -> None:
    """An alert came and the flag went off: the write under way is lost."""
    beat(at_one.deployment.inbox)
    flags.begin("lands", [])
    climb(work, KEY, "10%", "run:test")
    flags.begin("", [])
    at_one.alert()
    tick(at_one, work)
    [told] = flags.land()
    assert isinstance(told, StaleVersion)
    assert (at_one.state().exposure, at_one.flag()) == (OFF, OFF)


def test_one_key_that_is_refused_holds_up_no_other(at_one: Scene, flags: FaultyFlags, work: WithFlags) -> None:
    """The back end refuses the write of both: each is written apart, and both are off in the same tick."""
    flags.begin("refuses", [])
    at_one.alert()
    at_one.alert("issueShares")
    tick(at_one, work)
    assert (at_one.flag(), at_one.flag(OTHER)) == (OFF, OFF)
    assert (at_one.state().exposure, at_one.state(OTHER).exposure) == (OFF, OFF)


def test_a_lowering_while_an_intent_is_open_at_the_bottom_is_not_undone(at_off: Scene) -> None:
    """Switched off by hand between intent and write: the raise loses, and a person must resume."""
    process = at_off.stopped(at_off.spawn(driver.climbing, KEY, "shadow", "before_flag_write=stop"))
    at_off.work.flags.lower_all({FLAG: OFF}, intent_id="somebody-else")
    at_off.resumed(process)
    for _ in range(2):
        at_off.round()
    assert at_off.flag() == OFF
    latch = at_off.state().latch
    assert latch is not None
    assert latch.kind is LatchKind.DRIFT
    at_off.start_again()
    at_off.round()
    assert at_off.flag() == SHADOW


def test_a_read_older_than_the_write_proves_nothing(at_one: Scene, flags: FaultyFlags, work: WithFlags) -> None:
    """A lagging copy shows off from before the climb: that is no read-back of this lowering."""
    flags.begin("lags", [])
    flags.seen[FLAG] = ExposureRecord(OFF, 1)
    [lowered] = roll_back(work, [KEY], FELIX)
    assert not lowered.confirmed
    assert at_one.state().lowering_open
