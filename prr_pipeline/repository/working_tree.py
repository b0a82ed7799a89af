"""The working tree before a commit: tracked files and untracked ones that git does not ignore."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.commit_tree import open_repository
from prr_pipeline.repository.files import blob_id_inside, read_inside
from prr_pipeline.repository.git_index import tracked
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.seen_files import SeenFiles
from prr_pipeline.repository.tree import (
    ENTRY_CAP,
    REGULAR_MODES,
    Blob,
    Entry,
    MissingFile,
    blob_id_of,
    digest_entries,
    folded,
    is_plain,
    path_parts,
    refuse_mode,
    refuse_twins,
    shown_name,
)

if TYPE_CHECKING:
    import pygit2
else:
    from prr_pipeline.repository import libgit2 as pygit2

_SUBMODULE = 0o160000


class WorkingTree:
    """Files under one root, each opened without following a link. Listed once; a file that changes
    between two reads is refused, so that one view never mixes two states of a file.

    Until somebody asks for a list, tracked files that nothing resembles are told from git's index alone.
    """

    commit = None
    label = "working tree"

    def __init__(self, root: Path, tracked: Mapping[str, int] | None, *, is_remembered: bool = True) -> None:
        """``is_remembered``: see `SeenFiles`."""
        self.root = root
        self._tracked = tracked
        self._seen = SeenFiles(is_remembered)
        self._last: tuple[Blob, tuple[int, ...]] | None = None
        """What was read last, and its facts on the disk before: a large file is often asked for twice in a row."""
        self._alike: dict[str, dict[str, int]] = {}
        self._real: dict[str, bool] = {"": True}

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        return select(pattern, self._sorted)

    def read(self, path: str) -> Blob:
        if self._last is not None and self._last[0].path == path and self._facts(path) == self._last[1]:
            return self._last[0]
        path_parts(path)
        if not self._is_plainly_tracked(path):
            if path not in self._names:
                raise MissingFile(path, self.label)
            self._refuse(path)
        facts, data = self._facts(path), read_inside(self.root, path)
        if data is None:
            raise MissingFile(path, self.label)
        blob = self._seen.blob(path, data)
        self._last = (blob, facts) if facts is not None else None
        return blob

    def exists(self, path: str) -> bool:
        if self._is_plainly_tracked(path):
            return True
        if self._is_plainly_absent(path):
            return False
        if path not in self._names:
            path_parts(path)
            return False
        self._refuse(path)
        return True

    def blob_id(self, path: str) -> str | None:
        known = self._seen.id_of(path)
        if known is not None:
            return known
        try:
            return self.read(path).id
        except (Unreadable, MissingFile):
            return None

    def code_digest(self, exclude: Sequence[str]) -> str:
        kept = (name for name in self._names if not _under(name, exclude))
        return digest_entries([self._entry(name) for name in kept], ())

    def _facts(self, path: str) -> tuple[int, ...] | None:
        """What changes with a file's content, even where its size and its date are put back."""
        try:
            facts = os.lstat(self.root / path)
        except OSError:
            return None
        return facts.st_dev, facts.st_ino, facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns

    def _is_plainly_tracked(self, path: str) -> bool:
        """Whether a regular file lies there that git tracks, and nothing beside it has a name like it."""
        if self._tracked is None or "_names" in self.__dict__ or self._tracked.get(path) not in REGULAR_MODES:
            return False
        folder = path.rpartition("/")[0]
        if not path.isascii() or not _is_real(self.root, folder, self._real):
            return False
        return _disk_mode(self.root / path) in REGULAR_MODES and not self._has_twin(path)

    def _is_plainly_absent(self, path: str) -> bool:
        """Whether nothing lies there and git knows of nothing there."""
        plain = self._tracked is not None and "_names" not in self.__dict__ and is_plain(path)
        return plain and path not in (self._tracked or ()) and not os.path.lexists(self.root / path)

    def _has_twin(self, path: str) -> bool:
        """Whether on the disk some component of the path has a neighbour that differs by case or accents alone."""
        folder = ""
        for part in path.split("/"):
            if folder not in self._alike:
                self._alike[folder] = Counter(map(folded, os.listdir(self.root / folder)))
            if self._alike[folder][folded(part)] > 1:
                return True
            folder = f"{folder}/{part}" if folder else part
        return False

    @cached_property
    def _repository(self) -> pygit2.Repository:
        return _opened(self.root)

    def _refuse(self, path: str) -> None:
        refuse_mode(path, self._names[path])
        refuse_twins(path, self._twins.get(folded(path), ()))

    @cached_property
    def _twins(self) -> dict[str, list[str]]:
        """Folded name -> the paths that have it."""
        found: dict[str, list[str]] = {}
        for path in self._names:
            found.setdefault(folded(path), []).append(path)
        return found

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._names)

    @cached_property
    def _names(self) -> dict[str, int]:
        """Path -> mode of every listed entry that lies on the disk."""
        try:
            listed = {entry.path: int(entry.mode) for entry in self._repository.index}
            for path, flags in self._repository.status(untracked_files="all").items():
                if flags & pygit2.enums.FileStatus.WT_NEW and not path.endswith("/"):
                    listed[path] = 0
        except (pygit2.GitError, UnicodeError, ValueError):
            raise Unreadable(f"The git index of {self.root} cannot be read; run 'git status' there.") from None
        if len(listed) > ENTRY_CAP:
            raise Unreadable(f"The {self.label} has more than {ENTRY_CAP:,} entries; it is not read.")
        folders = {"": True}
        present = {}
        for path, mode in listed.items():
            folder = path.rpartition("/")[0]
            if mode != _SUBMODULE:
                mode = _disk_mode(self.root / path) if _is_real(self.root, folder, folders) else 0
            if mode:
                present[shown_name(os.fsencode(path))] = mode
        return present

    def _entry(self, path: str) -> Entry:
        mode = self._names[path]
        if mode == _SUBMODULE:
            return Entry(mode, path, path.encode(), str(self._repository.index[path].id))
        if mode == 0o120000:
            target = os.readlink(os.fsencode(self.root / path))
            return Entry(mode, path, path.encode(), blob_id_of(target))
        return Entry(mode, path, path.encode(), blob_id_inside(self.root, path) or "")


