"""What lies at a path, told from one listing of a tree: an answer for plain cases, and none for all others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from prr_pipeline.repository.tree import REGULAR_MODES, Entry, folded

_PLAIN = re.compile(r"[A-Za-z0-9_.@()\[\]+ /-]{1,1000}")
_REFUSED = re.compile(r"/(?:\.{0,2}|\.git)/", re.IGNORECASE)


class QuickLook:
    """The files of one tree. Thousands of paths are looked up in the time that a few take entry by entry."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._ids: dict[str, str] = {}
        self._odd: set[str] = set()
        folders: set[str] = set()
        for entry in entries:
            if entry.mode in REGULAR_MODES:
                self._ids[entry.path] = entry.id
            else:
                self._odd.add(entry.path)
            folder = entry.path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        self._folders = folders
        self._alike = Counter(_folded(path) for names in (self._ids, self._odd, folders) for path in names)

    def blob_id(self, path: str) -> str | None:
        """The blob id of a regular file that no other path resembles; None where one has to look closer."""
        found = self._ids.get(path)
        return found if found is not None and self._alike[_folded(path)] == 1 and _is_plain(path) else None

    def is_absent(self, path: str) -> bool:
        """Whether surely no file lies there; False where one does, or has to look closer."""
        if path in self._ids or path in self._odd or not _is_plain(path):
            return False
        folder = path.rpartition("/")[0]
        while folder:
            if folder in self._odd:
                return False
            if folder in self._folders:
                return True
            folder = folder.rpartition("/")[0]
        return True


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else folded(path)


def _is_plain(path: str) -> bool:
    return _PLAIN.fullmatch(path) is not None and _REFUSED.search(f"/{path}/") is None
