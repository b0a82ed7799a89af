"""Every state that one rung run, one guard tick, people, crashes and outages can reach holds the invariants."""

from __future__ import annotations

import pytest

from prr_pipeline.rollout.ladder import Ladder
from tests.model.checker import CONVERGES_IN, Checker, Found
from tests.model.ladders import FIVE, TWO
from tests.model.promotion_model import Model
from tests.model.world import Mutant

STEPS_TO_OFF = 8
"""Own steps of the guard, its present tick and the next one, until an alert has brought the flag to off."""


def searched(ladder: Ladder, *mutants: Mutant, hand_raises: bool = False, outages: bool = False) -> Found:
    """One search over the production decision."""
    return Checker(Model.of(ladder, *mutants, hand_raises=hand_raises, outages=outages)).search()


@pytest.mark.parametrize(
    ("ladder", "hand_raises", "outages", "at_least"),
    [
        pytest.param(FIVE, False, False, 40_000, id="five-rungs"),
        pytest.param(TWO, False, True, 30_000, id="two-rungs-ledger-outages"),
        pytest.param(TWO, True, False, 40_000, id="two-rungs-flag-raised-by-hand"),
    ],
)
def test_no_reachable_state_breaks_an_invariant(
    ladder: Ladder, hand_raises: bool, outages: bool, at_least: int
) -> None:
    """S1, S2, S3, S4, S7, S9, S13, L1 and L4 hold everywhere, and the search is no empty one."""
    found = searched(ladder, hand_raises=hand_raises, outages=outages)
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
    Mutant.IGNORE_VERSION: "S9",
    Mutant.DRIFT_TO_INTENT: "S1",
    Mutant.INTENT_IS_RUNG: "S1",
}
BY_HAND = {Mutant.ADOPT_HIGHER, Mutant.DRIFT_TO_INTENT, Mutant.INTENT_IS_RUNG}
IN_OUTAGES = {Mutant.NEEDS_LEDGER, Mutant.LATCH_LOST, Mutant.LATCH_LATE}


@pytest.mark.parametrize("mutant", Mutant, ids=lambda mutant: mutant.name.lower())
def test_the_checker_finds_each_rule_left_out(mutant: Mutant) -> None:
    """A checker that does not see a missing rule proves nothing about it."""
    found = searched(TWO, mutant, hand_raises=mutant in BY_HAND, outages=mutant in IN_OUTAGES)
    assert found.violation.startswith(CAUGHT_BY[mutant]), found
    assert len(found.trace) <= 24


def test_a_violation_comes_with_the_steps_that_lead_to_it() -> None:
    """The shortest way to a fault can be read, and replayed by hand."""
    found = searched(TWO, Mutant.UNKNOWN_IS_CLEAR)
    assert set(found.trace[:2]) == {"alert unknown", "run decides to raise"}
    assert found.trace[-1] in ("run writes its intent", "run rechecks")
