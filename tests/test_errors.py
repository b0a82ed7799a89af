"""Errors that a person meets: one sentence with the value, the limit and the way out."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError, Refused, StaleVersion, Unavailable, UnknownName, Unreadable


@pytest.mark.parametrize("kind", [Refused, Unreadable, Unavailable, UnknownName, StaleVersion])
def test_every_error_is_one_that_a_person_can_act_on(kind: type[PrrError]) -> None:
    """The command line catches one type and leaves with one code."""
    assert issubclass(kind, PrrError)
    assert kind.exit_code == 3


def test_an_unknown_name_lists_the_valid_ones_in_order() -> None:
    """So nobody has to look them up."""
    assert str(UnknownName("rung", "2%", ["50%", "10%"])) == "Unknown rung '2%'. Valid: 10%, 50%."


def test_an_unknown_name_among_none_says_so() -> None:
    """Rather than an empty list."""
    assert str(UnknownName("profile", "x", [])) == "Unknown profile 'x'. Valid: none."


def test_a_lost_compare_and_set_tells_both_versions() -> None:
    """In words and as values."""
    lost = StaleVersion("The promotion createGrant:ga", 3, 5)
    assert (lost.expected, lost.current) == (3, 5)
    assert str(lost) == "The promotion createGrant:ga is at version 5, not 3: somebody changed it in between."
