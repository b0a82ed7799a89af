"""Whose hand made a part of a file what it is: the people of the commit that brought the part to its present state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.commit_tree import CommitSnapshot, open_repository, resolve_commit
from prr_pipeline.repository.history import COMMIT_CAP, Person, parents_named, person_of
from prr_pipeline.repository.tree import Blob

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

_CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*([^<\r\n]*?)[ \t]*<([^<>\r\n]*)>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_WEB_COMMITTER = "noreply@github.com"
"""The committer of what is committed or merged on a forge's page; the author is the person."""

PartAt = Callable[[str, Callable[[], Blob]], str | None]
"""Digest of the part in a blob, by blob id and a way to read it; None where the blob does not hold the part."""


def makers(repository: Path, ref: str, path: str, part_at: PartAt) -> tuple[Person, ...]:
    """Author, committer and co-authors of the commit since which the part is what it is at the ref.

    A commit that leaves the part as it is in one of its parents made nothing of it: the walk goes on there, so a merge
    leads to whoever wrote the branch. A merge that made a third thing of it has its own people and the branch's.
    ``part_at`` is asked once per blob. Raises `Unreadable` if a shallow history ends before the answer.
    """
    opened = open_repository(repository)
    line = _Line(opened, path, part_at)
    pending = [resolve_commit(opened, ref)]
    seen: set[pygit2.Oid] = set()
    found: dict[Person, None] = {}
    while pending:
        commit = pending.pop()
        if commit.id in seen:
            continue
        seen.add(commit.id)
        if len(seen) > COMMIT_CAP:
            raise Unreadable(f"The history of {path} is longer than {COMMIT_CAP:,} commits; who wrote it is not told.")
        parents = line.parents(commit)
        same = line.first_alike(commit, parents)
        if same is None:
            found |= dict.fromkeys(_people(commit))
        pending += parents[1:] if same is None else [same]
    return tuple(found)


class _Line:
    """One file's history, each of its blobs looked at once."""

    def __init__(self, opened: pygit2.Repository, path: str, part_at: PartAt) -> None:
        self._opened, self._path, self._part_at = opened, path, part_at
        self._known: dict[str, str | None] = {}

    def parents(self, commit: pygit2.Commit) -> list[pygit2.Commit]:
        ids = [parent for parent in commit.parent_ids if parent in self._opened]
        if len(ids) < parents_named(commit):
            raise Unreadable(
                f"The history of {self._path} ends at a shallow boundary; fetch all of it (git fetch --unshallow)."
            )
        return [self._opened[parent].peel(pygit2.Commit) for parent in ids]

    def first_alike(self, commit: pygit2.Commit, parents: list[pygit2.Commit]) -> pygit2.Commit | None:
        """The first parent in which the part is the same; the file as a whole is compared before anything is read."""
        here = CommitSnapshot(self._opened, commit)
        blob_id = here.blob_id(self._path)
        snapshots = [(parent, CommitSnapshot(self._opened, parent)) for parent in parents]
        for parent, there in snapshots:
            if there.blob_id(self._path) == blob_id or self._part(there) == self._part(here):
                return parent
        return None

    def _part(self, snapshot: CommitSnapshot) -> str | None:
        blob_id = snapshot.blob_id(self._path)
        if blob_id is None:
            return None
        if blob_id not in self._known:
            self._known[blob_id] = self._part_at(blob_id, lambda: snapshot.read(self._path))
        return self._known[blob_id]


def _people(commit: pygit2.Commit) -> Iterator[Person]:
    yield person_of(commit.author)
    committer = person_of(commit.committer)
    if committer.email.casefold() != _WEB_COMMITTER:
        yield committer
    for name, email in _CO_AUTHOR.findall(commit.message):
        yield Person(name, email)
