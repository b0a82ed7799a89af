"""Keeps verdicts between runs in one SQLite file. It only ever saves time: a store that fails answers nothing."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from prr_pipeline.readiness.judge import Judged
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.reads import Reads
from prr_pipeline.readiness.verdicts import Verdict
from prr_pipeline.subjects import Subject

T = TypeVar("T")
CACHE_NAME = "verdicts.sqlite"
BATCH = 64
"""Subjects whose verdicts are written at once."""
SIZE_CAP = 512 * 2**20
"""A file above this many bytes is thrown away: what nothing refers to any more is never collected one by one."""
_FORMAT = 1
_LOG = logging.getLogger(__name__)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (subject TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (digest TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""


def cache_folder() -> Path:
    """Where verdicts are kept: ``$XDG_CACHE_HOME/prr_pipeline``, else ``~/.cache/prr_pipeline``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "prr_pipeline"


class SqliteVerdicts:
    """A `VerdictStore` in a file. ``scope`` keeps the repositories apart that share it.

    What is kept is written in batches; `close` writes the last one.
    """

    def __init__(self, path: Path, scope: str) -> None:
        self._scope = scope
        self._database = self._tried(lambda: _open(path))
        self._reads: dict[str, Reads] = {}
        self._new_reads: dict[str, bytes] = {}
        self._new_verdicts: dict[str, bytes] = {}

    def verdicts(self, subject: Subject) -> Mapping[str, Verdict]:
        """The verdicts of a subject by line id; empty if there are none or they cannot be read."""
        name = self._name(subject)
        body = self._new_verdicts.get(name) or self._one("SELECT body FROM verdicts WHERE subject = ?", name)
        found = self._tried(lambda: _verdicts(orjson.loads(body))) if body is not None else None
        return found or {}

    def reads(self, reads_digest: str) -> Reads | None:
        """The read-set of that digest."""
        if reads_digest not in self._reads:
            body = self._one("SELECT body FROM reads WHERE digest = ?", reads_digest)
            found = self._tried(lambda: _reads(reads_digest, orjson.loads(body))) if body is not None else None
            if found is None:
                return None
            self._reads[reads_digest] = found
        return self._reads[reads_digest]

    def keep(self, subject: Subject, verdicts: Mapping[str, Verdict], reads: Iterable[Reads]) -> None:
        """Replace the subject's verdicts and add what they rest on."""
        for each in reads:
            if each.digest not in self._reads:
                self._reads[each.digest] = each
                self._new_reads[each.digest] = orjson.dumps([each.marks, each.parts])
        body = {line_id: _plain(verdict) for line_id, verdict in verdicts.items()}
        self._new_verdicts[self._name(subject)] = orjson.dumps(body)
        if len(self._new_verdicts) >= BATCH:
            self._write()

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        self._write()
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()

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

    def _one(self, query: str, key: str) -> bytes | None:
        database = self._database
        row = self._tried(lambda: database.execute(query, (key,)).fetchone()) if database is not None else None
        return row[0] if row else None

    def _tried(self, act: Callable[[], T]) -> T | None:
        """What went wrong costs the time of judging anew, and nothing else."""
        try:
            return act()
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as fault:
            _LOG.info("verdicts are judged anew: %s: %s", type(fault).__name__, ascii(str(fault)))
            return None


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > SIZE_CAP:
        path.unlink()
    database = sqlite3.connect(path, timeout=2.0)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    if database.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
        database.executescript("DROP TABLE IF EXISTS verdicts; DROP TABLE IF EXISTS reads;")
        database.execute(f"PRAGMA user_version = {_FORMAT}")
    database.executescript(_SCHEMA)
    return database


def _reads(reads_digest: str, body: list[Any]) -> Reads:
    marks, parts = body
    return Reads(tuple((kind, key, mark) for kind, key, mark in marks), tuple(parts), reads_digest)


def _verdicts(body: Mapping[str, Any]) -> dict[str, Verdict]:
    return {line_id: _verdict(row) for line_id, row in body.items()}


def _plain(verdict: Verdict) -> list[Any]:
    judged, finding = verdict.judged, verdict.judged.finding
    return [
        verdict.key,
        verdict.reads,
        judged.version,
        dict(judged.parameters),
        finding.outcome,
        finding.message,
        finding.subject_digest,
        [[place.path, place.line, place.snippet] for place in finding.locations],
        finding.reason,
        dict(finding.values),
        finding.due_at,
    ]


def _verdict(row: list[Any]) -> Verdict:
    key, reads, version, parameters, outcome, message, digest, places, reason, values, due_at = row
    finding = Finding(
        Outcome(outcome),
        message,
        digest,
        tuple(Location(*place) for place in places),
        Reason(reason) if reason is not None else None,
        values,
        datetime.fromisoformat(due_at) if due_at is not None else None,
    )
    return Verdict(key, Judged(finding, version, parameters), reads)
