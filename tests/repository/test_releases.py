"""Release tags of a repository that git made."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from prr_pipeline.repository.releases import line_of, newest_of_each_line, release_before, release_tags
from tests.repository.conftest import GitMaker

PATTERNS = ("v*", "*@*")


@pytest.fixture
def released(git: GitMaker) -> Path:
    """Four releases of one line, one of another, and tags that are no releases."""
    for number, tags in enumerate((["v1.0.0"], ["v1.1.0", "identity@1.0.0"], ["nightly"], ["v1.10.0"])):
        commit = git.commit({"a.txt": str(number)})
        for tag in tags:
            git.repository.references.create(f"refs/tags/{tag}", commit)
    person = pygit2.Signature("Ada", "ada@example.org", git.seconds, 0)
    git.repository.create_tag("v1.11.0", pygit2.Oid(hex=commit), pygit2.enums.ObjectType.COMMIT, person, "annotated")
    git.repository.references.create("refs/tags/v0-blob", git.blob("no commit"))
    return git.path


def test_tags_that_match_are_releases_newest_first(released: Path) -> None:
    """Annotated ones count by their commit, a tag of a file is none."""
    names = [tag.name for tag in release_tags(released, PATTERNS)]
    assert names == ["v1.11.0", "v1.10.0", "v1.1.0", "identity@1.0.0", "v1.0.0"]


def test_each_line_has_its_newest(released: Path) -> None:
    """A line is what stands before the version."""
    newest = newest_of_each_line(release_tags(released, PATTERNS))
    assert {tag.name for tag in newest} == {"v1.11.0", "identity@1.0.0"}


def test_the_release_before_is_of_the_same_line_and_another_commit(released: Path) -> None:
    """The first of a line has none, and an unknown tag neither."""
    found = release_before(released, "v1.11.0", PATTERNS)
    assert found is not None
    assert found.name == "v1.1.0"
    assert release_before(released, "v1.0.0", PATTERNS) is None
    assert release_before(released, "identity@1.0.0", PATTERNS) is None
    assert release_before(released, "nightly", PATTERNS) is None


LINES = {"v1.2.3": "v", "identity@1.4.0": "identity@", "release-2026.11": "release-", "edge": "edge", "@a/b@2": "@a/b@"}


@pytest.mark.parametrize(("tag", "line"), LINES.items(), ids=list(LINES))
def test_a_line_is_the_text_before_the_version(tag: str, line: str) -> None:
    """Package names may hold an at sign and digits of their own."""
    assert line_of(tag) == line
