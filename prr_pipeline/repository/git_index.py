"""Which paths a plain repository tracks, read from its index file; any oddity leaves the question to libgit2."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
from pathlib import Path

_CAP = 4 * 2**20
"""Bytes of the largest index that is read here; a larger one takes as long as loading libgit2."""
_HEADER, _ENTRY = struct.Struct(">4sLL"), struct.Struct(">40x20sH")
_MODE = struct.Struct(">L")
_EXTENDED, _STAGE, _LENGTH = 0x4000, 0x3000, 0x0FFF
_KNOWN_EXTENSIONS = frozenset((b"TREE", b"REUC", b"UNTR", b"FSMN", b"EOIE", b"IEOT"))
_ODD_SETTINGS = re.compile(
    rb"worktree|include|bare\s*=(?!\s*false\b)|extensions|precomposeunicode\s*=\s*true", re.IGNORECASE
)


def tracked(root: Path) -> dict[str, int] | None:
    """Path to git mode of every tracked entry of the working tree at ``root``; None where libgit2 must be asked.

    It must be asked of worktrees elsewhere, bare or foreign repositories, merges under way, split or sparse or large
    indexes, and names beyond plain UTF-8.
    """
    git = root / ".git"
    try:
        facts = git.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or root.stat().st_uid != os.geteuid():
            return None
        if not (git / "HEAD").is_file() or not (git / "objects").is_dir() or not (git / "refs").is_dir():
            return None
        return None if _ODD_SETTINGS.search(_read(git / "config")) else _entries(_read(git / "index"))
    except (OSError, ValueError, struct.error):
        return None


def _read(path: Path) -> bytes:
    """The content of a regular file that is no link. Raises `OSError` for anything else, and beyond the cap."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > _CAP:
            raise OSError("not a regular file of a size that is read here")
        return stream.read(_CAP)


def _entries(data: bytes) -> dict[str, int] | None:
    """Of an index of version 2 or 3 with its checksum. Raises `ValueError` or `struct.error` for a broken one."""
    signature, version, count = _HEADER.unpack_from(data)
    if (
        signature != b"DIRC"
        or version not in (2, 3)
        or hashlib.sha1(data[:-20], usedforsecurity=False).digest() != data[-20:]
    ):
        return None
    found: dict[str, int] = {}
    at = _HEADER.size
    for _ in range(count):
        (mode,), (_, flags) = _MODE.unpack_from(data, at + 24), _ENTRY.unpack_from(data, at)
        begin = at + (64 if flags & _EXTENDED else 62)
        end = data.index(b"\0", begin)
        if flags & _STAGE or (flags & _LENGTH) != min(end - begin, _LENGTH):
            return None
        found[data[begin:end].decode("utf-8")] = mode
        at += (end - at + 8) & ~7
    return found if len(found) == count and _has_known_extensions(data, at) else None


def _has_known_extensions(data: bytes, at: int) -> bool:
    """Whether what follows the entries says nothing that changes them, as a split or sparse index does."""
    while at < len(data) - 20:
        name, length = struct.unpack_from(">4sL", data, at)
        if name not in _KNOWN_EXTENSIONS:
            return False
        at += 8 + int(length)
    return at == len(data) - 20
