"""What git's history says along the first-parent line: commits, first and last change of a path, authors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.commit_tree import absent_object, open_repository, resolve_commit
from prr_pipeline.repository.tree import path_parts

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

COMMIT_CAP = 100_000
"""Most commits that one question walks."""
DELTA_CAP = 100_000
"""Most changed paths that one comparison returns."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote or committed, as git has it; anybody can set these, so they identify nobody."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit. ``committed_at`` is aware UTC; ``parents`` are ids, the first parent first."""

    id: str
    committed_at: datetime
    author: Person
    committer: Person
    summary: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """What lay at a path for a while. ``since`` is the oldest commit that has it, ``data`` its bytes."""

    since: CommitFacts
    data: bytes


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a path without a break, newest first. ``complete``: no shallow boundary hides older ones."""

    newest_first: tuple[Version, ...]
    complete: bool


def resolve(repository: Path, ref: str) -> str:
    """The commit id that a ref names, 40 hex digits. Raises `Unreadable` when it names none."""
    return str(resolve_commit(open_repository(repository), ref).id)


def commits(repository: Path, ref: str, limit: int) -> tuple[CommitFacts, ...]:
    """The newest ``limit`` commits of the first-parent line, newest first."""
    line = _line(repository, ref)
    return tuple(commit_facts(commit) for commit, _ in zip(line, range(limit), strict=False))


def first_parent_line(repository: Path, ref: str) -> Iterator[str]:
    """Commit ids from the head back to the first, lazily; a shallow repository ends at its boundary."""
    return (str(commit.id) for commit in _line(repository, ref))


def author_of(repository: Path, commit: str) -> Person:
    """The author of a commit."""
    return person_of(resolve_commit(open_repository(repository), commit).author)


def first_commit_of(repository: Path, ref: str, path: str) -> CommitFacts | None:
    """The oldest commit of the line since which the path (file or folder) exists without a break; None if absent.

    Raises `Unreadable` if a shallow history ends before the answer.
    """
    return _oldest(_line(repository, ref), path, lambda found, newest: found is not None)


def last_change_of(repository: Path, ref: str, path: str) -> CommitFacts | None:
    """The newest commit of the line that changed the path (file or folder); None if it is absent at the ref.

    Raises `Unreadable` if a shallow history ends before the answer.
    """
    return _oldest(_line(repository, ref), path, lambda found, newest: found is not None and found == newest)


def versions_of(repository: Path, ref: str, path: str) -> Versions:
    """Every version of a file along the line, back to where it was absent. Raises `Unreadable` for too long a line."""
    opened = open_repository(repository)
    runs: list[tuple[pygit2.Oid, pygit2.Commit]] = []
    oldest: pygit2.Commit | None = None
    for commit in _walk(opened, resolve_commit(opened, ref)):
        found = _id_at(commit, path)
        if found is None:
            oldest = None
            break
        oldest = commit
        if runs and runs[-1][0] == found:
            runs.pop()
        runs.append((found, commit))
    blobs = ((opened[found], commit) for found, commit in runs)
    versions = (Version(commit_facts(commit), blob.data) for blob, commit in blobs if isinstance(blob, pygit2.Blob))
    return Versions(tuple(versions), oldest is None or not _was_cut(oldest))


def changed_paths(repository: Path, base: str, head: str) -> set[str]:
    """Paths that differ between two commits (old and new name of a rename). Raises `Unreadable` above the cap."""
    opened = open_repository(repository)
    before, after = resolve_commit(opened, base), resolve_commit(opened, head)
    changed: set[str] = set()
    for delta in before.tree.diff_to_tree(after.tree, context_lines=0).deltas:
        changed |= {delta.old_file.path, delta.new_file.path}
        if len(changed) > DELTA_CAP:
            raise Unreadable(f"More than {DELTA_CAP:,} paths differ between {base} and {head}; name a nearer base.")
    return changed


