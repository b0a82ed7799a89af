"""Who made a part of a file what it is: the commit that brought the part to its present state, through merges."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.authorship import makers
from prr_pipeline.repository.snapshot import Blob
from tests.repository.conftest import GitMaker


def first_line(blob_id: str, read: Callable[[], Blob]) -> str | None:
    """The part under question: the first line of the file."""
    return read().text().partition("\n")[0]


def commit(
    git: GitMaker, who: str, text: str, parents: list[str] | None = None, *, message: str = "m", by: str | None = None
) -> str:
    """One file, committed by a person (and another committer)."""
    tree = pygit2.Index()
    tree.add(pygit2.IndexEntry("f", git.blob(text), pygit2.enums.FileMode.BLOB))
    oid = str(tree.write_tree(git.repository))
    ref = "refs/heads/main"
    if parents is None:
        parents = [str(git.repository.references[ref].target)] if ref in git.repository.references else []
    author = pygit2.Signature(who, f"{who}@example.org", 1_700_000_000, 0)
    committer = pygit2.Signature("c", by, 1_700_000_000, 0) if by else author
    made = git.repository.create_commit(None, author, committer, message, oid, parents)
    git.repository.references.create(ref, made, force=True)
    return str(made)


def who(git: GitMaker) -> list[str]:
    """Local parts of the addresses of who made the first line."""
    return [person.email.partition("@")[0] for person in makers(git.path, "main", "f", first_line)]


def test_an_unrelated_commit_to_the_same_file_is_nobodys_hand(git: GitMaker) -> None:
    """Neither takes it a voice, nor gives it back to who wrote the part."""
    commit(git, "ada", "one\nx")
    commit(git, "noor", "two\nx")
    commit(git, "ines", "two\ny")
    commit(git, "jonas", "two\nz")
    assert who(git) == ["noor"]


def test_a_part_that_came_back_is_of_who_brought_it_back(git: GitMaker) -> None:
    """It is what it is since the last commit that made it so."""
    for name, text in (("ada", "one"), ("noor", "two"), ("ines", "one"), ("jonas", "one\nmore")):
        commit(git, name, text)
    assert who(git) == ["ines"]


def test_a_merge_leads_to_who_wrote_the_branch(git: GitMaker) -> None:
    """Whoever pressed the button changed nothing."""
    base = commit(git, "ada", "one\nx")
    side = commit(git, "noor", "two\nx", [base])
    main = commit(git, "ada", "one\ny", [base])
    commit(git, "jonas", "two\ny", [main, side])
    assert who(git) == ["noor"]


def test_a_merge_that_makes_a_third_thing_has_both_hands(git: GitMaker) -> None:
    """The person who merged, and who wrote the branch."""
    base = commit(git, "ada", "one")
    side = commit(git, "noor", "two", [base])
    main = commit(git, "ines", "three", [base])
    commit(git, "jonas", "two and three", [main, side])
    assert who(git) == ["jonas", "noor"]


def test_committer_and_co_authors_had_a_hand_too_a_forge_had_none(git: GitMaker) -> None:
    """Of one commit everybody who is named in it, but for the committer of what is merged on a page."""
    commit(git, "ada", "one", message="m\n\nCo-authored-by: Jonas <jonas@example.org>\n", by="noor@example.org")
    assert who(git) == ["ada", "noor", "jonas"]
    commit(git, "ada", "two", by="noreply@github.com")
    assert who(git) == ["ada"]


def test_each_blob_is_read_once(git: GitMaker) -> None:
    """A long history costs what its different versions cost."""
    for n in range(6):
        commit(git, "ada", f"one\n{n % 2}")
    asked: list[str] = []

    def counted(blob_id: str, read: Callable[[], Blob]) -> str | None:
        asked.append(blob_id)
        return first_line(blob_id, read)

    assert [person.name for person in makers(git.path, "main", "f", counted)] == ["ada"]
    assert len(asked) == 2


def test_a_shallow_history_that_ends_before_the_answer_is_unreadable(git: GitMaker, tmp_path: Path) -> None:
    """Who wrote it is not known, so nobody is named."""
    commit(git, "ada", "one\nx")
    commit(git, "noor", "one\ny")
    clone = tmp_path / "shallow"
    source = f"file://{git.path}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", "--branch", "main", source, str(clone)], check=True)
    with pytest.raises(Unreadable, match="unshallow"):
        makers(clone, "HEAD", "f", first_line)
