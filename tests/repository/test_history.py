"""History is read along the first-parent line, within bounds."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.history import (
    author_of,
    changed_paths,
    commits,
    first_commit_of,
    first_parent_line,
    last_change_of,
    merge_base,
    resolve,
)
from tests.repository.conftest import GitMaker


def test_commits_come_newest_first_up_to_the_limit(git: GitMaker) -> None:
    """Each carries its instant in UTC, its people and its parents."""
    ids = [git.commit({"a": str(i)}) for i in range(3)]
    found = commits(git.path, "main", 2)
    assert [c.id for c in found] == [ids[2], ids[1]]
    assert found[0].parents == (ids[1],)
    assert found[0].committed_at == datetime.fromtimestamp(git.seconds, UTC)
    assert (found[0].summary, found[0].author.email) == ("change", "ada@example.org")
    assert author_of(git.path, ids[0]).name == "Ada"


def test_the_line_follows_first_parents_only(git: GitMaker) -> None:
    """Commits of a merged branch do not show."""
    base = git.commit({"a": "1"})
    side = git.commit({"a": "1", "b": "1"}, parents=[base], ref="refs/heads/side")
    merge = git.commit({"a": "1", "b": "1"}, parents=[base, side])
    assert list(first_parent_line(git.path, "main")) == [merge, base]
    assert resolve(git.path, "side") == side
    last = last_change_of(git.path, "main", "b")
    assert last is not None
    assert last.id == merge


def test_first_commit_and_last_change_of_a_path(git: GitMaker) -> None:
    """A path that was removed and came back counts from its return; folders count too."""
    git.commit({"d/x": "0"})
    git.commit({"y": "1"})
    back = git.commit({"d/x": "1", "y": "1"})
    changed = git.commit({"d/x": "2", "y": "1"})
    git.commit({"d/x": "2", "y": "2"})
    for path in ("d/x", "d"):
        first, last = first_commit_of(git.path, "main", path), last_change_of(git.path, "main", path)
        assert first is not None
        assert last is not None
        assert (first.id, last.id) == (back, changed)
    assert first_commit_of(git.path, "main", "none") is None
    assert last_change_of(git.path, "main", "d/x/z") is None


def test_a_path_of_the_very_first_commit(git: GitMaker) -> None:
    """The end of the line is an answer, not a fault."""
    only = git.commit({"a": "1"})
    first, last = first_commit_of(git.path, "main", "a"), last_change_of(git.path, "main", "a")
    assert first is not None
    assert last is not None
    assert first.id == last.id == only


def test_changed_paths_hold_both_sides(git: GitMaker) -> None:
    """Added, removed and changed paths, renames as two."""
    base = git.commit({"keep": "1", "edit": "1", "old": "long enough to be seen as a rename\n"})
    head = git.commit({"keep": "1", "edit": "2", "new": "long enough to be seen as a rename\n"})
    assert changed_paths(git.path, base, head) == {"edit", "old", "new"}


def test_a_shallow_boundary_is_no_beginning(git: GitMaker, tmp_path: Path) -> None:
    """Where the history was cut, the question is refused; what lies within is answered."""
    git.commit({"a": "1"})
    git.commit({"a": "1", "b": "1"})
    head = git.commit({"a": "1", "b": "2"})
    clone = tmp_path / "clone"
    source = f"file://{git.path}"
    subprocess.run(["git", "clone", "-q", "--depth", "2", "--branch", "main", source, str(clone)], check=True)
    assert len(list(first_parent_line(clone, "HEAD"))) == 2
    last = last_change_of(clone, "HEAD", "b")
    assert last is not None
    assert last.id == head
    for ask in (first_commit_of, last_change_of):
        with pytest.raises(Unreadable, match="shallow boundary"):
            ask(clone, "HEAD", "a")


def test_a_path_that_leads_elsewhere_is_refused(git: GitMaker) -> None:
    """The rules for paths are the same everywhere."""
    git.commit({"a": "1"})
    with pytest.raises(Unreadable, match=r"'\.\.' component"):
        first_commit_of(git.path, "main", "../a")


def test_the_merge_base_is_where_the_branch_left(git: GitMaker) -> None:
    """Later commits of the base do not move it; a branch that was merged back has its own head as base."""
    git.commit({"a": "1"})
    left = git.commit({"a": "2"})
    side = git.commit({"a": "2", "b": "1"}, parents=[left], ref="refs/heads/side")
    git.commit({"a": "3"})
    assert merge_base(git.path, "main", "side") == merge_base(git.path, side, "main") == left
    git.commit({"a": "3", "b": "1"}, parents=[resolve(git.path, "main"), side])
    assert merge_base(git.path, "main", "side") == side
    assert merge_base(git.path, "side") == side


def test_a_merge_base_that_nothing_tells_is_refused_with_the_way_out(git: GitMaker) -> None:
    """An unknown ref is to be fetched; histories that share nothing need another base."""
    git.commit({"a": "1"})
    git.commit({"b": "1"}, parents=[], ref="refs/heads/orphan")
    with pytest.raises(Unreadable, match="has no commit 'origin/main'; fetch it"):
        merge_base(git.path, "origin/main")
    with pytest.raises(Unreadable, match="main and orphan share no commit"):
        merge_base(git.path, "orphan", "main")


def test_a_shallow_clone_that_ends_before_the_merge_base_says_so(git: GitMaker, tmp_path: Path) -> None:
    """Two refs fetched at depth one share nothing there; at depth two, what they share is found."""
    left = git.commit({"a": "1"})
    git.commit({"a": "1", "b": "1"}, parents=[left], ref="refs/heads/side")
    git.commit({"a": "2"})
    for depth in (1, 2):
        clone = tmp_path / f"clone{depth}"
        options = ["--depth", str(depth), "--no-single-branch", "--branch", "side"]
        subprocess.run(["git", "clone", "-q", *options, f"file://{git.path}", str(clone)], check=True)
    with pytest.raises(Unreadable, match=r"ends before the commit where HEAD left origin/main; .* --unshallow"):
        merge_base(tmp_path / "clone1", "origin/main")
    assert merge_base(tmp_path / "clone2", "origin/main") == left


def test_a_merge_base_behind_a_missing_object_is_refused(git: GitMaker) -> None:
    """A history with a hole in it is not guessed across."""
    first = git.commit({"a": "1"})
    side = git.commit({"a": "2"}, ref="refs/heads/side", parents=[first])
    git.commit({"a": "3"})
    (git.path / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(Unreadable, match="lacks the object of the history between main and "):
        merge_base(git.path, "main", side)
