"""The judged commit is the newest that CI has fully reported on."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.repository.artefacts import ArtefactStore, JudgedCommit, judged_commit
from prr_pipeline.repository.snapshot import open_commit
from tests.repository.conftest import GitMaker
from tests.repository.test_artefact_store import file_artefact

PRR = ("gates/prr",)


@pytest.fixture
def store(tmp_path: Path) -> ArtefactStore:
    return ArtefactStore(tmp_path / "artefacts")


def report(git: GitMaker, store: ArtefactStore, commit: str, *names: str) -> None:
    """File artefacts for a commit, made from its own code."""
    for name in names:
        code = open_commit(git.path, commit).code_digest(PRR)
        file_artefact(store.root, name, commit=commit, code_digest=code)


def judge(git: GitMaker, store: ArtefactStore, *required: str) -> JudgedCommit:
    return judged_commit(git.path, "main", store, required, PRR)


def test_the_head_is_judged_when_its_own_set_is_complete(git: GitMaker, store: ArtefactStore) -> None:
    """The usual case after CI."""
    head = git.commit({"a": "1"})
    report(git, store, head, "coverage", "junit")
    found = judge(git, store, "coverage", "junit")
    assert (found.commit, found.head, found.complete) == (head, head, True)


def test_filing_signatures_keeps_the_older_commit_valid(git: GitMaker, store: ArtefactStore) -> None:
    """Commits that touch only the PRR folder change no code, so the set still covers the head."""
    code = git.commit({"a": "1"})
    report(git, store, code, "coverage")
    head = git.commit({"a": "1", "gates/prr/records/x.sig": "s"})
    found = judge(git, store, "coverage")
    assert (found.commit, found.head, found.complete) == (code, head, True)


def test_new_code_without_artefacts_is_not_covered(git: GitMaker, store: ArtefactStore) -> None:
    """The older complete commit is judged, but readiness is unknown, with the way out."""
    code = git.commit({"a": "1"})
    report(git, store, code, "coverage")
    head = git.commit({"a": "2"})
    found = judge(git, store, "coverage")
    assert (found.commit, found.head, found.complete) == (code, head, False)
    assert "wait for CI" in found.why


def test_a_partial_set_at_the_head_falls_back(git: GitMaker, store: ArtefactStore) -> None:
    """One required artefact missing is not complete."""
    code = git.commit({"a": "1"})
    report(git, store, code, "coverage", "junit")
    head = git.commit({"a": "2"})
    report(git, store, head, "coverage")
    found = judge(git, store, "coverage", "junit")
    assert (found.commit, found.complete) == (code, False)


def test_artefacts_of_other_code_under_a_commits_name_do_not_count(git: GitMaker, store: ArtefactStore) -> None:
    """The folder's name proves nothing; the code digest does."""
    old = git.commit({"a": "1"})
    head = git.commit({"a": "2"})
    file_artefact(store.root, "coverage", commit=head, code_digest=open_commit(git.path, old).code_digest(PRR))
    found = judge(git, store, "coverage")
    assert (found.commit, found.complete) == (head, False)
    assert "made from other code" in found.why


def test_artefacts_of_a_side_branch_do_not_count(git: GitMaker, store: ArtefactStore) -> None:
    """Only the first-parent line is tracked."""
    base = git.commit({"a": "1"})
    side = git.commit({"a": "2"}, parents=[base], ref="refs/heads/side")
    report(git, store, side, "coverage")
    head = git.commit({"a": "3"}, parents=[base, side])
    found = judge(git, store, "coverage")
    assert (found.commit, found.complete) == (head, False)
    assert "let CI file them" in found.why


def test_without_required_artefacts_the_head_is_judged(git: GitMaker, store: ArtefactStore) -> None:
    """A profile may need none."""
    head = git.commit({"a": "1"})
    assert judge(git, store) == JudgedCommit(head, head, True, "No artefact is required.")
