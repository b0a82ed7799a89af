"""Keeps the reports of whole runs in one SQLite file. It only ever saves time: a store that fails answers nothing."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import lz4.frame
import orjson

T = TypeVar("T")
RUNS_NAME = "runs.sqlite"
SIZE_CAP = 512 * 2**20
"""A file above this many bytes is thrown away."""
RUNS_CAP = 16
"""Runs of other questions (another target, section, profile, repository) that are kept beside each other, and lists."""
_FORMAT = 2
_FAULTS = (sqlite3.Error, RuntimeError, OSError, EOFError, MemoryError, ValueError, KeyError, TypeError, AttributeError)
"""What reading a damaged file may raise."""
_SEAL = 16
"""Characters of a check sum."""
_LOG = logging.getLogger(__name__)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (at INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bodies
  (run TEXT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL, page BLOB, PRIMARY KEY (run, subject)) WITHOUT ROWID;
"""
_DROP = "DROP TABLE IF EXISTS runs; DROP TABLE IF EXISTS bodies;"
_GONE = "DELETE FROM bodies WHERE run = ? AND subject NOT IN (SELECT value FROM json_each(?))"
_OLD = "SELECT name FROM runs ORDER BY at DESC LIMIT -1 OFFSET ?"


class RunStore:
    """One index per run, and per subject a body and, where one was written, a page. Nothing in here raises."""

    def __init__(self, path: Path) -> None:
        self._database = tried(lambda: _open(path))

    def index(self, name: str) -> Any:
        """The index of a run as plain data; None if there is none, or it is damaged."""
        rows = self._rows("SELECT body FROM runs WHERE name = ?", (name,))
        return tried(lambda: _unsealed(name, rows[0][0])) if rows else None

    def bodies(self, name: str) -> dict[str, tuple[bytes, bytes | None]]:
        """Subject to the packed body and page of a run."""
        found = self._rows("SELECT subject, body, page FROM bodies WHERE run = ?", (name,))
        return {subject: (body, page) for subject, body, page in found}

    def write(
        self, name: str, index: object, bodies: Iterable[tuple[str, bytes, bytes | None]], kept: Iterable[str]
    ) -> None:
        """Replace the index and these bodies at once, and drop the bodies of subjects that are not ``kept``.

        Runs beyond the cap are dropped, the oldest first.
        """

        def write() -> None:
            if self._database is None:
                return
            sealed = _sealed(name, index)
            with self._database:
                self._database.execute("INSERT OR REPLACE INTO runs (name, body) VALUES (?, ?)", (name, sealed))
                rows = [(name, *row) for row in bodies]
                self._database.executemany("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", rows)
                self._database.execute(_GONE, (name, orjson.dumps(list(kept)).decode()))
                for (old,) in self._database.execute(_OLD, (RUNS_CAP,)).fetchall():
                    self._database.execute("DELETE FROM runs WHERE name = ?", (old,))
                    self._database.execute("DELETE FROM bodies WHERE run = ?", (old,))

        tried(write)

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()

    def _rows(self, query: str, values: tuple[str, ...]) -> list[Any]:
        if self._database is None:
            return []
        database = self._database
        return tried(lambda: database.execute(query, values).fetchall()) or []


def tried(act: Callable[[], T]) -> T | None:
    """What went wrong costs the time of judging anew, and nothing else."""
    try:
        return act()
    except _FAULTS as fault:
        _LOG.info("a run is not remembered: %s: %s", type(fault).__name__, ascii(str(fault)))
        return None


def packed(data: bytes) -> bytes:
    """Small, at little cost; `unpacked` is the inverse. LZ4 gives back in a fifth of zlib's time."""
    return lz4.frame.compress(data, store_size=True)  # type: ignore[no-any-return]


def unpacked(data: bytes) -> bytes:
    """Only for what a check sum was compared of: damage raises `RuntimeError`, or gives other bytes."""
    return lz4.frame.decompress(data)  # type: ignore[no-any-return]


def sum_of(*parts: bytes) -> str:
    """A check sum over the parts and their lengths: it tells of damage, not of forgery."""
    total = 0
    for part in parts:
        total = crc32(part, crc32(b"%d " % len(part), total))
    return f"{total:08x}{sum(map(len, parts)) & 0xFFFFFFFF:08x}"


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > SIZE_CAP:
        path.unlink()
    database = sqlite3.connect(path, timeout=2.0)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    if database.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
        database.executescript(_DROP)
        database.execute(f"PRAGMA user_version = {_FORMAT}")
    database.executescript(_SCHEMA)
    return database


def _sealed(name: str, index: object) -> bytes:
    plain = packed(orjson.dumps(index))
    return sum_of(name.encode(), plain).encode() + plain


def _unsealed(name: str, sealed: bytes) -> Any:
    own, plain = sealed[:_SEAL], sealed[_SEAL:]
    if sum_of(name.encode(), plain).encode() != own:
        raise ValueError(f"the run {name} is damaged")
    return orjson.loads(unpacked(plain))
