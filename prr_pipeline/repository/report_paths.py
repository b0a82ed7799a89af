"""Which file of the repository does a report of CI mean? Reports write paths absolute, or relative to a package."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable


class ReportPaths:
    """Finds files of the repository by what reports call them. The files are given; nothing else is ever found."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[posixpath.basename(path)].append(path)

    def find(self, reported: str, *, relative: bool = False) -> str | None:
        """The file of that path, or the longest that an absolute path ends with.

        With ``relative`` also the only one that ends with a path that is relative to some package; where several do,
        nobody can say which is meant.
        """
        path = _plain(reported)
        known = self._by_name.get(posixpath.basename(path), ())
        if path in known:
            return path
        below = [each for each in known if path.endswith(f"/{each}")]
        if below and _is_absolute(path):
            return max(below, key=len)
        above = [each for each in known if each.endswith(f"/{path}")] if relative else []
        return above[0] if len(above) == 1 else None


def file_name(reported: str) -> str:
    """The last part of a reported path: files that it may mean end in it."""
    return posixpath.basename(_plain(reported))


def _plain(reported: str) -> str:
    return posixpath.normpath(reported.replace("\\", "/"))


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"
