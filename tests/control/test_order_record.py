"""No order is lost in silence: who ordered a lowering is kept, also where another was quicker or all was off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from prr_pipeline.control.emergency import EVERYTHING, Halted, Wanted, roll_back_anyhow, step_down_recorded
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Unavailable
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.counters import Kept
from prr_pipeline.ledger.events import Draft, Event, EventType
from prr_pipeline.ledger.store import Ledger
from tests.control.own_ledger import LedgerWorkplace
from tests.control.scene import Scene
from tests.control.test_orders import put_at_shadow

UP, IDLE = "createEntity:beta", "issueShares:beta"
FIRST, SECOND = Order("p1", "r1"), Order("p2", "r2")


@dataclass
class Quicker:
    """Somebody in another process who gives the same order while ours is announced."""

    scene: Scene
    wanted: Wanted

    def __call__(self, words: Sequence[str]) -> None:
        roll_back_anyhow(Workplace(self.scene.work.settings), self.wanted, SECOND)


class Forgetful(Ledger):
    """A ledger that takes everything but orders."""

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expect: Mapping[str, int] | None = None,
        wait: timedelta | None = None,
        keep: Kept | None = None,
    ) -> list[Event]:
        """Refuse what keeps an order."""
        if any(draft.type is EventType.LOWERING_ORDERED for draft in drafts):
            raise Unavailable("The ledger is locked.")
        return super().append(drafts, expect=expect, wait=wait, keep=keep)


def up_and_idle(scene: Scene) -> Scene:
    """One at shadow, and one at off."""
    put_at_shadow(scene, scene.open("createEntity", needs=[]))
    scene.open("issueShares", needs=[])
    return scene


def unrecorded(halted: Sequence[Halted]) -> dict[str, str]:
    """What is said not to be recorded, by key."""
    return {one.key: one.unrecorded for one in halted if one.unrecorded}


def test_of_two_who_order_the_same_at_once_both_are_kept(empty: Scene) -> None:
    """One latch serves both; the slower one's name and reason stand in the ledger all the same."""
    everything = Wanted(scope=EVERYTHING)
    halted = roll_back_anyhow(up_and_idle(empty).work, everything, FIRST, Quicker(empty, everything))
    assert {(one.key, one.shown, one.confirmed) for one in halted} == {(UP, "off", True), (IDLE, "off", True)}
    assert unrecorded(halted) == {}
    assert [event.actor for event in empty.events(EventType.LATCHED)] == ["p2"]
    told = {event.actor: event.payload for event in empty.events(EventType.LOWERING_ORDERED)}
    assert told["p1"] == {"by": "p1", "reason": "r1", "served": [UP], "spared": [IDLE]}
    assert told["p2"] == {"by": "p2", "reason": "r2", "served": [], "spared": [IDLE]}
    assert empty.flag(UP) == OFF


def test_an_order_for_what_is_off_already_is_kept(empty: Scene) -> None:
    """Nobody's attempt ends, but who wanted everything off, and why, is known."""
    empty.open("issueShares", needs=[])
    roll_back_anyhow(empty.work, Wanted(scope=EVERYTHING), FIRST)
    [event] = empty.events(EventType.LOWERING_ORDERED)
    assert event.payload == {"by": "p1", "reason": "r1", "served": [], "spared": [IDLE]}
    assert empty.state(IDLE).latch is None


def test_an_order_that_its_own_latch_tells_of_is_told_once(empty: Scene) -> None:
    """Also where an older and stricter latch stays in front of it."""
    up_and_idle(empty)
    roll_back_anyhow(empty.work, Wanted((UP,)), SECOND)
    roll_back_anyhow(empty.work, Wanted((UP,)), FIRST)
    assert [event.actor for event in empty.events(EventType.LATCHED)] == ["p2", "p1"]
    assert empty.events(EventType.LOWERING_ORDERED) == []


def test_an_order_that_the_ledger_does_not_take_is_said_not_to_be_recorded(empty: Scene) -> None:
    """The flags are low all the same, and what another's latch tells stays as it is."""
    work = LedgerWorkplace(up_and_idle(empty).work.settings, kind=Forgetful)
    halted = roll_back_anyhow(work, Wanted((UP,)), FIRST, Quicker(empty, Wanted((UP,))))
    assert [(one.key, one.confirmed) for one in halted] == [(UP, True)]
    assert unrecorded(halted) == {UP: "who ordered it, and why (The ledger is locked.)"}


def test_a_step_down_is_kept_by_its_latch_alone(risen: Scene) -> None:
    """Where nobody else is at it, no second event tells the same."""
    step_down_recorded(risen.work, ["createGrant:beta"], FIRST)
    assert [event.actor for event in risen.events(EventType.LATCHED)] == ["p1"]
    assert risen.events(EventType.LOWERING_ORDERED) == []
