"""The database underneath: immediate writes, durable settings, and faults that are sentences."""

from __future__ import annotations

import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Refused, Unavailable, UnknownName
from prr_pipeline.ledger.engine import Database
from prr_pipeline.ledger.store import Ledger

SHORT = timedelta(milliseconds=80)


def test_a_write_begins_immediate(ledger: Ledger) -> None:
    """The lock is taken by the first statement of a write, not by its first change."""
    sent: list[str] = []
    with ledger.database.write() as connection:
        raw: Any = connection.connection.driver_connection
        raw.set_trace_callback(sent.append)
    with ledger.database.write():
        pass
    raw.set_trace_callback(None)
    assert "BEGIN IMMEDIATE" in sent


def test_nobody_else_writes_inside_a_write_that_only_read(ledger: Ledger, path: Path) -> None:
    """A second writer waits although the first has changed nothing yet: no two decide on the same state."""
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with ledger.database.write() as connection:
        connection.execute(text("SELECT count(*) FROM events")).scalar()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_the_settings_that_keep_commits(ledger: Ledger) -> None:
    """Write-ahead log, full synchronisation, foreign keys."""
    with ledger.database.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_sees_one_state_throughout(ledger: Ledger) -> None:
    """What is committed during a read does not appear in it."""
    with ledger.database.read() as connection:
        before = connection.execute(text("SELECT count(*) FROM counters")).scalar()
        ledger.counters.put("tries", "k", {"n": 1})
        assert connection.execute(text("SELECT count(*) FROM counters")).scalar() == before


def test_a_held_lock_is_a_sentence_within_the_wait(ledger: Ledger, path: Path) -> None:
    """A writer waits as long as asked for, then says who is in the way."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(Unavailable, match=r"held by another writer for more than 0.08 s"), ledger.database.write(SHORT):
        pass
    assert time.monotonic() - begun < 2
    other.close()


@pytest.mark.parametrize(
    ("pragma", "words"),
    [
        pytest.param("PRAGMA max_page_count = 1", "disk is full", id="disk full"),
        pytest.param("PRAGMA query_only = ON", "read-only", id="read-only disk"),
    ],
)
def test_a_database_that_takes_nothing_is_a_sentence(ledger: Ledger, pragma: str, words: str) -> None:
    """A full and a read-only disk, as SQLite itself reports them, become `Unavailable`, and nothing is half written."""

    @event.listens_for(ledger.engine, "begin")
    def _(connection: Any) -> None:
        connection.exec_driver_sql(pragma)

    with pytest.raises(Unavailable, match=words):
        ledger.counters.put_many("tries", {f"k{n}": {"text": "x" * 4000} for n in range(50)})
    assert ledger.counters.all("tries") == {}


def test_a_damaged_file_is_a_sentence(url: str, path: Path, clock: FileClock) -> None:
    """A file that is no database is told apart from one that is busy."""
    path.parent.mkdir()
    path.write_bytes(b"not a database at all " * 400)
    with pytest.raises(Unavailable, match="damaged"):
        Ledger.open(url, clock=clock)


def test_a_folder_in_the_way_is_a_sentence(url: str, path: Path, clock: FileClock) -> None:
    """A path that cannot be a file says so."""
    path.mkdir(parents=True)
    with pytest.raises(Unavailable, match="cannot be reached"):
        Ledger.open(url, clock=clock)


def test_a_ledger_that_vanished_is_not_made_anew(ledger: Ledger, path: Path) -> None:
    """Deleting the file under a running process never gives an empty ledger."""
    ledger.engine.dispose()
    for part in path.parent.iterdir():
        part.unlink()
    with pytest.raises(Unavailable, match="cannot be reached"):
        ledger.last_seq()
    assert not path.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "no url"])
def test_an_address_that_holds_no_ledger_is_refused(url: str) -> None:
    """Memory is no ledger, and neither is a text that is no URL."""
    with pytest.raises(Refused, match="ledger"):
        Database(url)


def test_an_unknown_database_lists_the_known() -> None:
    """Only SQLite and PostgreSQL hold a ledger."""
    with pytest.raises(UnknownName, match="postgresql, sqlite"):
        Database("mysql://host/prr")


def test_a_password_is_never_named() -> None:
    """The address that people see hides the password."""
    try:
        place = Database("postgresql://prr:hunter2@localhost/prr").place
    except Refused as fault:
        place = str(fault)
    assert "hunter2" not in place
