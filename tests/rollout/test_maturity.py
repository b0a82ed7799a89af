"""Levels of maturity: what rose, what fell, what nobody can tell, and what each takes of the ledger."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.maturity import LADDER, Change, Levels, Move, Stated, changes, is_entitled
from prr_pipeline.subjects import Target

LEVELS = Levels(("Preview", "Beta", "RC", "GA", "LTS"), ("Deprecated",))
BETA, GA = Target.BETA, Target.GA


def only(before: Stated, after: Stated) -> Change:
    """The one change between two states."""
    [found] = changes(before, after, LEVELS)
    return found


@pytest.mark.parametrize(
    ("before", "after", "needs"),
    [
        ("Preview", "Beta", BETA),
        ("Preview", "RC", BETA),
        ("Beta", "RC", BETA),
        ("Preview", "GA", GA),
        ("beta", "ga", GA),
        ("GA", "LTS", GA),
        ("Deprecated", "GA", GA),
        ("Betta", "Beta", BETA),
        (None, "Beta", BETA),
        (None, "Preview", None),
        ("Deprecated", "Preview", None),
    ],
)
def test_a_rise_needs_the_highest_target_that_it_reaches(before: str | None, after: str, needs: Target | None) -> None:
    """Wherever it came from; what nobody declared counts as no level before."""
    found = only({"op": before}, {"op": after})
    assert (found.move, found.needs, found.is_new) == (Move.ROSE, needs, False)


def test_what_was_not_there_rises_from_nothing() -> None:
    """A new operation at Beta needs Beta."""
    found = only({}, {"op": "Beta"})
    assert (found.move, found.before, found.needs, found.is_new) == (Move.ROSE, None, BETA, True)


@pytest.mark.parametrize(("before", "after"), [("GA", "Beta"), ("Beta", "Deprecated"), ("LTS", "GA")])
def test_a_fall_needs_nothing(before: str, after: str) -> None:
    """Retired levels stand below all others."""
    found = only({"op": before}, {"op": after})
    assert (found.move, found.needs) == (Move.FELL, None)


def test_what_is_removed_fell() -> None:
    """Whatever it stated."""
    found = only({"op": "Betta"}, {})
    assert (found.move, found.is_gone) == (Move.FELL, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [({"op": "Beta"}, {"op": "Betta"}), ({"op": "Beta"}, {"op": None}), ({}, {"op": None}), ({}, {"op": "Betta"})],
    ids=["unknown level", "taken away", "new without", "new and unknown"],
)
def test_what_nobody_can_tell_is_unclear(before: Stated, after: Stated) -> None:
    """It is neither a rise nor none."""
    assert only(before, after).move is Move.UNCLEAR


@pytest.mark.parametrize("level", ["Preview", "GA", "Betta", None])
def test_what_states_the_same_has_not_changed(level: str | None) -> None:
    """Even where it is no level; and another case is no other level."""
    assert changes({"op": level}, {"op": level and level.upper()}, LEVELS) == ()


def test_retired_levels_are_all_one() -> None:
    """Between them nothing rises."""
    levels = Levels(LADDER, ("Deprecated", "Sunset"))
    assert changes({"op": "Deprecated"}, {"op": "Sunset"}, levels) == ()


@pytest.mark.parametrize("names", [(), ("Preview", "GA"), ("Preview", "Beta"), ("GA", "Beta"), ("alpha", "stable")])
def test_a_ladder_without_beta_below_ga_is_refused(names: tuple[str, ...]) -> None:
    """The ledger knows these two."""
    with pytest.raises(PrrError, match=r"maturity.names \(.*\) do not name Beta and, above it, GA"):
        Levels(names)


def test_levels_are_spelt_as_the_profile_spells_them() -> None:
    """Words to people use the profile's own."""
    assert Levels(("preview", "BETA", "Ga")).text(BETA) == "BETA"


@pytest.mark.parametrize(
    ("needs", "recorded", "entitled"),
    [(None, None, True), (BETA, None, False), (BETA, BETA, True), (BETA, GA, True), (GA, BETA, False), (GA, GA, True)],
)
def test_ga_entitles_to_beta_and_not_the_other_way(
    needs: Target | None, recorded: Target | None, entitled: bool
) -> None:
    """And nothing entitles to nothing."""
    assert is_entitled(needs, recorded) is entitled
