"""Hostile repositories, really built: as a commit of git objects, and as a working tree on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.profile import profile_in
from prr_pipeline.repository.snapshot import Snapshot, open_commit, open_working_tree
from tests.mutations.matter import finished
from tests.mutations.world import GRANT, catalogue
from tests.repository.conftest import LINK, SUBMODULE, GitMaker

View = Literal["commit", "working tree"]
BAIT = "the content of a file outside"
OTHER = "5" * 40
"""A commit of some other repository."""
LINKED = "is a symbolic link; only regular files are read, so commit the file itself"
Put = bytes | tuple[int, str]
"""A file, or a mode and where it leads."""


def link(target: str) -> Put:
    """A symbolic link."""
    return LINK, target


def build(folder: Path, changes: Mapping[str, Put], view: View) -> Snapshot:
    """The sample with these files in the place of its own, beside a file outside that nothing may read."""
    (folder / "outside.mdx").write_text(BAIT)
    git = GitMaker(folder / "repository")
    files: dict[str, object] = {path: data for path, data in finished().files.items() if not _under(path, changes)}
    if view == "commit":
        for path, put in changes.items():
            is_module = isinstance(put, tuple) and put[0] == SUBMODULE
            files[path] = (SUBMODULE, git.blob(b"")) if is_module else put
        git.commit(files)
        return open_commit(git.path)
    for path, laid in {**files, **changes}.items():
        _lay(git.path / path, laid)
    return open_working_tree(git.path)


def told(snapshot: Snapshot, number: str) -> Finding:
    """What one line says of createGrant."""
    line = Catalogue((catalogue().line(number),))
    facts = finished().facts
    return evaluate(snapshot, GRANT, line, profile_in(snapshot, "matter"), facts).results[0].finding


def _under(path: str, changes: Mapping[str, Put]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in changes)


def _lay(path: Path, put: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(put, tuple):
        os.symlink(put[1], path)
    elif isinstance(put, bytes):
        path.write_bytes(put)
