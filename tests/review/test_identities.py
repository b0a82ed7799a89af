"""A name, an address or a git identity leads to everybody of the roster whom it may mean."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.review.identities import people_behind, require_person
from prr_pipeline.review.roster import Roster

PEOPLE = b"""
people:
  - {id: noor, name: Noor Haddad, contexts: [a], roles: [engineer], emails: [noor@example.org], github_id: 4711}
  - {id: jweber, name: Jonas Weber, contexts: [b], roles: [engineer], emails: [jonas.weber@example.org]}
"""
ROSTER = Roster.parse(b"", PEOPLE)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("noor", "noor"),
        ("Noor Haddad", "noor"),
        ("N00R", "noor"),
        ("NOOR@example.org", "noor"),
        ("noor@EXAMPLE.org", "noor"),
        ("x <noor@example.org>", "noor"),
        ("x <noor+work@example.org>", "noor"),
        ("noor  haddad <home@elsewhere.example>", "noor"),
        ("x <123+noor@users.noreply.github.com>", "noor"),
        ("x <4711+renamed@users.noreply.github.com>", "noor"),
        ("x <noor@users.noreply.github.com>", "noor"),
        ("x <99-jweber@users.noreply.gitlab.com>", "jweber"),
        ("x <jonas.weber@users.noreply.github.com>", "jweber"),
        ("Jonas Weber", "jweber"),
    ],
)
def test_every_form_of_a_person_leads_to_them(text: str, person: str) -> None:
    """By id or what looks like it, name, address with a tag or not, and no-reply addresses of their account."""
    assert people_behind(ROSTER, text) == {person}


@pytest.mark.parametrize(
    "text",
    ["", "<>", "x <>", "a bot <bot@example.org>", "x <noor@elsewhere.example>", "x <5+else@users.noreply.github.com>"],
)
def test_a_stranger_is_nobody(text: str) -> None:
    """Nobody loses their voice for an identity that does not mean them."""
    assert people_behind(ROSTER, text) == frozenset()


def test_an_id_is_asked_for_exactly_and_the_nearest_are_told() -> None:
    """What merely means a person is no id of theirs."""
    assert require_person(ROSTER, "author", "noor") == "noor"
    with pytest.raises(Refused, match=r"The author 'Noor Haddad' is no id of the roster.* Nearest: noor"):
        require_person(ROSTER, "author", "Noor Haddad")
    with pytest.raises(Refused, match="Valid: jweber, noor"):
        require_person(ROSTER, "author", "zzz")