def merge_base(repository: Path, ref: str, head: str = "HEAD") -> str:
    """The newest commit that both have in their history, as ``git merge-base``: where a pull request began.

    Raises `Unreadable` for a ref that names no commit, where a shallow clone ends too early, or nothing is shared.
    """
    opened = open_repository(repository)
    ours, theirs = resolve_commit(opened, head), resolve_commit(opened, ref)
    try:
        found = opened.merge_base(ours.id, theirs.id)
    except (KeyError, ValueError, pygit2.GitError):
        raise absent_object(f"the history between {ref} and {head}") from None
    if found is not None:
        return str(found)
    if opened.is_shallow:
        raise Unreadable(
            f"The shallow clone {repository} ends before the commit where {head} left {ref}; fetch the whole history "
            "(git fetch --unshallow, or fetch-depth: 0 in the checkout step)."
        )
    raise Unreadable(f"{head} and {ref} share no commit, so nothing tells what {head} changes; name a related base.")


def _line(repository: Path, ref: str) -> Iterator[pygit2.Commit]:
    opened = open_repository(repository)
    return _walk(opened, resolve_commit(opened, ref))


def _walk(repository: pygit2.Repository, commit: pygit2.Commit) -> Iterator[pygit2.Commit]:
    for _ in range(COMMIT_CAP):
        yield commit
        parents = commit.parent_ids
        if not parents or parents[0] not in repository:
            return
        commit = repository[parents[0]].peel(pygit2.Commit)
    raise Unreadable(f"The history is longer than {COMMIT_CAP:,} commits; name a nearer base.")


def _oldest(
    line: Iterator[pygit2.Commit], path: str, holds: Callable[[pygit2.Oid | None, pygit2.Oid | None], bool]
) -> CommitFacts | None:
    """The last commit, from the newest on, at which the path's id still ``holds`` against the newest id."""
    oldest: pygit2.Commit | None = None
    newest: pygit2.Oid | None = None
    for commit in line:
        found = _id_at(commit, path)
        newest = found if oldest is None else newest
        if not holds(found, newest):
            return commit_facts(oldest) if oldest else None
        oldest = commit
    if oldest is not None and _was_cut(oldest):
        raise Unreadable(f"The history of {path} ends at a shallow boundary; fetch all of it (git fetch --unshallow).")
    return commit_facts(oldest) if oldest else None


def _was_cut(commit: pygit2.Commit) -> bool:
    """Whether the commit itself names parents; git hides those of a shallow boundary."""
    return parents_named(commit) > 0


def parents_named(commit: pygit2.Commit) -> int:
    """How many parents the commit itself names, there or not."""
    return commit.read_raw().partition(b"\n\n")[0].count(b"\nparent ")


def _id_at(commit: pygit2.Commit, path: str) -> pygit2.Oid | None:
    parts = path_parts(path)
    try:
        node: pygit2.Object = commit.tree
        for part in parts:
            if not isinstance(node, pygit2.Tree) or part not in node:
                return None
            node = node[part]
    except (KeyError, ValueError, pygit2.GitError):
        raise absent_object(path) from None
    return node.id


def commit_facts(commit: pygit2.Commit) -> CommitFacts:
    """What one commit says of itself. Raises `Unreadable` for a time that is no date."""
    return CommitFacts(
        id=str(commit.id),
        committed_at=_instant(commit.commit_time),
        author=person_of(commit.author),
        committer=person_of(commit.committer),
        summary=commit.message.partition("\n")[0][:200],
        parents=tuple(str(parent) for parent in commit.parent_ids),
    )


def _instant(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unreadable(f"A commit carries the time {seconds}, which is no date.") from None


def person_of(signature: pygit2.Signature) -> Person:
    """Who a signature of git names."""
    return Person(signature.raw_name.decode("utf-8", "replace"), signature.raw_email.decode("utf-8", "replace"))
