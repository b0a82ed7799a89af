"""What a release carries: its merges, and the notes that were added on the way to it."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.release_range import release_range
from tests.repository.conftest import GitMaker

NOTES = ".changeset/*.md"
ONE, TWO = {".changeset/one.md": "one"}, {".changeset/two.md": "two"}
VERSION = {"CHANGELOG.md": "1.1.0"}


def notes(git: GitMaker, base: str | None, head: str) -> dict[str, str]:
    """Path to text."""
    return {blob.path: blob.text() for blob in release_range(git.path, base, head, NOTES).notes}


def test_the_merges_are_the_first_parent_line_down_to_the_base(git: GitMaker) -> None:
    """What a branch holds came with its merge."""
    base = git.commit({"a": "1"})
    side = git.commit({"a": "1", "b": "1"}, [base], "refs/heads/side")
    other = git.commit({"a": "2"}, [base])
    merge = git.commit({"a": "2", "b": "1"}, [other, side])
    found = release_range(git.path, base, merge, None)
    assert [each.id for each in found.merges] == [merge, other]
    assert found.notes == ()
    assert [each.id for each in release_range(git.path, None, other, None).merges] == [other, base]


def test_a_note_that_the_release_took_away_is_of_the_release(git: GitMaker) -> None:
    """Its commit wrote a changelog; the text is the last one."""
    base = git.commit({"a": "1"})
    git.commit({"a": "2", **ONE})
    git.commit({"a": "2", ".changeset/one.md": "one, and more"})
    head = git.commit({"a": "2", **VERSION})
    assert notes(git, base, head) == {".changeset/one.md": "one, and more"}


def test_a_note_that_was_withdrawn_is_none(git: GitMaker) -> None:
    """Whoever took it away released nothing."""
    base = git.commit({"a": "1"})
    git.commit({"a": "2", **ONE, **TWO})
    head = git.commit({"a": "3", **TWO})
    assert notes(git, base, head) == {".changeset/two.md": "two"}


def test_a_note_of_a_branch_came_with_its_merge(git: GitMaker) -> None:
    """And one that waits at the head is there as well."""
    base = git.commit({"a": "1"})
    side = git.commit({"a": "1", **ONE}, [base], "refs/heads/side")
    merge = git.commit({"a": "1", **ONE}, [base, side])
    head = git.commit({"a": "1", **ONE, **TWO}, [merge])
    assert set(notes(git, base, head)) == {".changeset/one.md", ".changeset/two.md"}


def test_what_waited_at_the_base_is_released_now(git: GitMaker) -> None:
    """What an earlier release took away is not."""
    git.commit({**ONE, **TWO})
    base = git.commit({**TWO, **VERSION})
    head = git.commit({"CHANGELOG.md": "1.2.0"})
    assert notes(git, base, head) == {".changeset/two.md": "two"}


def test_only_files_of_the_pattern_are_notes(git: GitMaker) -> None:
    """No folder and nothing deeper."""
    base = git.commit({"a": "1"})
    head = git.commit({".changeset/config.json": "{}", ".changeset/deep/one.md": "x", "one.md": "x", **ONE})
    assert set(notes(git, base, head)) == {".changeset/one.md"}
    assert notes(git, None, head) == {".changeset/one.md": "one"}


def test_an_unknown_commit_is_unreadable(git: GitMaker) -> None:
    """In a sentence."""
    head = git.commit({"a": "1"})
    with pytest.raises(Unreadable, match="nope"):
        release_range(git.path, "nope", head, NOTES)
