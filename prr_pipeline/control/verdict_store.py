"""Keeps verdicts between runs in one SQLite file. It only ever saves time: a store that fails answers nothing."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import orjson

from prr_pipeline.control.kept_reports import finding_of, plain_finding
from prr_pipeline.readiness.judge import Judged
from prr_pipeline.readiness.reads import Reads
from prr_pipeline.readiness.verdicts import Verdict
from prr_pipeline.subjects import Subject

T = TypeVar("T")
CACHE_NAME = "verdicts.sqlite"
BATCH = 64
"""Subjects whose verdicts are written at once."""
SIZE_CAP = 512 * 2**20
"""A file above this many bytes is thrown away: what nothing refers to any more is never collected one by one."""
_FORMAT = 4
_SEAL = 16
_VERDICTS = "SELECT subject, body FROM verdicts WHERE subject IN (SELECT value FROM json_each(?))"
_READS = "SELECT digest, body FROM reads WHERE digest IN (SELECT value FROM json_each(?))"
_LOG = logging.getLogger(__name__)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS edition (name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS verdicts (subject TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (digest TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""
_DROP = "DROP TABLE IF EXISTS verdicts; DROP TABLE IF EXISTS reads; DROP TABLE IF EXISTS edition;"


def cache_folder() -> Path:
    """Where verdicts are kept: ``$XDG_CACHE_HOME/prr_pipeline``, else ``~/.cache/prr_pipeline``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "prr_pipeline"


class SqliteVerdicts:
    """A `VerdictStore` in a file. ``scope`` keeps the repositories apart that share it.

    What another ``edition`` of the code judged is thrown away, and what one that still runs writes meanwhile bears
    another name. What is kept is written in batches; `close` writes the last one.
    """

    def __init__(self, path: Path, scope: str, edition: str = "") -> None:
        # The name of a folder need not be UTF-8. Read-sets are named by what they hold, whoever wrote them.
        self._scope = blake2b(f"{edition}\n{scope}".encode(errors="surrogatepass"), digest_size=_SEAL).hexdigest()
        self._database = self._tried(lambda: _open(path, edition))
        self._reads: dict[str, Reads] = {}
        self._new_reads: dict[str, bytes] = {}
        self._new_verdicts: dict[str, bytes] = {}

    def verdicts(self, subject: Subject) -> Mapping[str, Verdict]:
        """The verdicts of a subject by line id; empty if there are none or they cannot be read."""
        name = self._name(subject)
        sealed = self._new_verdicts.get(name) or dict(self._rows(_VERDICTS, [name])).get(name)
        found = self._tried(partial(_verdicts, name, sealed)) if sealed is not None else None
        self._fetch({verdict.reads for verdict in (found or {}).values()})
        return found or {}

    def reads(self, reads_digest: str) -> Reads | None:
        """The read-set of that digest."""
        self._fetch({reads_digest})
        return self._reads.get(reads_digest)

    def keep(self, subject: Subject, verdicts: Mapping[str, Verdict], reads: Iterable[Reads]) -> None:
        """Replace the subject's verdicts and add what they rest on."""
        self._tried(lambda: self._put(subject, verdicts, reads))
        if len(self._new_verdicts) >= BATCH:
            self._write()

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        self._write()
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()

    def _put(self, subject: Subject, verdicts: Mapping[str, Verdict], reads: Iterable[Reads]) -> None:
        """All or nothing of the verdicts: one that has no JSON form costs those of its subject."""
        name = self._name(subject)
        self._new_verdicts.pop(name, None)
        for each in reads:
            if each.digest not in self._reads:
                self._new_reads[each.digest] = _sealed(each.digest, [each.marks, each.parts])
                self._reads[each.digest] = each
        self._new_verdicts[name] = _sealed(name, {line_id: _plain(verdict) for line_id, verdict in verdicts.items()})

    def _write(self) -> None:
        def write() -> None:
            if self._database is not None:
                with self._database:
                    self._database.executemany("INSERT OR IGNORE INTO reads VALUES (?, ?)", self._new_reads.items())
                    rows = self._new_verdicts.items()
                    self._database.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?)", rows)

        self._tried(write)
        self._new_reads, self._new_verdicts = {}, {}

    def _name(self, subject: Subject) -> str:
        return f"{self._scope}\n{subject}"

    def _fetch(self, wanted: set[str]) -> None:
        """Load read-sets and all parts of them, level by level: one query for many is far quicker than many."""
        wanted = {each for each in wanted if each not in self._reads}
        while wanted:
            below: set[str] = set()
            for key, sealed in self._rows(_READS, wanted):
                found = self._tried(partial(_reads, key, sealed))
                if found is not None:
                    self._reads[key] = found
                    below.update(found.parts)
            wanted = {each for each in below if each not in self._reads}

    def _rows(self, query: str, keys: Collection[str]) -> list[tuple[str, bytes]]:
        def ask() -> list[tuple[str, bytes]]:
            if self._database is None or not keys:
                return []
            return self._database.execute(query, (orjson.dumps(sorted(keys)).decode(),)).fetchall()

        return self._tried(ask) or []

    def _tried(self, act: Callable[[], T]) -> T | None:
        """What went wrong costs the time of judging anew, and nothing else."""
        try:
            return act()
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            _LOG.info("verdicts are judged anew: %s: %s", type(fault).__name__, ascii(str(fault)))
            return None


def _open(path: Path, edition: str) -> sqlite3.Connection:
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
    if database.execute("SELECT name FROM edition").fetchall() != [(edition,)]:
        database.executescript(_DROP + _SCHEMA)
        with database:
            database.execute("INSERT INTO edition VALUES (?)", (edition,))
    return database


def _sealed(key: str, body: object) -> bytes:
    """The body with a check sum over it and its key."""
    plain = orjson.dumps(body)
    return _sum(key, plain) + plain


def _opened(key: str, sealed: bytes) -> Any:
    """The body of a row. Raises `ValueError` for one that is damaged, or that was kept under another key."""
    if _sum(key, sealed[_SEAL:]) != sealed[:_SEAL]:
        raise ValueError(f"the row of {key} is damaged")
    return orjson.loads(sealed[_SEAL:])


def _sum(key: str, plain: bytes) -> bytes:
    return blake2b(b"%d %s\0%s" % (_FORMAT, key.encode(), plain), digest_size=_SEAL).digest()


def _reads(reads_digest: str, sealed: bytes) -> Reads:
    marks, parts = _opened(reads_digest, sealed)
    return Reads(tuple((kind, key, mark) for kind, key, mark in marks), tuple(parts), reads_digest)


def _verdicts(name: str, sealed: bytes) -> dict[str, Verdict]:
    return {line_id: _verdict(row) for line_id, row in _opened(name, sealed).items()}


def _plain(verdict: Verdict) -> list[Any]:
    judged = verdict.judged
    return [verdict.key, verdict.reads, judged.version, dict(judged.parameters), *plain_finding(judged.finding)]


def _verdict(row: list[Any]) -> Verdict:
    key, reads, version, parameters, *finding = row
    return Verdict(key, Judged(finding_of(finding), version, parameters), reads)