def open_working_tree(root: Path, *, is_remembered: bool = True) -> WorkingTree:
    """The files of the working tree at ``root``, which must be the top folder of a repository: see `WorkingTree`."""
    known = tracked(root)
    tree = WorkingTree(root, known, is_remembered=is_remembered)
    if known is None:
        _ = tree._repository  # what is wrong with it is told at once
    return tree


def _opened(root: Path) -> pygit2.Repository:
    repository = open_repository(root)
    if repository.is_bare or repository.workdir is None:
        raise Unreadable(f"{root} is a bare repository without a working tree; name a commit instead.")
    if Path(repository.workdir).resolve() != root.resolve():
        raise Unreadable(f"{root} keeps its working tree elsewhere (core.worktree); name a commit instead.")
    return repository


def _disk_mode(path: Path) -> int:
    """The git mode of what lies there; 0 for nothing, or for a folder."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return 0
    if stat.S_ISLNK(mode):
        return 0o120000
    if stat.S_ISDIR(mode):
        return 0
    return _git_mode(mode) if stat.S_ISREG(mode) else mode


def _is_real(root: Path, folder: str, known: dict[str, bool]) -> bool:
    """Whether no component of the folder is a link; ``known`` remembers the answers."""
    if folder not in known:
        above = folder.rpartition("/")[0]
        known[folder] = _is_real(root, above, known) and not (root / folder).is_symlink()
    return known[folder]


def _git_mode(mode: int) -> int:
    return 0o100755 if mode & stat.S_IXUSR else 0o100644


def _under(path: str, exclude: Sequence[str]) -> bool:
    prefixes = [prefix.strip("/") for prefix in exclude if prefix.strip("/")]
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)
