"""Opens a file below a root without following a link on any component of its path."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import BLOB_CAP, path_parts, refuse_size

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 2**20


def read_inside(root: Path, path: str, cap: int = BLOB_CAP) -> bytes | None:
    """The content of the regular file at ``path``; None if nothing lies there.

    Raises `Unreadable` for a link, folder, device or FIFO, a path that leads outside, or a file above the cap,
    which is not read.
    """
    with _opened(root, path) as found:
        if found is None:
            return None
        stream, size = found
        refuse_size(path, size, cap)
        data = stream.read(cap + 1)
        refuse_size(path, len(data), cap)
        return data


def blob_id_inside(root: Path, path: str) -> str | None:
    """The git blob id of the regular file at ``path``, of any size; None if nothing lies there."""
    with _opened(root, path) as found:
        if found is None:
            return None
        stream, size = found
        total = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        while chunk := stream.read(_CHUNK):
            total.update(chunk)
        return total.hexdigest()


@contextmanager
def _opened(root: Path, path: str) -> Iterator[tuple[BinaryIO, int] | None]:
    """The open file and its size in bytes."""
    handle = _handle(root, path_parts(path), path)
    if handle is None:
        yield None
        return
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable(f"{path} is not a regular file; only regular files are read.")
        yield stream, facts.st_size


def _handle(root: Path, parts: list[str], path: str) -> int | None:
    try:
        folder = os.open(root, _FOLDER)
    except OSError as fault:
        raise Unreadable(f"The folder {root} cannot be opened ({fault.strerror}).") from None
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise Unreadable(f"{path} cannot be opened as a regular file ({fault.strerror}).") from None
    finally:
        os.close(folder)
