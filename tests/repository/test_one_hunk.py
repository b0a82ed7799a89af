"""Patches of one hunk: `git apply` takes each, and makes the very bytes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.repository.one_hunk import patch_of
from tests.repository.git_apply import Tree

TEN = b"".join(b"line %d\n" % at for at in range(10))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEN, TEN.replace(b"line 5\n", b"line five\n")),
        (TEN, TEN.replace(b"line 0\n", b"first\n")),
        (TEN, TEN.replace(b"line 9\n", b"last\n")),
        (TEN, TEN.replace(b"line 5\n", b"line 5\nand more\n")),
        (TEN, TEN.replace(b"line 5\n", b"")),
        (TEN, b"new\n" + TEN),
        (TEN, TEN + b"new\n"),
        (TEN, TEN[:-1] + b" without an end"),
        (TEN[:-1], TEN),
        (TEN[:-1], TEN[:-1] + b"\nand one more"),
        (TEN.replace(b"\n", b"\r\n"), TEN.replace(b"\n", b"\r\n").replace(b"line 5\r", b"five\r")),
        (TEN.replace(b"5\n", b"5\r"), TEN.replace(b"5\n", b"5\r").replace(b"line 7", b"seven")),
        (b"same\nsame\nsame\n", b"same\nsame\nsame\nsame\n"),
        (b"", b"something\n"),
        ("ä\nö\n".encode(), "ä\nü\n".encode()),
        (b"\xff\n\x00\nx\n", b"\xff\n\x00\ny\n"),
        (b"a\x0cb\nc\n", b"a\x0cb\nd\n"),
    ],
    ids=[
        "inside", "first", "last", "added", "removed", "before all", "after all", "end taken", "end given", "no end",
        "CRLF", "a lone CR", "repeated lines", "empty file", "letters", "no text", "form feed",
    ],
)  # fmt: skip
def test_git_applies_it_byte_for_byte(tmp_path: Path, before: bytes, after: bytes) -> None:
    """Wherever the change is, and however lines end."""
    tree = Tree(tmp_path, {"a.txt": before})
    assert tree.applied(patch_of("a.txt", before, after), "a.txt") == after


@pytest.mark.parametrize("path", ["a/b.txt", "a b.txt", 'q"uote\\.txt', "ünï.txt", "tab\t.txt", "-a.txt"])
def test_any_path_is_named_as_git_names_it(tmp_path: Path, path: str) -> None:
    """Blanks, quotes and letters beyond ASCII; of files that change, and of new ones."""
    old = Tree(tmp_path / "old", {path: b"one\n"})
    assert old.applied(patch_of(path, b"one\n", b"two\n"), path) == b"two\n"
    new = Tree(tmp_path / "new", {})
    assert new.applied(patch_of(path, None, b"two\nlines\n"), path) == b"two\nlines\n"


def test_without_a_difference_there_is_no_patch() -> None:
    """Not even its headers."""
    assert patch_of("a.txt", TEN, TEN) == b""


def test_three_lines_around_it_are_shown() -> None:
    """As whoever reads it expects."""
    patch = patch_of("a.txt", TEN, TEN.replace(b"line 5\n", b"five\n")).decode()
    assert patch == (
        "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -3,7 +3,7 @@\n line 2\n line 3\n line 4\n-line 5\n"
        "+five\n line 6\n line 7\n line 8\n"
    )
