"""Dwell: seeded by the run that raises, booked by each tick, checkpointed into the chain by the hour of real time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.dwelling import read_dwell
from prr_pipeline.control.watching import watch
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import WEEK, Scene, ShiftedWorkplace

KEY = "createGrant:beta"
SOUND: dict[str, object] = {
    "at": "2026-11-02T09:00:00.000000Z", "epoch": "boot", "jump": None, "monotonic_us": 1, "served_us": 1,
    "step": "1/0/-", "unobserved_us": 0,
}  # fmt: skip
"""A row as this version writes it."""


def served(scene: Scene) -> timedelta | None:
    """Dwell served in the present stay; None before its first observation."""
    dwell = read_dwell(scene.work, scene.state(KEY))
    return dwell.served if dwell else None


def test_the_settle_seeds_the_stay(signed: Scene) -> None:
    """The run that raises has seen alerts and flag, so time counts from its settle, not from the next tick."""
    assert served(signed) is None
    signed.climb(KEY, "shadow")
    assert served(signed) == timedelta(0)
    signed.serve(timedelta(hours=5))
    assert served(signed) == timedelta(hours=5)


def test_nothing_is_booked_below_the_first_rung(signed: Scene) -> None:
    """There is nothing to serve."""
    signed.serve(timedelta(hours=5))
    assert served(signed) is None


def test_each_stay_starts_at_zero(signed: Scene) -> None:
    """A week at shadow is no week at 1%."""
    signed.rise_to(KEY, "1%")
    assert served(signed) == timedelta(0)


def test_a_gap_longer_than_the_cap_counts_as_the_cap(signed: Scene) -> None:
    """Nobody watched for six of the days."""
    signed.replace_settings('gap_cap = "31d"', 'gap_cap = "1d"')
    signed.rise_to(KEY, "shadow")
    signed.serve(timedelta(days=7))
    assert served(signed) == timedelta(days=1)


def test_a_lost_table_costs_the_dwell_and_raises_nothing(signed: Scene) -> None:
    """The mutable table is not the truth: without it the stay starts anew."""
    signed.rise_to(KEY, "shadow")
    signed.serve()
    signed.work.ledger.counters.delete("dwell", KEY)
    assert "0 min of 7 d served" in signed.climb(KEY, "1%").why


@pytest.mark.parametrize(
    "row",
    [{"weeks": 4}, {"at": SOUND["at"]}, {**SOUND, "served_us": "much"}, {**SOUND, "at": "noon"}],
    ids=["another version's", "cut", "text", "no instant"],
)
def test_a_row_of_another_shape_costs_the_dwell_and_stops_nothing(signed: Scene, row: dict[str, object]) -> None:
    """Neither a tick nor its lowering: the stay starts anew, as with a lost table."""
    signed.rise_to(KEY, "shadow")
    signed.serve()
    for table in ("dwell", "dwell_checkpoint"):
        signed.work.ledger.counters.put(table, KEY, row)
    assert served(signed) is None
    assert signed.tick().faults == {}
    assert served(signed) == timedelta(0)
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    assert signed.flag(KEY) == OFF


def test_a_dwell_of_another_stay_is_not_taken_over(signed: Scene) -> None:
    """Nor is one that somebody wrote for another rung."""
    signed.rise_to(KEY, "shadow")
    signed.serve()
    data = signed.work.ledger.counters.get("dwell", KEY)
    assert data is not None
    signed.climb(KEY, "1%")
    signed.work.ledger.counters.put("dwell", KEY, data)
    assert served(signed) is None


def test_once_an_hour_of_real_time_the_sum_goes_into_the_chain(signed: Scene) -> None:
    """However often it ticks and however fast the policy clock runs; the figures are those of the table."""
    signed.rise_to(KEY, "shadow")
    signed.serve(timedelta(days=2))
    signed.serve(timedelta(days=2))
    assert signed.events(EventType.DWELL_CHECKPOINTED) == []
    later = ShiftedWorkplace(signed.work.settings, ahead=timedelta(hours=1, seconds=1))
    for _ in range(3):
        beat(signed.deployment.inbox)
        watch(later)
    [event] = signed.events(EventType.DWELL_CHECKPOINTED)
    dwell = read_dwell(signed.work, signed.state(KEY))
    assert dwell is not None
    assert event.payload == {"served_seconds": 4 * 86_400, "step": dwell.step, "unobserved_seconds": 0}
    later.ledger.close()


def test_the_interval_of_checkpoints_is_the_settings(signed: Scene) -> None:
    """``checkpoint_every``."""
    signed.replace_settings("[policy]", '[policy]\ncheckpoint_every = "2h"')
    signed.rise_to(KEY, "shadow")
    signed.tick()
    for hours, expected in ((1, 0), (3, 1), (4, 1), (6, 2)):
        later = ShiftedWorkplace(signed.work.settings, ahead=timedelta(hours=hours))
        watch(later)
        later.ledger.close()
        assert len(signed.events(EventType.DWELL_CHECKPOINTED)) == expected, hours


def test_a_clock_that_jumps_holds_and_says_so(signed: Scene) -> None:
    """A file clock moves both hands, so a jump is made as another epoch of the monotonic one would show it."""
    signed.rise_to(KEY, "shadow")
    signed.serve(timedelta(days=1))
    right = signed.work.now()
    signed.clock.set(right - timedelta(days=40))
    signed.tick()
    dwell = read_dwell(signed.work, signed.state(KEY))
    assert dwell is not None
    assert dwell.jump is not None
    assert "went back" in dwell.jump
    refused = signed.climb(KEY, "1%")
    assert refused.decision is not None
    assert "the clock jumped" in " ".join(gate.why for gate in refused.decision.gates if gate.name == "dwell")
    assert (refused.result, signed.flag(KEY)) == ("refused", SHADOW)
    signed.clock.set(right)  # until then the gates of CI have ended at a time that lies ahead
    signed.run_ci()
    assert signed.judge(KEY) is GateState.OPEN
    signed.serve(WEEK)
    assert (served(signed) or timedelta(0)) >= timedelta(days=8)
