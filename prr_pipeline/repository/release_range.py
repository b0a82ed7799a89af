"""What a release carries: the commits since the one before it, and the notes that were added on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.commit_tree import absent_object, open_repository, resolve_commit
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.history import CommitFacts, commit_facts
from prr_pipeline.repository.tree import BLOB_CAP, Blob

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

RANGE_CAP = 20_000
"""Most commits of one release that are walked."""
_VERSIONED = ("package.json", "CHANGELOG.md")


@dataclass(frozen=True, slots=True)
class ReleaseRange:
    """``merges``: the first-parent line from the head down to the base, newest first. ``notes``: see `notes_in`."""

    merges: tuple[CommitFacts, ...]
    notes: tuple[Blob, ...]


def release_range(repository: Path, base: str | None, head: str, notes: str | None) -> ReleaseRange:
    """What lies between two commits; with no base, everything. ``notes``: a glob of files that tell of a change.

    Raises `Unreadable` for more commits than are walked, and where a shallow clone ends too early.
    """
    opened = open_repository(repository)
    walked = _walked(opened, base, head)
    return ReleaseRange(tuple(_line(opened, head, walked)), notes_in(opened, walked, base, notes) if notes else ())


def notes_in(
    opened: pygit2.Repository, walked: dict[str, pygit2.Commit], base: str | None, pattern: str
) -> tuple[Blob, ...]:
    """The files of that pattern that lay at the base or came since, as last written, by path.

    One that a release took away (its commit also wrote a version or a changelog) is still of this range; one that any
    other commit took away was withdrawn.
    """
    found: dict[str, pygit2.Oid] = {}
    folder = pattern.rpartition("/")[0]
    if base is not None:
        found.update(_files(opened, resolve_commit(opened, base), folder, pattern))
    for commit in reversed(walked.values()):
        if len(commit.parent_ids) > 1:
            continue
        before = _files(opened, commit.parents[0], folder, pattern) if commit.parent_ids else {}
        after = _files(opened, commit, folder, pattern)
        found.update({path: oid for path, oid in after.items() if before.get(path) != oid})
        gone = before.keys() - after.keys()
        if gone and not _wrote_a_version(commit):
            found = {path: oid for path, oid in found.items() if path not in gone}
    return tuple(_blob(opened, path, oid) for path, oid in sorted(found.items()))


def _walked(opened: pygit2.Repository, base: str | None, head: str) -> dict[str, pygit2.Commit]:
    """Every commit that the head has behind it and the base has not, newest first, children before parents."""
    walker = opened.walk(
        resolve_commit(opened, head).id, pygit2.enums.SortMode.TOPOLOGICAL | pygit2.enums.SortMode.TIME
    )
    if base is not None:
        walker.hide(resolve_commit(opened, base).id)
    found: dict[str, pygit2.Commit] = {}
    try:
        for commit in walker:
            if len(found) >= RANGE_CAP:
                raise Unreadable(f"More than {RANGE_CAP:,} commits lie before {head[:12]}; name a nearer base.")
            found[str(commit.id)] = commit
    except (KeyError, ValueError, pygit2.GitError):
        raise absent_object(f"the history before {head[:12]}") from None
    return found


def _line(opened: pygit2.Repository, head: str, walked: dict[str, pygit2.Commit]) -> Iterator[CommitFacts]:
    at = str(resolve_commit(opened, head).id)
    while at in walked:
        facts = commit_facts(walked[at])
        yield facts
        if not facts.parents:
            return
        at = facts.parents[0]


def _files(opened: pygit2.Repository, commit: pygit2.Commit, folder: str, pattern: str) -> dict[str, pygit2.Oid]:
    """Path to blob id of the regular files of a pattern, which has no wildcard but in its last part."""
    node: pygit2.Object = commit.tree
    try:
        for part in folder.split("/") if folder else ():
            if not isinstance(node, pygit2.Tree) or part not in node:
                return {}
            node = node[part]
    except (KeyError, ValueError, pygit2.GitError):
        raise absent_object(folder) from None
    named = [(f"{folder}/{each.name}".lstrip("/"), each) for each in node] if isinstance(node, pygit2.Tree) else []
    return {path: each.id for path, each in named if isinstance(each, pygit2.Blob) and matches(pattern, path)}


def _wrote_a_version(commit: pygit2.Commit) -> bool:
    if not commit.parent_ids:
        return False
    deltas = commit.parents[0].tree.diff_to_tree(commit.tree, context_lines=0).deltas
    return any(delta.new_file.path.rpartition("/")[2] in _VERSIONED for delta in deltas)


def _blob(opened: pygit2.Repository, path: str, oid: pygit2.Oid) -> Blob:
    found = opened[oid]
    if not isinstance(found, pygit2.Blob) or found.size > BLOB_CAP:
        raise Unreadable(f"{path} is larger than {BLOB_CAP:,} bytes; it is not read.")
    return Blob(path, str(oid), found.data)
