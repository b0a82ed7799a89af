"""A name stays one segment of a path, and a commit is a whole id."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.platforms.http.paths import full_commit, segment


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("shop", "shop"),
        ("@acme/sdk", "%40acme%2Fsdk"),
        ("../admin", "..%2Fadmin"),
        ("a?b#c", "a%3Fb%23c"),
        ("50%", "50%25"),
        ("größe", "gr%C3%B6%C3%9Fe"),
    ],
)
def test_a_name_leads_nowhere_else(name: str, found: str) -> None:
    """Slashes, queries and percent signs are only letters of it."""
    assert segment(name) == found


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "a\x00b", "x" * 301])
def test_what_is_no_segment_is_refused(name: str) -> None:
    """A dot would lead upward."""
    with pytest.raises(Refused, match="no name to ask a service about"):
        segment(name)


def test_a_whole_commit_id_is_taken() -> None:
    """Of either length that git has."""
    assert full_commit("a" * 40) == "a" * 40
    assert full_commit("0" * 64) == "0" * 64


@pytest.mark.parametrize("commit", ["main", "a" * 7, "A" * 40, "a" * 41, "", "g" * 40])
def test_a_name_that_moves_is_no_commit(commit: str) -> None:
    """What a branch means changes between two questions."""
    with pytest.raises(Refused, match="no full commit id"):
        full_commit(commit)
