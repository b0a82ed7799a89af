"""A repository as a survey sees it: its own files, without what other people wrote, each read at most once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.snapshot import Blob, Snapshot

NOT_OURS = frozenset(
    (
        ".git", ".next", ".nuxt", ".terraform", ".tox", ".venv", "__fixtures__", "__mocks__", "__pycache__",
        "bower_components", "build", "coverage", "dist", "example", "examples", "fixtures", "node_modules", "out",
        "site-packages", "target", "testdata", "third_party", "vendor", "venv",
    )
)  # fmt: skip
"""Folders whose content is made, borrowed or for tests: no convention is read from them."""
_SPECIAL = frozenset("{}*?\\")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
TEXT_CAP = 2**20
"""Largest file whose words are looked at, in bytes."""


class Tree:
    """The paths that a profile could name, sorted, and what stands in them. What cannot be read is not there."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._texts: dict[str, str] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file that is the repository's own and has a name that a template may hold."""
        return tuple(path for path in self.snapshot.paths() if _can_be_named(path) and _is_ours(path))

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Those that match a glob and are regular files."""
        return tuple(path for path in select(pattern, self.paths) if self.is_file(path))

    def named(self, *names: str) -> Iterator[str]:
        """Regular files with one of these names, in any folder; names in lower case."""
        return (path for path in self.paths if path.rpartition("/")[2].lower() in names and self.is_file(path))

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there; a link, a submodule and the like count as nothing."""
        try:
            return self.snapshot.exists(path)
        except PrrError:
            return False

    def blob(self, path: str) -> Blob | None:
        """The file, or None if it cannot be read."""
        try:
            return self.snapshot.read(path)
        except PrrError:
            return None

    def text(self, path: str) -> str:
        """The text of a file of at most `TEXT_CAP` bytes; empty for anything else."""
        if path not in self._texts:
            blob = self.blob(path)
            try:
                self._texts[path] = blob.text() if blob is not None and len(blob.data) <= TEXT_CAP else ""
            except PrrError:
                self._texts[path] = ""
        return self._texts[path]


def first(tree: Tree, patterns: Sequence[str]) -> tuple[str, str] | None:
    """The first pattern that matches anything, and the first path that it matches."""
    for pattern in patterns:
        if found := tree.matching(pattern):
            return pattern, found[0]
    return None


def _can_be_named(path: str) -> bool:
    """Whether it can stand in a template: one with braces, stars or what nobody sees would mean something else."""
    if path.isascii() and path.isprintable():
        return _SPECIAL.isdisjoint(path)
    return not any(c in _SPECIAL or unicodedata.category(c) in _HIDDEN for c in path)


def _is_ours(path: str) -> bool:
    return NOT_OURS.isdisjoint(path.split("/")[:-1])
