"""S10: no clock trick makes dwell pass early, over a hundred thousand random jumps and for any single observation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.clock import Reading
from prr_pipeline.rollout.dwell import Dwell, book
from prr_pipeline.rollout.readings import dwell_gate
from tests.rollout.worlds import facts, promotion

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ZERO = timedelta(0)
CAP = timedelta(minutes=10)
LIMIT = timedelta(hours=1)
WEEK = timedelta(days=7)


@dataclass
class Machine:
    """A machine whose wall clock may be set and which may be booted; ``true`` is the time that really passed."""

    true: timedelta = ZERO
    shift: timedelta = ZERO
    booted_at: timedelta = ZERO
    boots: int = 0

    def read(self) -> Reading:
        """What the policy clock would say now."""
        return Reading(START + self.true + self.shift, self.true - self.booted_at, f"boot-{self.boots}")


def observed(before: Dwell | None, reading: Reading, step: str = "1", *, runs: bool = True) -> Dwell:
    """One observation under the normal limits."""
    return book(before, reading, step=step, runs=runs, restart=False, gap_cap=CAP, jump_limit=LIMIT)


def test_no_jump_among_a_hundred_thousand_raises_early() -> None:
    """Clocks set forth and back, boots, long gaps and stops: never more is served than really passed."""
    rng = Random(20_260_302)
    machine, dwell, stay_began = Machine(), None, ZERO
    state = promotion("1%")
    opened = early = 0
    for _ in range(100_000):
        machine.true += timedelta(seconds=rng.choice([1, 30, 300, 590, 700, 7_200, 86_400]))
        seconds = rng.choice([1, 1, 30, 500, 1_800, 3_500, 3_700, 86_400, 2_592_000])
        machine.shift += timedelta(seconds=rng.choice([-1, 1]) * rng.randint(1, seconds))
        if rng.random() < 0.1:
            machine.booted_at, machine.boots = machine.true - timedelta(seconds=rng.randint(0, 1)), machine.boots + 1
        dwell = observed(dwell, machine.read(), runs=rng.random() < 0.95)
        assert ZERO <= dwell.served <= machine.true - stay_began
        assert dwell.unobserved >= ZERO
        assert dwell.served <= (dwell.seen or ZERO) <= machine.true - stay_began
        if dwell.served > WEEK / 2 and dwell_gate(state, facts(state, dwell=dwell), dwell.at).is_open:
            opened += 1
            early += machine.true - stay_began < WEEK
            dwell, stay_began = None, machine.true
    assert (early, opened > 20) == (0, True)


readings = st.builds(
    Reading,
    st.timedeltas(timedelta(days=-2_000), timedelta(days=2_000)).map(lambda span: START + span),
    st.timedeltas(ZERO, timedelta(days=400)),
    st.sampled_from(["boot-1", "boot-2"]),
)
spans = st.timedeltas(ZERO, timedelta(days=40))


@settings(max_examples=500, deadline=None)
@given(st.lists(readings, min_size=2, max_size=8), spans, spans)
def test_one_observation_adds_the_smallest_of_three(seen: list[Reading], cap: timedelta, limit: timedelta) -> None:
    """Never more than the wall clock's step, the monotonic clock's step or the gap cap, and never less than nothing."""
    dwell = None
    for before, now in zip([None, *seen], seen, strict=False):
        after = book(dwell, now, step="1", runs=True, restart=False, gap_cap=cap, jump_limit=limit)
        if dwell is None or before is None:
            assert after.served == ZERO
        else:
            steady = now.monotonic - (before.monotonic if now.epoch == before.epoch else ZERO)
            smallest = max(ZERO, min(now.now - before.now, steady, cap))
            assert after.served - dwell.served == (ZERO if after.jump else smallest)
        dwell = after


@settings(max_examples=200, deadline=None)
@given(readings, readings, st.booleans())
def test_a_new_stay_and_a_restart_begin_at_zero(first: Reading, second: Reading, restart: bool) -> None:
    """Nothing is carried from one rung to the next, nor past a void sign-off."""
    before = replace(observed(None, first), served=WEEK, unobserved=WEEK)
    after = book(
        before, second, step="1" if restart else "2", runs=True, restart=restart, gap_cap=CAP, jump_limit=LIMIT
    )
    assert (after.served, after.unobserved, after.jump) == (ZERO, ZERO, None)


def test_the_sum_grows_by_what_was_watched() -> None:
    """Ticks of five minutes for a day make a day."""
    machine, dwell = Machine(), None
    for _ in range(289):
        dwell = observed(dwell, machine.read())
        machine.true += timedelta(minutes=5)
    assert dwell is not None
    assert dwell.served == timedelta(days=1)
    assert dwell.unobserved == ZERO


def test_a_gap_counts_up_to_the_cap_and_the_rest_is_told() -> None:
    """Two hours without a look are ten minutes of dwell."""
    machine = Machine()
    dwell = observed(None, machine.read())
    machine.true += timedelta(hours=2)
    dwell = observed(dwell, machine.read())
    assert (dwell.served, dwell.unobserved) == (CAP, timedelta(hours=2) - CAP)
    assert dwell.jump is None


def test_a_stopped_clock_serves_nothing() -> None:
    """What could not be seen does not count, and is told as unobserved."""
    machine = Machine()
    dwell = observed(None, machine.read())
    machine.true += timedelta(minutes=5)
    dwell = observed(dwell, machine.read(), runs=False)
    assert (dwell.served, dwell.unobserved) == (ZERO, timedelta(minutes=5))


@pytest.mark.parametrize("shift", [timedelta(days=30), timedelta(hours=2), -timedelta(hours=2), -timedelta(days=30)])
def test_a_jump_above_the_limit_adds_nothing_and_holds_once(shift: timedelta) -> None:
    """It is said in words, closes the gate for one observation, and the dwell goes on after it."""
    machine = Machine()
    dwell = replace(observed(None, machine.read()), served=WEEK)
    machine.true += timedelta(minutes=5)
    machine.shift += shift
    dwell = observed(dwell, machine.read())
    assert dwell.served == WEEK
    state = promotion("1%")
    gate = dwell_gate(state, facts(state, dwell=dwell), dwell.at)
    assert (gate.is_open, gate.until) == (False, None)
    assert "the clock jumped" in gate.why
    machine.true += timedelta(minutes=5)
    dwell = observed(dwell, machine.read())
    assert dwell.jump is None
    assert dwell_gate(state, facts(state, dwell=dwell), dwell.at).is_open


@pytest.mark.parametrize("shift", [timedelta(minutes=40), -timedelta(minutes=40)])
def test_a_small_shift_is_no_jump_and_no_gain(shift: timedelta) -> None:
    """A corrected clock may lose a little dwell; it never gains any."""
    machine = Machine()
    dwell = observed(None, machine.read())
    machine.true += timedelta(minutes=5)
    machine.shift += shift
    dwell = observed(dwell, machine.read())
    assert dwell.jump is None
    assert dwell.served == (timedelta(minutes=5) if shift > ZERO else ZERO)


def test_a_boot_proves_only_the_time_since_it() -> None:
    """While the machine was down its wall clock could be set to anything."""
    machine = Machine(true=timedelta(days=1))
    dwell = observed(None, machine.read())
    machine.true += timedelta(minutes=3)
    machine.booted_at, machine.boots = machine.true - timedelta(minutes=1), 1
    machine.shift += timedelta(minutes=6)
    dwell = observed(dwell, machine.read())
    assert dwell.served == timedelta(minutes=1)
    assert dwell.unobserved == timedelta(minutes=8)
    assert dwell.jump is None


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"], ids=["spring", "autumn"])
def test_summer_time_plays_no_part(day: str) -> None:
    """A day on which the local clock jumps an hour serves the time that passed."""
    local = ZoneInfo("Europe/Berlin")
    begin = datetime.fromisoformat(day).replace(tzinfo=local).astimezone(UTC)
    dwell = None
    for minutes in range(0, 361, 5):
        passed = timedelta(minutes=minutes)
        dwell = observed(dwell, Reading((begin + passed).astimezone(local).astimezone(UTC), passed, "boot"))
    assert dwell is not None
    assert dwell.served == timedelta(hours=6)


@given(readings, spans, spans, st.none() | st.text(max_size=20))
def test_a_sum_is_kept_whole(reading: Reading, served: timedelta, unobserved: timedelta, jump: str | None) -> None:
    """What the ledger's table holds is what was booked, to the microsecond."""
    dwell = replace(observed(None, reading), served=served, unobserved=unobserved, jump=jump)
    assert Dwell.from_data(dwell.as_data()) == dwell
