"""Which code judges: what one edition remembers, no other takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_METADATA = (".dist-info", ".egg-info")
_COMPILED = "__pycache__"


@cache
def edition() -> str:
    """A digest of the code that judges and writes, of what is installed beside it, and of the Python that runs it."""
    return edition_at(_PACKAGE, sys.path)


def edition_at(package: Path, search_path: Iterable[str]) -> str:
    """The same of a package's folder, as found beside the distributions of a search path.

    Every file counts: what judges asks the rest of the package. Of other distributions, such as parsers, the version
    does, which the names of their metadata hold.
    """
    total = blake2b(sys.version.encode(), digest_size=16)
    for name in sorted({name for folder in search_path for name in _distributions(folder)}):
        total.update(b"%s\n" % os.fsencode(name))
    for path in sorted(_files(os.fspath(package))):
        with open(path, "rb", buffering=0) as file:
            data = file.read()
        total.update(b"%s %d " % (os.fsencode(path[len(str(package)) :]), len(data)) + data)
    return total.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _COMPILED:
                    yield from _files(entry.path)
            elif not entry.name.startswith("."):
                yield entry.path


def _distributions(folder: str) -> list[str]:
    """The names of metadata, such as ``pglast-8.8.dist-info``; of what is no folder, none."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(_METADATA)] if folder else []
    except OSError:
        return []
