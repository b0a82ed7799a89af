"""The files of a snapshot, as resolving needs them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob, is_plain

T = TypeVar("T")
SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""An ESM import may name the compiled file; the source beside it is meant."""


class Files(Protocol):
    """What resolving reads, and where it keeps what it found."""

    def exists(self, path: str) -> bool: ...

    def blob(self, path: str) -> Blob: ...

    def paths(self, pattern: str) -> tuple[str, ...]: ...

    def once(self, kind: str, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gave for this kind and key the first time, or its fault. Whoever keeps it knows its reads."""
        ...


def is_file(files: Files, path: str) -> bool:
    """Whether a regular file lies there; a path that leads elsewhere names none."""
    try:
        return files.exists(path)
    except Unreadable:
        return False


def find(files: Files, base: str, *, folder: bool = False) -> str | None:
    """The file that an import of ``base`` means: itself, with a suffix, or its index. ``folder``: the index only."""
    return next((path for path in _tried(base, folder) if is_file(files, path)), None)


def refusal(files: Files, base: str) -> str | None:
    """Why what lies where an import of ``base`` leads is not read, such as a link; None if nothing lies there."""
    for path in _tried(base, folder=False):
        try:
            files.exists(path)
        except Unreadable as fault:
            return str(fault).rstrip(".") if is_plain(path) else None
    return None


def read_json(files: Files, path: str) -> Mapping[str, Any]:
    """A JSON object; empty for a file that is missing or holds none."""
    try:
        value = load_json(files.blob(path))
    except PrrError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _tried(base: str, folder: bool) -> Iterator[str]:
    """The paths that an import may mean, in their order; none for one that leads out of the repository."""
    base = posixpath.normpath(base).lstrip("/") if base else ""
    base = "" if base == "." else base
    if base == ".." or base.startswith("../"):
        return
    if base and not folder:
        yield from _written(base)
    yield from _indexes(base)


def _written(base: str) -> Iterator[str]:
    stem, suffix = posixpath.splitext(base)
    yield from (stem + other for other in _WRITTEN_AS.get(suffix, ()))
    if suffix:
        yield base
    yield from (base + other for other in SUFFIXES)
    yield from (stem + ".d.ts" for _ in _WRITTEN_AS.get(suffix, ())[:1])
    yield base + ".d.ts"


def _indexes(base: str) -> Iterator[str]:
    for suffix in (*SUFFIXES, ".d.ts"):
        yield posixpath.join(base, f"index{suffix}")
