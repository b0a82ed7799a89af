"""Every state that rung runs, guard ticks, people, crashes and outages can reach holds the invariants."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from prr_pipeline.rollout.ladder import Ladder
from tests.model.checker import CONVERGES_IN, Checker, Found
from tests.model.ladders import THREE, TWO
from tests.model.promotion_model import Model
from tests.model.world import May, Mutant

STEPS_TO_OFF = 8
"""Own steps of the guard, in its present tick and the next one, until an alert has brought the flag to off."""

HANDS = {May.HAND_LOWERS, May.ORDERS}
DOUBTS = {May.DOUBTS}


def searched(ladder: Ladder, *mutants: Mutant, may: Iterable[May] = ()) -> Found:
    """One search over the production decision."""
    return Checker(Model.of(ladder, *mutants, may=may)).search()


@pytest.mark.parametrize(
    ("ladder", "may", "at_least"),
    [
        pytest.param(THREE, HANDS | DOUBTS, 15_000, id="three-rungs"),
        pytest.param(TWO, HANDS | {May.OUTAGES}, 15_000, id="ledger-outages"),
        pytest.param(TWO, HANDS | {May.HAND_RAISES}, 20_000, id="flag-raised-by-hand"),
        pytest.param(TWO, {May.TWO_RUNS}, 10_000, id="two-rung-runs"),
    ],
)
def test_no_reachable_state_breaks_an_invariant(ladder: Ladder, may: set[May], at_least: int) -> None:
    """S1, S2, S3, S4, S6, S7, S9, S13, L1 and L4 hold everywhere, and the search is no empty one."""
    found = searched(ladder, may=may)
    print(f"{found.states} states, {found.edges} edges, {found.seconds:.1f} s")
    assert not found.violation, "\n".join([found.violation, *found.trace])
    assert found.states > at_least
    assert found.highest_rung == ladder.top
    assert found.most_steps_to_off <= STEPS_TO_OFF
    assert found.most_ticks <= CONVERGES_IN


CAUGHT_BY = {
    Mutant.NO_LATCH: "L1",
    Mutant.FLAG_FIRST: "L1",
    Mutant.NO_FLAG_CAS: "L1",
    Mutant.LOWERING_KEEPS_VERSION: "L1",
    Mutant.NO_RECHECK: "L1",
    Mutant.UNKNOWN_IS_CLEAR: "S3",
    Mutant.IGNORE_VOID: "S13",
    Mutant.ADOPT_HIGHER: "S7",
    Mutant.NEEDS_LEDGER: "L1",
    Mutant.LATCH_LOST: "L1",
    Mutant.LATCH_LATE: "L1",
    Mutant.NO_VOID: "S9",
    Mutant.WITHDRAW_A_RAISE: "S1",
    Mutant.IGNORE_VERSION: "S9",
    Mutant.DRIFT_TO_INTENT: "S1",
    Mutant.INTENT_IS_RUNG: "S1",
}
ONLY_WHEN = {
    Mutant.UNKNOWN_IS_CLEAR: DOUBTS,
    Mutant.IGNORE_VOID: DOUBTS,
    Mutant.ADOPT_HIGHER: {May.HAND_RAISES},
    Mutant.DRIFT_TO_INTENT: {May.HAND_LOWERS, May.HAND_RAISES},
    Mutant.INTENT_IS_RUNG: {May.HAND_RAISES},
    Mutant.NEEDS_LEDGER: {May.OUTAGES},
    Mutant.LATCH_LOST: {May.OUTAGES},
    Mutant.LATCH_LATE: {May.OUTAGES},
    Mutant.NO_VOID: HANDS,
    Mutant.WITHDRAW_A_RAISE: {May.TWO_RUNS},
    Mutant.IGNORE_VERSION: HANDS,
}


@pytest.mark.parametrize("mutant", Mutant, ids=lambda mutant: mutant.name.lower())
def test_the_checker_finds_each_rule_left_out(mutant: Mutant) -> None:
    """A checker that does not see a missing rule proves nothing about it."""
    found = searched(TWO, mutant, may=ONLY_WHEN.get(mutant, ()))
    assert found.violation.startswith(CAUGHT_BY[mutant]), found
    assert len(found.trace) <= 24


def test_a_violation_comes_with_the_steps_that_lead_to_it() -> None:
    """The shortest way to a fault can be read, and replayed by hand."""
    found = searched(TWO, Mutant.UNKNOWN_IS_CLEAR, may=DOUBTS)
    assert set(found.trace[:2]) == {"alert unknown", "run decides to raise"}
    assert found.trace[-1] in ("run writes its intent", "run rechecks")
