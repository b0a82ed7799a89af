"""Paths that lead elsewhere are refused, and blob ids are git's."""

from __future__ import annotations

import subprocess

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of, path_parts

ESCAPES = [
    "../x",
    "a/../b",
    "a/..",
    "..",
    ".",
    "a/./b",
    "/etc/passwd",
    "//x",
    "a//b",
    "a/",
    "",
    "a\0b",
    "a\\b",
    "a\nb",
    ".git/config",
    "a/.GIT/config",
    "x" * 5000,
    "\ud800",
]


@pytest.mark.parametrize("path", ESCAPES, ids=repr)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    """Only plain relative paths pass."""
    with pytest.raises(Unreadable, match="relative to the repository's root"):
        path_parts(path)


@pytest.mark.parametrize("path", ["a", "a/b c.ts", "app/[id]/x.tsx", "...", "a/..b", "ä/日本.md", "a\u00a0b"])
def test_a_plain_path_is_taken_as_it_is(path: str) -> None:
    """Brackets, spaces, dots and any script are fine in names."""
    assert "/".join(path_parts(path)) == path


@pytest.mark.parametrize("data", [b"", b"hello\n", b"\0\xff" * 1000])
def test_blob_ids_are_those_of_git(data: bytes) -> None:
    """Git itself computes the same id."""
    known = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)
    assert blob_id_of(data) == known.stdout.decode().strip()


def test_text_drops_a_byte_order_mark() -> None:
    """A BOM is no content."""
    assert Blob("a", "", b"\xef\xbb\xbfhi").text() == "hi"


def test_text_that_is_not_utf8_is_refused_with_the_place() -> None:
    """The sentence names the file and the first bad byte."""
    with pytest.raises(Unreadable, match=r"^a\.md is not UTF-8 \(byte 2\); save it as UTF-8\.$"):
        Blob("a.md", "", b"ok\xff").text()
