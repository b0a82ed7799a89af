"""Git repositories made in a temporary folder, object by object."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pygit2
import pytest

FILE = 0o100644
LINK = 0o120000
SUBMODULE = 0o160000


class GitMaker:
    """Commits trees given as path -> content; a value may also be (mode, content or id)."""

    def __init__(self, path: Path, bare: bool = False) -> None:
        self.path = path
        self.repository = pygit2.init_repository(str(path), bare=bare)
        self.seconds = 1_700_000_000

    def commit(
        self, files: Mapping[str, object], parents: list[str] | None = None, ref: str = "refs/heads/main"
    ) -> str:
        """Commit exactly these files. Without ``parents``, the parent is what ``ref`` names now."""
        index = pygit2.Index()
        for path, value in files.items():
            mode, content = value if isinstance(value, tuple) else (FILE, value)
            index.add(pygit2.IndexEntry(path, self.blob(content), mode))
        return self.commit_tree(str(index.write_tree(self.repository)), parents, ref)

    def commit_tree(self, tree: str, parents: list[str] | None = None, ref: str = "refs/heads/main") -> str:
        if parents is None:
            parents = [str(self.repository.references[ref].target)] if ref in self.repository.references else []
        self.seconds += 60
        person = pygit2.Signature("Ada", "ada@example.org", self.seconds, 0)
        made = self.repository.create_commit(None, person, person, "change\n\nbody", tree, parents)
        self.repository.references.create(ref, made, force=True)
        self.repository.set_head("refs/heads/main")
        return str(made)

    def blob(self, content: object) -> pygit2.Oid:
        if isinstance(content, pygit2.Oid):
            return content
        return self.repository.create_blob(content.encode() if isinstance(content, str) else content)

    def raw_tree(self, *entries: tuple[bytes, bytes, pygit2.Oid]) -> pygit2.Oid:
        """A tree object written byte by byte, so that its names may be anything."""
        data = b"".join(mode + b" " + name + b"\0" + oid.raw for mode, name, oid in entries)
        return self.repository.odb.write(pygit2.enums.ObjectType.TREE, data)


@pytest.fixture
def git(tmp_path: Path) -> GitMaker:
    """An empty repository with a working tree."""
    return GitMaker(tmp_path / "repository")


@pytest.fixture
def bare_git(tmp_path: Path) -> GitMaker:
    """An empty bare repository."""
    return GitMaker(tmp_path / "bare.git", bare=True)
