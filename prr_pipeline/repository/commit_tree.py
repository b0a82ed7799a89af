"""A commit read straight from git objects: no checkout, no hooks, no filters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.quick_look import QuickLook
from prr_pipeline.repository.tree import (
    ENTRY_CAP,
    LARGE,
    Blob,
    Entry,
    MissingFile,
    digest_entries,
    folded,
    path_parts,
    refuse_mode,
    refuse_size,
    refuse_twins,
    shown_name,
)

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

_DEPTH_CAP = 200
_FOLDER = 0o040000


class _Named(NamedTuple):
    """One entry of a folder; ``name`` as listings show it."""

    name: str
    mode: int
    id: pygit2.Oid


class _Entries(list[Entry]):
    """Every entry of a tree but its folders."""


_listed: WeakValueDictionary[tuple[str, str], _Entries] = WeakValueDictionary()
"""Git folder and tree to what some view has listed of it: the code's digest and the judgement each have their own."""


class CommitSnapshot:
    """The tree of one commit. Immutable; listing is done once, a read looks up exact tree entries only."""

    def __init__(self, repository: pygit2.Repository, commit: pygit2.Commit) -> None:
        self._repository = repository
        self._tree_id = commit.tree_id
        self._commit = str(commit.id)
        self._folders: dict[pygit2.Oid, dict[str, list[_Named]]] = {}
        self._selected: dict[str, tuple[str, ...]] = {}
        self._large: Blob | None = None
        """The last large file that was read: the specification, say, which is asked for again and again."""

    @property
    def commit(self) -> str:
        return self._commit

    @property
    def label(self) -> str:
        return f"commit {self._commit[:12]}"

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        if pattern not in self._selected:
            self._selected[pattern] = select(pattern, self._sorted)
        return self._selected[pattern]

    def read(self, path: str) -> Blob:
        found = self._lookup(path)
        if found is None:
            raise MissingFile(path, self.label)
        mode, oid = found
        self._refuse(path, mode)
        if self._large is not None and (self._large.path, self._large.id) == (path, str(oid)):
            return self._large
        refuse_size(path, _size(self._repository, oid, path))
        blob = Blob(path, str(oid), self._object(oid, path).data)
        if len(blob.data) >= LARGE:
            self._large = blob
        return blob

    def exists(self, path: str) -> bool:
        found = self._lookup(path)
        if found is None or found[0] == _FOLDER:
            return False
        self._refuse(path, found[0])
        return True

    def blob_id(self, path: str) -> str | None:
        try:
            found = self._lookup(path) if self.exists(path) else None
        except Unreadable:
            return None
        return str(found[1]) if found else None

    def code_digest(self, exclude: Sequence[str]) -> str:
        return digest_entries(self._entries, exclude)

    @cached_property
    def quick_look(self) -> QuickLook:
        """What lies at a path, for those who ask for thousands."""
        return QuickLook(self._entries)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(entry.path for entry in self._entries)

    @cached_property
    def _entries(self) -> _Entries:
        """Those that another view of this tree has listed, while there is one."""
        name = (self._repository.path, str(self._tree_id))
        found = _listed.get(name)
        if found is None:
            found = _listed[name] = self._list()
        return found

    def _list(self) -> _Entries:
        entries = _Entries()
        pending: list[tuple[bytes, pygit2.Oid, int]] = [(b"", self._tree_id, 0)]
        seen = 0
        while pending:
            prefix, oid, depth = pending.pop()
            if depth > _DEPTH_CAP:
                raise Unreadable(f"The {self.label} nests folders deeper than {_DEPTH_CAP}; it is not read.")
            for child in self._object(oid, shown_name(prefix) or "the root folder"):
                seen += 1
                raw, mode = prefix + child.raw_name, int(child.filemode)
                if mode == _FOLDER:
                    pending.append((raw + b"/", child.id, depth + 1))
                else:
                    entries.append(Entry(mode, shown_name(raw), raw, str(child.id)))
            if seen > ENTRY_CAP:
                raise Unreadable(f"The {self.label} has more than {ENTRY_CAP:,} entries; it is not read.")
        return entries

    def _lookup(self, path: str) -> tuple[int, pygit2.Oid] | None:
        """Mode and id of the entry at that exact path; None if a component is absent or no folder."""
        mode, oid = _FOLDER, self._tree_id
        for part in path_parts(path):
            if mode != _FOLDER:
                refuse_mode(path, mode)
                return None
            entry = next((each for each in self._like(part, oid, path) if each.name == part), None)
            if entry is None:
                return None
            mode, oid = entry.mode, entry.id
        return mode, oid

    def _refuse(self, path: str, mode: int) -> None:
        refuse_mode(path, mode)
        refuse_twins(path, self._twins(path))

    def _twins(self, path: str) -> list[str]:
        """The files whose paths are that one on a disk that folds names, itself among them."""
        found = [("", _Named("", _FOLDER, self._tree_id))]
        for part in path_parts(path):
            found = [
                (f"{above}/{entry.name}", entry)
                for above, folder in found
                if folder.mode == _FOLDER
                for entry in self._like(part, folder.id, path)
            ]
        return [name[1:] for name, _ in found]

    def _like(self, name: str, folder: pygit2.Oid, path: str) -> Sequence[_Named]:
        """The entries of a folder whose names are that one on a disk that folds names."""
        if folder not in self._folders:
            names: dict[str, list[_Named]] = {}
            for entry in self._object(folder, path):
                shown = shown_name(entry.raw_name)
                names.setdefault(folded(shown), []).append(_Named(shown, int(entry.filemode), entry.id))
            self._folders[folder] = names
        return self._folders[folder].get(folded(name), ())

    def _object(self, oid: pygit2.Oid, path: str) -> Any:
        try:
            return self._repository[oid]
        except (KeyError, ValueError, pygit2.GitError):
            raise absent_object(path) from None


