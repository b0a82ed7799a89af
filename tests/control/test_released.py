"""What was released before the code that is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.released import base_of, with_release
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.repository.snapshot import open_commit, open_working_tree
from tests.readiness.fakes import NOW
from tests.repository.conftest import GitMaker

PATTERNS = ("v*", "*@*")


@pytest.fixture
def git(tmp_path: Path) -> GitMaker:
    """A repository with a working tree."""
    return GitMaker(tmp_path / "repository")


def tagged(git: GitMaker, *tags: str) -> str:
    """One more commit, released under these tags."""
    commit = git.commit({"a.sql": str(git.seconds)})
    for tag in tags:
        git.repository.references.create(f"refs/tags/{tag}", commit)
    return commit


def test_the_base_is_the_release_before(git: GitMaker) -> None:
    """Of a released commit the one before it, of a working tree that at its head."""
    first, second = tagged(git, "v1.0.0"), tagged(git, "v1.1.0")
    of_commit = base_of(git.path, open_commit(git.path, second), PATTERNS)
    of_tree = base_of(git.path, open_working_tree(git.path), PATTERNS)
    assert isinstance(of_commit, BaseFact)
    assert isinstance(of_tree, BaseFact)
    assert (of_commit.name, of_commit.commit, of_tree.commit) == ("the release v1.0.0", first, second)
    assert of_commit.snapshot.exists("a.sql")


def test_of_several_lines_the_one_furthest_back_counts(git: GitMaker) -> None:
    """What one package has not released yet is new, though another was released since."""
    old = tagged(git, "identity@1.0.0")
    tagged(git)
    tagged(git, "clinical@2.0.0")
    found = base_of(git.path, open_commit(git.path, tagged(git)), PATTERNS)
    assert isinstance(found, BaseFact)
    assert found.commit == old


def test_a_release_of_another_branch_is_not_before(git: GitMaker) -> None:
    """Only what the commit has behind it was there."""
    base = tagged(git)
    side = git.commit({"b": "1"}, parents=[base], ref="refs/heads/side")
    git.repository.references.create("refs/tags/v9.0.0", side)
    found = base_of(git.path, open_commit(git.path, "main"), PATTERNS)
    assert isinstance(found, BaseAbsent)
    assert found.reason is None


def test_without_a_release_everything_is_new(git: GitMaker) -> None:
    """That is known, not unknown."""
    tagged(git, "nightly")
    found = base_of(git.path, open_working_tree(git.path), PATTERNS)
    assert found == BaseAbsent("No release before it carries a tag like v* or *@*.", None)


def test_a_shallow_clone_without_tags_cannot_tell(git: GitMaker) -> None:
    """The way out is to fetch."""
    commit = tagged(git)
    (git.path / ".git" / "shallow").write_text(commit + "\n")
    found = base_of(git.path, open_commit(git.path, "main"), PATTERNS)
    assert isinstance(found, BaseAbsent)
    assert found.reason is Reason.NO_BASELINE
    assert "git fetch --unshallow --tags" in found.message


def test_a_profile_without_releases_gets_no_base(git: GitMaker) -> None:
    """Nobody looked."""
    tagged(git, "v1.0.0")
    facts = with_release(Facts(NOW), git.path, open_working_tree(git.path), load_profile("matter"))
    assert facts.base is None
    assert with_release(Facts(NOW), git.path, open_working_tree(git.path), load_profile("loop")).base is not None
