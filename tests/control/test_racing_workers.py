"""Two workers at one promotion: what comes in between the steps of a raise or of a lowering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pytest

from prr_pipeline.control.gather import read_world
from prr_pipeline.control.latching import latch
from prr_pipeline.control.lowering import lower
from prr_pipeline.control.orders import Order, hold, resume
from prr_pipeline.control.raising import climb
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import Capabilities, ExposureRecord, FlagBackend
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.guardrails import Lowering, step_down_to
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"
ONE = Exposure.share(100)


@dataclass
class Interrupted:
    """A back end after whose first write to 1% something else happens."""

    real: FlagBackend
    then: Callable[[], object]
    name: str = "interrupted"
    done: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return self.real.capabilities

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        return self.real.read(keys)

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        record = self.real.write(key, exposure, expected_version=expected_version, intent_id=intent_id)
        if exposure == ONE and not self.done:
            self.done = True
            self.then()
        return record

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        return self.real.lower_all(targets, intent_id=intent_id)


@dataclass(frozen=True)
class InterruptedWorkplace(Workplace):
    """A workplace over such a back end."""

    given: FlagBackend = field(kw_only=True)

    @cached_property
    def flags(self) -> FlagBackend:
        return self.given


def raised_while(scene: Scene, then: Callable[[], object]) -> str:
    """How a climb from shadow to 1% ends when something else happens between the flag's write and the settle."""
    scene.rise_to(KEY, "shadow")
    scene.serve()
    work = InterruptedWorkplace(scene.work.settings, given=Interrupted(scene.work.flags, then))
    beat(scene.deployment.inbox)
    result = climb(work, KEY, "1%", "run:test").result
    work.ledger.close()
    return result


def test_a_signoff_that_comes_in_while_the_flag_rises_takes_nothing_back(signed: Scene) -> None:
    """The run settles what it has raised, against the promotion as it is now."""

    def sign_once_more() -> None:
        last = signed.events(EventType.SIGNOFF_ACCEPTED, key=KEY)[-1]
        signed.work.ledger.append([Draft(KEY, EventType.SIGNOFF_ACCEPTED, last.payload, "run:other")])

    assert raised_while(signed, sign_once_more) == "raised"
    state = signed.state(KEY)
    assert (state.exposure, state.intent, signed.flag(KEY)) == (ONE, None, ONE)
    assert signed.tick().adopted == ()


def test_a_hold_that_comes_in_while_the_flag_rises_holds_it_there(signed: Scene) -> None:
    """It was given for the rung that users see."""
    assert raised_while(signed, lambda: hold(signed.work, KEY, ORDER)) == "raised"
    state = signed.state(KEY)
    assert (state.exposure, state.latch and state.latch.kind) == (ONE, LatchKind.HELD)


def test_a_roll_back_that_comes_in_while_the_flag_rises_wins(signed: Scene) -> None:
    """No repeated try gets past its latch."""

    def roll_back_now() -> None:
        reason = {KEY: Lowering(OFF, LatchKind.ROLLED_BACK, "alert")}
        latch(signed.work, reason, {KEY: signed.state(KEY)}, "sensor:alerts")

    assert raised_while(signed, roll_back_now) == "withdrawn"
    signed.tick()
    assert (signed.state(KEY).exposure, signed.flag(KEY)) == (OFF, OFF)


@pytest.mark.parametrize("resumed", [False, True], ids=["latched", "resumed meanwhile"])
def test_two_workers_that_serve_one_step_down_are_no_drift(signed: Scene, resumed: bool) -> None:
    """The later one moves the flag's version once more, and books that it did."""
    signed.rise_to(KEY, "10%")
    reasons = {KEY: step_down_to(ONE, "stepped down by felix: test")}
    latch(signed.work, reasons, {KEY: signed.state(KEY)}, "person:felix")
    seen = {KEY: signed.state(KEY)}
    lower(signed.work, reasons, seen, "person:felix")
    if resumed:
        resume(signed.work, KEY, Order("felix", "it is mended"))
    lower(signed.work, reasons, seen, "sensor:alerts")
    assert signed.tick().adopted == ()
    state = signed.state(KEY)
    assert (state.exposure, signed.flag(KEY)) == (ONE, ONE)
    assert not any(name.startswith("drift/") for name in signed.notices())


def test_a_raise_between_the_reading_of_ledger_and_flags_is_no_drift(signed: Scene) -> None:
    """The tick sees the rung that the flag shows, and lowers nothing."""
    signed.rise_to(KEY, "shadow")
    signed.serve()
    beat(signed.deployment.inbox)
    other = Workplace(signed.work.settings)
    ends: list[str] = []
    work = ReadWhile(signed.work.settings, given=Overtaken(signed.work.flags, lambda: ends.append(
        climb(other, KEY, "1%", "run:test").result)))  # fmt: skip
    tick = watch(work)
    assert (ends, tick.lowered, tick.adopted, tick.faults) == (["raised"], (), (), {})
    assert (signed.flag(KEY), signed.state(KEY).exposure, signed.state(KEY).latch) == (ONE, ONE, None)
    other.ledger.close()
    work.ledger.close()


def test_what_changes_at_every_look_is_unknown_and_stays_as_it_is(signed: Scene) -> None:
    """Neither raised nor lowered: flag and ledger cannot be compared."""
    signed.rise_to(KEY, "shadow")
    last = signed.events(EventType.SIGNOFF_ACCEPTED, key=KEY)[-1]
    signoff = Draft(KEY, EventType.SIGNOFF_ACCEPTED, last.payload, "run:other")
    restless = Overtaken(signed.work.flags, lambda: signed.work.ledger.append([signoff]), always=True)
    work = ReadWhile(signed.work.settings, given=restless)
    beat(signed.deployment.inbox)
    world = read_world(work)
    assert (world.flags, world.flag_fault) == ({}, "")
    assert watch(work).lowered == ()
    work.ledger.close()


@dataclass
class Overtaken(Interrupted):
    """A back end at whose first read something else happens; ``always``: at every one."""

    always: bool = False

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        if self.always or not self.done:
            self.done = True
            self.then()
        return self.real.read(keys)


class ReadWhile(InterruptedWorkplace):
    """A workplace over such a back end."""
