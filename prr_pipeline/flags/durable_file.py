"""One file that other processes poll: locked, replaced as a whole, never older than before, writable on a full disk."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

STEP_NS = 1_000_000
"""Readers compare times as floating-point seconds, so a newer file is newer by a millisecond at least."""

_PAGE = 4096
_POLL_SECONDS = 0.005
_LEFT_BEHIND_SECONDS = 60.0
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

Identity = tuple[int, int]
"""Inode and modification time: another content has another identity."""


class Replaced(Exception):
    """Somebody replaced the file between our reading and our writing."""


def read_bytes(path: Path, limit: int) -> tuple[bytes, Identity]:
    """The content, at most ``limit`` + 1 bytes of it, and the identity. Raises `OSError`, also for a pipe or device."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as source:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return source.read(limit + 1), (status.st_ino, status.st_mtime_ns)


def identity(path: Path) -> Identity | None:
    """The identity of the file now, None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def newer_than(*paths: Path) -> int:
    """A modification time (ns) that is now, or a step above the newest of ``paths`` if the clock went back."""
    known = [found[1] + STEP_NS for path in paths if (found := identity(path))]
    return max(time.time_ns(), *known) if known else time.time_ns()


@contextmanager
def locked(path: Path, wait: timedelta) -> Iterator[bool]:
    """Hold the lock file while inside; yields False if another holder kept it for longer than ``wait``.

    The kernel releases the lock of a process that dies. Raises `OSError` if the file cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield _acquired(handle, time.monotonic() + wait.total_seconds())
    finally:
        os.close(handle)


def _acquired(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL_SECONDS)


def publish(path: Path, data: bytes, stamp_ns: int, *, over: Identity | bool | None = True) -> None:
    """Replace ``path`` by ``data`` in one step, dated ``stamp_ns``, and make it durable.

    With an ``over``, only while the file still has that identity (None: is missing); raises `Replaced` else.
    Raises `OSError`: the file is then the old or the new one, never a part of either.
    """
    _sweep(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path))
    try:
        with open(handle, "wb") as out:
            out.write(data)
            _finish(out, stamp_ns)
        if over is not True and identity(path) != over:
            raise Replaced
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def redate(path: Path) -> None:
    """Make the file a step newer, its content being the same."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # of this file, even if it is replaced meanwhile
    try:
        stamp_ns = os.fstat(handle).st_mtime_ns + STEP_NS
        os.utime(handle, ns=(stamp_ns, stamp_ns))
    finally:
        os.close(handle)


def publish_from_spare(path: Path, spare: Path, data: bytes, stamp_ns: int) -> None:
    """Replace ``path`` without asking the disk for room: overwrite the spare file, shorten it, rename it.

    Raises `OSError` (ENOSPC) if there is no spare or it is too small.
    """
    try:
        handle = os.open(spare, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise OSError(errno.ENOSPC, "no room and no spare file", str(spare)) from None
    with open(handle, "wb") as out:
        if os.fstat(handle).st_size < len(data):
            raise OSError(errno.ENOSPC, "no room and the spare file is too small", str(spare))
        out.write(data)
        out.truncate()
        _finish(out, stamp_ns)
    os.replace(spare, path)
    _sync_folder(path.parent)


def ensure_spare(spare: Path, need: int) -> None:
    """Have a spare file of at least ``need`` bytes, with room for growth if there is any. A full disk is no error."""
    with suppress(FileNotFoundError):
        if spare.stat().st_size >= need:
            return
    generous = (2 * need // _PAGE + 2) * _PAGE
    for size in (generous, (need // _PAGE + 1) * _PAGE):
        try:
            publish(spare, b" " * size, time.time_ns())
            return
        except OSError as fault:
            if fault.errno not in NO_ROOM:
                raise


def _finish(out: BinaryIO, stamp_ns: int) -> None:
    out.flush()
    os.fchmod(out.fileno(), 0o644)  # mkstemp makes 0600: readers are other users
    os.utime(out.fileno(), ns=(stamp_ns, stamp_ns))
    os.fsync(out.fileno())


def _prefix(path: Path) -> str:
    return f".{path.name}-"


def _sweep(path: Path) -> None:
    """Remove what killed writers left behind. Young ones may belong to a lowering that did not get the lock."""
    for left in path.parent.iterdir():
        with suppress(OSError):
            if left.name.startswith(_prefix(path)) and time.time() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                left.unlink()


def _sync_folder(folder: Path) -> None:
    with suppress(PermissionError):  # a folder that may be written but not listed cannot be synced
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)  # makes the rename durable
        finally:
            os.close(handle)
