"""What git's index tells by itself is what libgit2 says; whatever is odd is left to libgit2."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.git_index import tracked
from prr_pipeline.repository.working_tree import open_working_tree


def git(root: Path, *words: str) -> None:
    """Run git, apart from the machine's own configuration."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    names = ("-c", "user.name=M", "-c", "user.email=m@x.example", "-c", "protocol.file.allow=always")
    subprocess.run(["git", "-C", str(root), *names, *words], check=True, capture_output=True, env=env)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository with a folder, a long name, an executable file and a link."""
    root = tmp_path / "r"
    (root / "a" / "b").mkdir(parents=True)
    git(tmp_path, "init", "-q", str(root))
    for path in ("a/b/one.ts", "a/two.json", "README.md", "x" * 200 + ".md", "ünï.md"):
        (root / path).write_text(path)
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("README.md")
    (root / ".gitignore").write_text("ignored/\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def by_libgit2(root: Path) -> dict[str, int]:
    """Path to mode, from the other reader."""
    return {entry.path: int(entry.mode) for entry in pygit2.Repository(str(root)).index}


def test_the_entries_are_those_that_libgit2_reads(root: Path) -> None:
    """Modes, long names, names beyond ASCII; in an index of version 3 too."""
    assert tracked(root) == by_libgit2(root)
    (root / "later.md").write_text("x")
    git(root, "add", "--intent-to-add", "later.md")
    assert tracked(root) == by_libgit2(root)
    assert "later.md" in (tracked(root) or {})


def conflict(root: Path) -> None:
    git(root, "checkout", "-qb", "other")
    (root / "README.md").write_text("theirs")
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "-")
    (root / "README.md").write_text("ours")
    git(root, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "other")


def cut(root: Path) -> None:
    data = (root / ".git" / "index").read_bytes()
    (root / ".git" / "index").write_bytes(data[:100] + data[101:])


def fifo(root: Path) -> None:
    (root / ".git" / "index").unlink()
    os.mkfifo(root / ".git" / "index")


def linked(root: Path) -> None:
    (root / ".git" / "index").rename(root / "elsewhere")
    (root / ".git" / "index").symlink_to("/dev/zero")


def large(root: Path) -> None:
    with (root / ".git" / "index").open("ab") as stream:
        stream.truncate(5 * 2**20)


ODD: dict[str, Callable[[Path], object]] = {
    "a merge under way": conflict,
    "version 4": lambda root: git(root, "update-index", "--index-version", "4"),
    "a split index": lambda root: git(root, "update-index", "--split-index"),
    "a setting of the worktree": lambda root: git(root, "config", "core.worktree", str(root)),
    "an included configuration": lambda root: git(root, "config", "include.path", "more"),
    "bare": lambda root: git(root, "config", "core.bare", "true"),
    "a broken index": cut,
    "an index that is a pipe": fifo,
    "an index that is a link": linked,
    "a large index": large,
    "no index": lambda root: (root / ".git" / "index").unlink(),
    "no objects": lambda root: (root / ".git" / "objects").rename(root / "o"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_left_to_libgit2(root: Path, name: str) -> None:
    """No guess is made, and nothing is waited for."""
    ODD[name](root)
    assert tracked(root) is None


def test_a_worktree_of_another_repository_is_left_to_libgit2(root: Path, tmp_path: Path) -> None:
    """Its .git is a file."""
    git(root, "worktree", "add", "-q", str(tmp_path / "w"))
    assert tracked(tmp_path / "w") is None
    assert open_working_tree(tmp_path / "w").exists("README.md")


PATHS = (
    "README.md", "a/two.json", "a/b/one.ts", "readme.md", "link", "a", "missing.md", "a/missing.ts", "untracked.md",
    "ignored/x.md", "run.sh", "ünï.md", "link/x", "deleted.md", "Twin.md", "twin.md", "d/../README.md", "README.md/x",
)  # fmt: skip


def said(root: Path, path: str, listed: bool) -> object:
    """What a view says of a path: before anybody asked for a list, or after."""
    tree = open_working_tree(root)
    if listed:
        tree.paths()
    answers: list[object] = []
    for ask in (tree.exists, lambda path: tree.read(path).data, tree.blob_id):
        try:
            answers.append(ask(path))
        except Exception as fault:
            answers.append((type(fault).__name__, str(fault)))
    return answers


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_told_alike_before_and_after_the_list(root: Path, path: str) -> None:
    """Tracked, untracked, ignored, missing, deleted, linked, a folder, a twin: one answer, and one sentence."""
    for name in ("untracked.md", "Twin.md", "twin.md", "deleted.md"):
        (root / name).write_text(name)
    (root / "ignored").mkdir()
    (root / "ignored" / "x.md").write_text("x")
    git(root, "add", "Twin.md", "deleted.md")
    (root / "deleted.md").unlink()
    assert said(root, path, listed=False) == said(root, path, listed=True)


def test_a_folder_that_became_a_link_leads_nowhere(root: Path) -> None:
    """A tracked path below it is not read through the link."""
    (root / "a").rename(root / "c")
    (root / "a").symlink_to("c")
    assert said(root, "a/two.json", listed=False) == said(root, "a/two.json", listed=True)
    assert open_working_tree(root).exists("a/two.json") is False


def test_a_broken_repository_is_still_one_sentence(root: Path) -> None:
    """What libgit2 refuses is told when the tree is opened."""
    (root / ".git" / "HEAD").unlink()
    with pytest.raises(Unreadable, match="is not a git repository"):
        open_working_tree(root)
