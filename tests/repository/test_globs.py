"""Globs match as people expect, in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.globs import matches, select

CASES = [
    ("**", "a/b", True),
    ("*", "a", True),
    ("*", "a/b", False),
    ("**/*.ts", "x.ts", True),
    ("**/*.ts", "a/b/x.ts", True),
    ("**/*.ts", "a/b/x.tsx", False),
    ("a/**", "a/b/c", True),
    ("a/**", "ab/c", False),
    ("a/**/z", "a/z", True),
    ("a/**/z", "a/b/c/z", True),
    ("a/?.md", "a/b.md", True),
    ("a/?.md", "a//.md", False),
    ("{a,b}/x", "b/x", True),
    ("{a,b}/x", "c/x", False),
    ("{a,{b,c}}.y{a,}ml", "c.yml", True),
    ("app/[id]/*.ts", "app/[id]/x.ts", True),
    ("app/[id]/*.ts", "app/i/x.ts", False),
    ("a.b", "axb", False),
    ("a,b", "a,b", True),
    ("ä*", "äö", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), CASES)
def test_a_glob_matches_whole_paths(pattern: str, path: str, expected: bool) -> None:
    """One star stays within a component, two span any number, square brackets are literal."""
    assert matches(pattern, path) is expected


def test_select_keeps_order_and_uses_the_literal_prefix() -> None:
    """Paths beside the prefix never come out."""
    paths = ["a", "apps/api/x.ts", "apps/api/y.ts", "apps/apix.ts", "b"]
    assert select("apps/api/*.ts", paths) == ("apps/api/x.ts", "apps/api/y.ts")
    assert select("**", paths) == tuple(paths)
    assert select("b", paths) == ("b",)


@pytest.mark.parametrize("pattern", ["", "a\\b", "x" * 1001, "{a", "{" * 300 + "}" * 300 + "{"])
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    """The sentence says which pattern."""
    with pytest.raises(Unreadable, match="The pattern"):
        matches(pattern, "a")


def test_matching_takes_linear_time() -> None:
    """Stars that would make a backtracking engine hang take milliseconds."""
    started = time.perf_counter()
    assert not matches("*a" * 30 + "b", "a" * 20_000)
    assert time.perf_counter() - started < 1


@settings(deadline=None)
@example("**/a", ["a", "b/a", "ba"])
@example("{a,b/}", ["a", "b/"])
@given(st.text("ab/.*?{},", min_size=1, max_size=8), st.lists(st.text("ab/.,}", min_size=1, max_size=6), max_size=20))
def test_select_finds_what_matches_one_by_one(pattern: str, paths: list[str]) -> None:
    """What it leaves out by its beginning or its ending would not have matched."""
    ordered = sorted(set(paths))
    try:
        matches(pattern, "")
    except Unreadable:
        with pytest.raises(Unreadable):
            select(pattern, ordered)
        return
    assert select(pattern, ordered) == tuple(path for path in ordered if matches(pattern, path))
