"""What goes out under a release tag or between two commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pygit2
import pytest

from prr_pipeline.control.deploys import GitDeploys
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.reads import Tracker
from prr_pipeline.readiness.release_facts import DeployAbsent, DeployFact
from tests.readiness.fakes import NOW
from tests.repository.conftest import GitMaker

PATTERNS = ("v*", "*@*")


@pytest.fixture
def git(tmp_path: Path) -> GitMaker:
    """A repository with two releases, a changeset between them and one more commit."""
    made = GitMaker(tmp_path / "repository")
    tag(made, made.commit({"a.ts": "1"}), "v1.0.0")
    made.commit({"a.ts": "2", ".changeset/one.md": "one"})
    tag(made, made.commit({"a.ts": "2", "CHANGELOG.md": "1.1.0"}), "v1.1.0")
    made.commit({"a.ts": "3", "CHANGELOG.md": "1.1.0"})
    return made


def tag(git: GitMaker, commit: str, name: str) -> None:
    """Release a commit."""
    git.repository.references.create(f"refs/tags/{name}", commit)


def deploys(git: GitMaker) -> GitDeploys:
    """What git says there."""
    return GitDeploys(git.path, PATTERNS, ".changeset/*.md")


def fact(git: GitMaker, name: str) -> DeployFact:
    """The deploy of that name, which is there."""
    found = deploys(git).of(name)
    assert isinstance(found, DeployFact), found
    return found


def test_a_tag_goes_out_after_the_release_before(git: GitMaker) -> None:
    """With its author, its merges, what differs, and the changesets that the release took away."""
    found, first = fact(git, "v1.1.0"), fact(git, "v1.0.0")
    assert (found.base, found.author, len(found.merges)) == (first.commit, "Ada <ada@example.org>", 2)
    assert found.merges[0].commit == found.commit
    assert found.merged_at == found.merges[0].at
    assert found.changed == ("CHANGELOG.md", "a.ts")
    assert [blob.path for blob in found.changesets] == [".changeset/one.md"]
    assert found.snapshot.read("a.ts").data == b"2"
    assert found.before is not None
    assert found.before.read("a.ts").data == b"1"


def test_a_first_release_is_told_as_one(git: GitMaker) -> None:
    """All that there is goes out."""
    found = fact(git, "v1.0.0")
    assert (found.base, found.before, found.changed, len(found.merges)) == (None, None, ("a.ts",), 1)


def test_a_range_of_commits_goes_out(git: GitMaker) -> None:
    """By any names of commits."""
    found = fact(git, "v1.1.0..main")
    assert (found.base, found.changed, found.changesets) == (fact(git, "v1.1.0").commit, ("a.ts",), ())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("main..main", "holds no commit"),
        ("v1.1.0..v1.1.0", "holds no commit"),
        ("main..v1.1.0", "main is no ancestor of v1.1.0"),
        ("v1.1.0..v1.0.0", "v1.1.0 is no ancestor of v1.0.0"),
    ],
)
def test_a_range_that_carries_nothing_is_no_deploy(git: GitMaker, name: str, said: str) -> None:
    """Neither an empty one nor one from the newer commit to the older; nothing of it can be met."""
    found = deploys(git).of(name)
    assert isinstance(found, DeployAbsent)
    assert said in found.message


@pytest.mark.parametrize("name", ["v9.9.9", "main", "nightly", "a..", "..b", "../x"])
def test_what_is_no_release_is_told_with_those_that_are(git: GitMaker, name: str) -> None:
    """A tag of another form is none either."""
    tag(git, fact(git, "v1.0.0").commit, "nightly")
    found = deploys(git).of(name)
    assert isinstance(found, DeployAbsent)
    assert found.reason is Reason.NO_EVIDENCE
    assert f"{name!r} (there are: v1.1.0, v1.0.0)" in found.message


def test_a_range_of_nothing_is_a_sentence(git: GitMaker) -> None:
    """The name that is no commit stands in it."""
    found = deploys(git).of("nope..main")
    assert isinstance(found, DeployAbsent)
    assert (found.reason, "'nope'" in found.message) == (Reason.UNREADABLE, True)


def test_a_shallow_clone_tells_of_no_base(git: GitMaker, tmp_path: Path) -> None:
    """That it shows no earlier release does not make this one the first."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{git.path}", str(clone)], check=True)
    repository = pygit2.Repository(str(clone))
    repository.references.create("refs/tags/v2.0.0", repository.head.target)
    found = GitDeploys(clone, PATTERNS, None).of("v2.0.0")
    assert isinstance(found, DeployAbsent)
    assert (found.reason, "git fetch --unshallow --tags" in found.message) == (Reason.NO_BASELINE, True)


def test_a_verdict_on_a_deploy_rests_on_its_commit_and_its_base(git: GitMaker) -> None:
    """A tag that is moved, or another base, makes another mark; a look at one deploy is no look at all of them."""
    marks, tracker = FactMarks(Facts(NOW, deploys=deploys(git))), Tracker()
    with tracker.frame() as frame:
        known = noted(marks, tracker).deploys
        assert known is not None
        known.of("v1.1.0")
    [(kind, key, mark)] = frame.reads.marks
    assert (kind, key) == ("deploy", "v1.1.0")
    assert FactMarks(Facts(NOW, deploys=deploys(git))).of("deploy", "v1.1.0") == mark
    git.repository.references.delete("refs/tags/v1.0.0")
    assert FactMarks(Facts(NOW, deploys=deploys(git))).of("deploy", "v1.1.0") != mark
    assert FactMarks(Facts(NOW)).of("deploy", "v1.1.0") != mark
