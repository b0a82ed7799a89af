"""An order to stay holds from its answer on: a raise that is under way is withdrawn, and what has landed is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pytest

from prr_pipeline.control.calling_back import CalledBack, call_back
from prr_pipeline.control.line_orders import stop_line
from prr_pipeline.control.orders import hold
from prr_pipeline.control.raising import Climb, climb
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Unavailable
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import Capabilities, ExposureRecord, FlagBackend
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.scope import EVERYTHING
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"
ONE, TEN = Exposure.share(100), Exposure.share(1_000)


@dataclass
class Slow:
    """A back end before (or, ``landed``, after) whose first write to 10% something else happens."""

    real: FlagBackend
    meanwhile: Callable[[], object]
    landed: bool = False
    done: bool = False
    name: str = "slow"

    @property
    def capabilities(self) -> Capabilities:
        return self.real.capabilities

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        return self.real.read(keys)

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        first, self.done = exposure == TEN and not self.done, True
        if first and not self.landed:
            self.meanwhile()
        record = self.real.write(key, exposure, expected_version=expected_version, intent_id=intent_id)
        if first and self.landed:
            self.meanwhile()
        return record

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        return self.real.lower_all(targets, intent_id=intent_id)


@dataclass
class Shut(Slow):
    """A back end that takes no write."""

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        raise Unavailable("The flags are read-only for a while.")


@dataclass(frozen=True)
class At(Workplace):
    """A workplace over such a back end."""

    given: FlagBackend = field(kw_only=True)

    @cached_property
    def flags(self) -> FlagBackend:
        return self.given


def raised_while(scene: Scene, meanwhile: Callable[[], object], *, landed: bool = False) -> Climb:
    """How a climb from 1% to 10% ends when something happens right at the flag's write."""
    scene.serve()
    work = At(scene.work.settings, given=Slow(scene.work.flags, meanwhile, landed))
    beat(scene.deployment.inbox)
    done = climb(work, KEY, "10%", "run:test")
    work.ledger.close()
    return done


def stop(scene: Scene) -> tuple[CalledBack, ...]:
    """Stop the line everywhere."""
    return stop_line(scene.work, EVERYTHING, ORDER).called_back


def keep(scene: Scene) -> tuple[CalledBack, ...]:
    """Hold the one promotion."""
    told: list[CalledBack] = []
    hold(scene.work, KEY, ORDER, told.append)
    return tuple(told)


@pytest.mark.parametrize("order", [stop, keep], ids=["stop of the line", "hold"])
def test_no_raise_lands_after_the_order(risen: Scene, order: Callable[[Scene], tuple[CalledBack, ...]]) -> None:
    """Its worker stood right before the write: the flag's version has moved, and the ledger holds no intent."""
    told: list[CalledBack] = []
    assert raised_while(risen, lambda: told.extend(order(risen))).result == "withdrawn"
    state = risen.state(KEY)
    assert (risen.flag(KEY), state.exposure, state.intent) == (ONE, ONE, None)
    assert [one.words for one in told] == [f"The raise of {KEY} to 10% that was under way is withdrawn."]
    assert len(risen.events(EventType.INTENT_WITHDRAWN)) == 1
    assert (risen.tick().adopted, risen.tick().lowered) == ((), ()), "the version that moved is the ledger's"


@pytest.mark.parametrize("order", [stop, keep], ids=["stop of the line", "hold"])
def test_what_has_landed_is_said_and_settled(risen: Scene, order: Callable[[Scene], tuple[CalledBack, ...]]) -> None:
    """The flag never stands above what the ledger knows; the order keeps the rung that users see."""
    told: list[CalledBack] = []
    assert raised_while(risen, lambda: told.extend(order(risen)), landed=True).result == "raised"
    assert (risen.flag(KEY), risen.state(KEY).exposure) == (TEN, TEN)
    [one] = told
    assert one.words.startswith(
        f"The raise of {KEY} to 10% was not withdrawn: The flag createGrant-beta was raised to 10%"
    )


def test_without_the_flags_the_order_stands_and_says_what_may_land(risen: Scene) -> None:
    """The intent stays open, for the run that goes on: it gives up by itself, or the next try withdraws it."""
    told: list[CalledBack] = []

    def blind() -> None:
        work = At(risen.work.settings, given=Shut(risen.work.flags, list))
        told.extend(stop_line(work, EVERYTHING, ORDER).called_back)
        assert work.ledger.line().orders
        work.ledger.close()

    raised_while(risen, blind)
    assert [one.left for one in told] == ["The flags are read-only for a while."]


def test_where_nothing_is_under_way_nothing_is_written(risen: Scene) -> None:
    """Neither at the flag nor in the ledger, also for a key that is not there."""
    before = risen.state(KEY)
    assert call_back(risen.work, [KEY, "nothing:ga"], "why", "felix") == ()
    assert risen.state(KEY) == before
