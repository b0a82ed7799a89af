"""Release tags: which commits were released under which names, and what came before each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.commit_tree import open_repository, resolve_commit
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.history import commit_facts

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

_NUMBERS = re.compile(r"\d+")
_PREFIX = "refs/tags/"


@dataclass(frozen=True, slots=True)
class ReleaseTag:
    """A tag. ``commit`` is what it points at in the end; ``committed_at`` that commit's time, aware UTC."""

    name: str
    commit: str
    committed_at: datetime


def release_tags(repository: Path, patterns: Sequence[str]) -> tuple[ReleaseTag, ...]:
    """The tags that match one of the globs, newest first. Tags of anything but a commit are no releases."""
    opened = open_repository(repository)
    found = []
    for reference in opened.references:
        name = reference.removeprefix(_PREFIX)
        if reference.startswith(_PREFIX) and any(matches(pattern, name) for pattern in patterns):
            tag = _tag(opened, reference, name)
            found += [tag] if tag is not None else []
    return tuple(sorted(found, key=lambda tag: (tag.committed_at, _numbers(tag.name), tag.name), reverse=True))


def newest_of_each_line(tags: Sequence[ReleaseTag]) -> tuple[ReleaseTag, ...]:
    """Of tags, newest first, the first of each line of releases."""
    newest: dict[str, ReleaseTag] = {}
    for tag in tags:
        newest.setdefault(line_of(tag.name), tag)
    return tuple(newest.values())


def release_before(repository: Path, tag: str, patterns: Sequence[str]) -> ReleaseTag | None:
    """The newest release of the same line (the same text before the version) in the tag's history; None if first."""
    tags = release_tags(repository, patterns)
    own = next((one for one in tags if one.name == tag), None)
    if own is None:
        return None
    opened = open_repository(repository)
    for one in tags:
        same = one.name != tag and one.commit != own.commit and line_of(one.name) == line_of(tag)
        if same and opened.descendant_of(own.commit, one.commit):
            return one
    return None


def releases_in_history(repository: Path, ref: str, patterns: Sequence[str], *, itself: bool) -> tuple[ReleaseTag, ...]:
    """The newest release of each line that a commit has behind it, newest first; ``itself``: at it, too.

    Raises `Unreadable` for a ref that names no commit.
    """
    opened = open_repository(repository)
    head = resolve_commit(opened, ref).id
    behind = [
        tag
        for tag in release_tags(repository, patterns)
        if (itself and tag.commit == str(head)) or (tag.commit != str(head) and opened.descendant_of(head, tag.commit))
    ]
    return newest_of_each_line(behind)


def has_whole_history(repository: Path) -> bool:
    """Whether nothing of the history was left out when the repository was cloned."""
    return not open_repository(repository).is_shallow


def line_of(tag: str) -> str:
    """What stands before the version: ``identity@`` of ``identity@1.4.0``, ``v`` of ``v2026.11.3``."""
    version = tag.rpartition("@")[2] or tag
    found = _NUMBERS.search(version)
    return tag[: len(tag) - len(version) + (found.start() if found else len(version))]


def _tag(opened: pygit2.Repository, reference: str, name: str) -> ReleaseTag | None:
    try:
        commit = opened.references[reference].peel(pygit2.Commit)
    except (KeyError, ValueError, pygit2.GitError):
        return None
    facts = commit_facts(commit)
    return ReleaseTag(name, facts.id, facts.committed_at)


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(name)[:6] if len(number) < 19)
