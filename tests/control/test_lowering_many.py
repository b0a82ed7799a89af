"""Many lowered by one order: latched, written, read back and booked together, and each by itself where that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from prr_pipeline.control.emergency import EVERYTHING, Wanted, roll_back_anyhow
from prr_pipeline.control.orders import roll_back
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.counters import Kept
from prr_pipeline.ledger.events import Draft, Event, EventType
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.rollout.state import LatchKind
from tests.control.own_ledger import LedgerWorkplace
from tests.control.scene import ORDER, Scene
from tests.control.test_orders import put_at_shadow

NAMES = ("createEntity", "issueShares", "getCapTable")


@pytest.fixture
def fleet(empty: Scene) -> Scene:
    """Three promotions at shadow."""
    for name in NAMES:
        put_at_shadow(empty, empty.open(name, needs=[]))
    return empty


def booked(scene: Scene) -> list[tuple[str, str]]:
    """What the ledger holds of the order: each latch and lowering, in order."""
    return [(event.stream, event.type) for event in scene.events(EventType.LATCHED, EventType.LOWERED)]


def test_a_fleet_is_latched_by_one_append_and_booked_by_another(fleet: Scene) -> None:
    """Three latches, three lowerings, nothing between; every one is told, and the record is sound."""
    keys = [f"{name}:beta" for name in NAMES]
    before = fleet.work.ledger.last_seq()
    lowered = roll_back(fleet.work, keys, ORDER)
    assert [(one.key, one.shown, one.confirmed, one.unrecorded) for one in lowered] == [
        (key, OFF, True, "") for key in keys
    ]
    assert booked(fleet) == [(key, "latched") for key in keys] + [(key, "lowered") for key in keys]
    assert fleet.work.ledger.last_seq() == before + 6
    assert {f"lowered/{key}/rolled_back/off" for key in keys} <= fleet.notices().keys()
    assert verify(fleet.work.ledger).is_sound
    for key in keys:
        state = fleet.state(key)
        assert state.flag_version == fleet.work.flags.read([state.flag_key])[state.flag_key].version
        assert (state.lowering_open, state.exposure) == (False, OFF)


class Interrupted(Ledger):
    """A ledger in which somebody holds a promotion right before the first lowering of many is booked."""

    interrupted = ""

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expect: Mapping[str, int] | None = None,
        wait: timedelta | None = None,
        keep: Kept | None = None,
    ) -> list[Event]:
        """Append; before the first batch of lowerings, hold one of its promotions."""
        if not self.interrupted and len(drafts) > 1 and all(d.type is EventType.LOWERED for d in drafts):
            self.interrupted = drafts[0].stream
            payload = {"by": "noor", "cause": "quicker", "kind": str(LatchKind.HELD), "lowers": False, "to": "off"}
            super().append([Draft(self.interrupted, EventType.LATCHED, payload, "person:noor")])
        return super().append(drafts, expect=expect, wait=wait, keep=keep)


def test_where_somebody_is_quicker_each_is_booked_by_itself(fleet: Scene) -> None:
    """The batch loses its compare-and-set as a whole; none of its lowerings is lost, and the hold stands behind."""
    work = LedgerWorkplace(fleet.work.settings, kind=Interrupted)
    halted = roll_back_anyhow(work, Wanted(scope=EVERYTHING), ORDER)
    assert all(one.confirmed and not one.unrecorded for one in halted)
    assert isinstance(work.ledger, Interrupted)
    key = work.ledger.interrupted
    work.ledger.close()
    fleet.reconnect()
    assert key
    hold = fleet.state(key).hold
    assert hold is not None
    assert hold.by == "noor"
    assert [kind for _, kind in booked(fleet)].count("lowered") == 3
    assert all(not fleet.state(f"{name}:beta").lowering_open for name in NAMES)
    assert verify(fleet.work.ledger).is_sound