def open_repository(path: Path) -> pygit2.Repository:
    """The git repository at exactly that folder, bare ones too. Raises `Unreadable` with the way out."""
    try:
        return pygit2.Repository(str(path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
    except (pygit2.GitError, KeyError, ValueError, UnicodeError) as fault:
        if "not owned" in str(fault):
            raise Unreadable(
                f"The repository {path} belongs to another user; trust it with "
                f"'git config --global --add safe.directory {path}'."
            ) from None
        raise Unreadable(f"{path} is not a git repository; give the folder that holds .git, or a bare one.") from None


def resolve_commit(repository: pygit2.Repository, ref: str) -> pygit2.Commit:
    """The commit that a ref, tag or id names. Raises `Unreadable` when it names none."""
    if repository.is_empty:
        raise Unreadable(f"The repository {repository.path} has no commit yet; commit something first.")
    if not ref or ref.startswith("-") or any(mark in ref for mark in (":", "^{/", "\0")):
        raise Unreadable(f"{ref[:200]!r} is not a ref; give a branch, a tag or a commit id.")
    try:
        return repository.revparse_single(ref).peel(pygit2.Commit)
    except (KeyError, ValueError, pygit2.GitError, UnicodeError):
        raise Unreadable(
            f"The repository {repository.path} has no commit {ref[:200]!r}; fetch it, or give a branch, tag or id."
        ) from None


def open_commit(repository: Path, ref: str = "HEAD") -> CommitSnapshot:
    """The tree of the commit that ``ref`` names. Bare and shallow repositories will do."""
    opened = open_repository(repository)
    return CommitSnapshot(opened, resolve_commit(opened, ref))


def _size(repository: pygit2.Repository, oid: pygit2.Oid, path: str) -> int:
    try:
        return int(repository.odb.read_header(oid)[1])
    except (KeyError, ValueError, pygit2.GitError):
        raise absent_object(path) from None


def absent_object(path: str) -> Unreadable:
    """The fault of an object that a partial or damaged repository does not hold."""
    return Unreadable(f"The repository lacks the object of {path}; fetch it fully (no partial clone) or repair it.")
