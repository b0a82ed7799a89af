"""Nothing passes the gate on maturity by a detour, and nothing that stays as it is is stopped there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.rollout.maturity import Levels, Move, Stated, changes, is_entitled
from prr_pipeline.subjects import Target

LEVELS = Levels(("Preview", "Beta", "RC", "GA", "LTS"), ("Deprecated", "Sunset"))
NAMES = ("a", "b", "c")
levels = st.sampled_from((*LEVELS.names, *LEVELS.retired, "beta", "gA", "Betta", "", "{}", None)) | st.text(max_size=4)
stated = st.dictionaries(st.sampled_from(NAMES), levels)
ledgers = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Target)))
Ledger = dict[str, Target]


def stopped(before: Stated, after: Stated, ledger: Ledger) -> set[str]:
    """The operations with which a change does not pass: refused or unclear."""
    return {
        one.operation
        for one in changes(before, after, LEVELS)
        if one.move is Move.UNCLEAR or not is_entitled(one.needs, ledger.get(one.operation))
    }


@given(stated, stated, stated, ledgers)
def test_two_changes_that_pass_are_one_that_passes(a: Stated, b: Stated, c: Stated, ledger: Ledger) -> None:
    """Retiring, removing, renaming or misspelling in between launders no rise that the ledger does not record."""
    for name in stopped(a, c, ledger):
        direct = LEVELS.rank(c.get(name))
        if direct is not None and c.get(name) is not None:
            assert name in stopped(a, b, ledger) | stopped(b, c, ledger)


@given(stated, stated, ledgers)
def test_what_passes_from_nothing_is_known_and_recorded(before: Stated, after: Stated, ledger: Ledger) -> None:
    """An operation that changed and passed stands no higher than the ledger, or no higher than before."""
    free = set(after) - stopped(before, after, ledger)
    for one in changes(before, after, LEVELS):
        if one.operation in free:
            high, low = LEVELS.rank(after[one.operation]), LEVELS.rank(before.get(one.operation))
            assert high is not None
            recorded = is_entitled(LEVELS.needs(after[one.operation]), ledger.get(one.operation))
            assert recorded or (low is not None and high <= low)


@given(stated, ledgers)
def test_what_stays_is_never_stopped(same: Stated, ledger: Ledger) -> None:
    """Even where nobody knows what it means."""
    assert changes(same, same, LEVELS) == ()
    assert stopped(same, {name: same[name] for name in sorted(same)}, ledger) == set()


@given(stated, stated, ledgers, st.sampled_from(NAMES))
def test_a_fuller_ledger_stops_no_more(before: Stated, after: Stated, ledger: Ledger, name: str) -> None:
    """Recording a maturity opens gates and closes none."""
    assert stopped(before, after, {**ledger, name: Target.GA}) <= stopped(before, after, ledger)


@given(stated, stated)
def test_every_change_is_told_once_and_in_order(before: Stated, after: Stated) -> None:
    """One entry per operation that the two sides hold, sorted, so that equal inputs give equal reports."""
    found = [one.operation for one in changes(before, after, LEVELS)]
    assert found == sorted(set(found))
    assert set(found) <= {*before, *after}
    assert {name for name in before if name not in after} <= set(found)
