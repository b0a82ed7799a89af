"""A quick look says what looking entry by entry says, or nothing."""

from __future__ import annotations

from pathlib import Path

import pygit2

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.repository.tree import REGULAR_MODES

FILE, LINK, SUBMODULE = 0o100644, 0o120000, 0o160000
ENTRIES = {
    "a.md": FILE,
    "A.md": FILE,
    "b/c.md": FILE,
    "B/d.md": FILE,
    "b/link": LINK,
    "module": SUBMODULE,
    "docs/[id]/page (1).mdx": FILE,
    "docs/ü.md": FILE,
    "run": 0o100755,
    "x": FILE,
    "X/y": FILE,
}
ASKED = (
    *ENTRIES,
    "b", "none", "b/none", "B/c.md", "b/link/z", "module/z", "a.md/z", "", "/a.md", "b//c.md", "./x", "b/../x", "x/",
    ".git/config", "docs/.GIT/x", "docs/\\x", "Docs/ü.md", "docs/[id]/none", "X", "e/f/g", "a\x00",
)  # fmt: skip


def made(folder: Path) -> pygit2.Repository:
    """A commit that holds what is plain and what is not."""
    repository = pygit2.init_repository(str(folder), bare=True)
    blob = repository.create_blob(b"content")
    index = pygit2.Index()
    for path, mode in ENTRIES.items():
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode(mode)))
    tree = index.write_tree(repository)
    who = pygit2.Signature("a", "a@matter.example", 1_700_000_000, 0)
    repository.create_commit("refs/heads/main", who, who, "all", tree, [])
    return repository


def test_a_quick_look_never_contradicts_a_close_one(tmp_path: Path) -> None:
    """Files, twins, links, submodules, folders, absent and refused paths."""
    made(tmp_path)
    snapshot = open_commit(tmp_path, "refs/heads/main")
    for path in ASKED:
        found = snapshot.quick_look.blob_id(path)
        assert found in (None, snapshot.blob_id(path)), path
        if snapshot.quick_look.is_absent(path):
            try:
                assert not snapshot.exists(path), path
            except PrrError as fault:
                raise AssertionError(path) from fault


def test_a_quick_look_answers_for_plain_paths(tmp_path: Path) -> None:
    """A look that never answered would contradict nothing either."""
    made(tmp_path)
    look = open_commit(tmp_path, "refs/heads/main").quick_look
    assert FILE in REGULAR_MODES
    assert [path for path in ENTRIES if look.blob_id(path)] == [
        "b/c.md",
        "B/d.md",
        "docs/[id]/page (1).mdx",
        "run",
        "X/y",
    ]
    assert [path for path in ("none", "b/none", "e/f/g", "a.md", "b/link/z", "") if look.is_absent(path)] == [
        "none",
        "b/none",
        "e/f/g",
    ]
