"""Migrations: they give the tables that the code knows, once, and never touch a newer ledger."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Refused, Unavailable, Unreadable
from prr_pipeline.ledger.schema import HEAD_REVISION, known_revisions
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.ledger.tables import metadata


def test_the_newest_migration_is_the_one_that_the_code_names() -> None:
    """The constant that spares most opens the import of Alembic is true."""
    assert known_revisions()[0] == HEAD_REVISION


def test_migrations_give_the_tables_of_the_code(ledger: Ledger) -> None:
    """Alembic finds no difference between the migrated database and the metadata."""
    with ledger.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET actor = 'person:eve' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 1",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "INSERT INTO events SELECT 9, stream, type, payload, actor, at, schema, previous_hash, hash FROM events",
    ],
)
def test_the_database_itself_refuses_to_change_events(opened: Ledger, path: Path, change: str) -> None:
    """Update, delete, replace and an insert out of order fail for anybody who uses the database as it is."""
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)
    connection.close()
    assert opened.events()[0].actor == "person:mara"


def test_a_newer_ledger_is_refused_for_writing_and_left_alone(
    opened: Ledger, url: str, path: Path, clock: FileClock
) -> None:
    """The sentence says that flags can still be lowered; reading goes on."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.commit()
    connection.close()
    with pytest.raises(Refused, match=r"schema 0999.*still be lowered"):
        Ledger.open(url, clock=clock)
    reader = Ledger.open(url, clock=clock, read_only=True)
    assert reader.last_seq() == 1
    reader.close()


def test_a_reader_makes_nothing(url: str, path: Path, clock: FileClock) -> None:
    """Opening for reading where nothing is says so and creates no file."""
    with pytest.raises(Unreadable, match="There is no ledger"):
        Ledger.open(url, clock=clock, read_only=True)
    assert not path.exists()


def test_a_file_without_tables_is_no_ledger_to_read(url: str, path: Path, clock: FileClock) -> None:
    """An empty database is told apart from an empty ledger."""
    path.parent.mkdir()
    sqlite3.connect(path).execute("VACUUM")
    with pytest.raises(Unreadable, match="holds no ledger"):
        Ledger.open(url, clock=clock, read_only=True)


def test_a_reader_writes_nothing(opened: Ledger, url: str, clock: FileClock) -> None:
    """Neither the ledger nor SQLite lets a reader change anything."""
    reader = Ledger.open(url, clock=clock, read_only=True)
    with pytest.raises(Refused, match="reading only"):
        reader.counters.put("tries", "k", {})
    with pytest.raises(Exception, match="readonly"), reader.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM counters")
    reader.close()


def test_many_may_open_a_fresh_ledger_at_once(url: str, clock: FileClock) -> None:
    """Processes and threads that meet at an empty folder all get the same ledger."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_open, args=(url, clock)) for _ in range(3)]
    for process in processes:
        process.start()
    threads = [Thread(target=_open, args=(url, clock)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for runner in (*threads, *processes):
        runner.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    reader = Ledger.open(url, clock=clock, read_only=True)
    assert len(reader.counters.all("opened")) == 6
    reader.close()


def test_an_opening_that_takes_too_long_is_a_sentence(url: str, path: Path, clock: FileClock) -> None:
    """A process that hangs while it migrates does not hang the others."""
    import fcntl
    from datetime import timedelta

    path.parent.mkdir()
    with path.with_name("ledger.db.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="opened by another process"):
            Ledger.open(url, clock=clock, wait=timedelta(milliseconds=50))


def _open(url: str, clock: FileClock) -> None:
    import os
    import threading

    ledger = Ledger.open(url, clock=clock)
    ledger.counters.put("opened", f"{os.getpid()}/{threading.get_ident()}", {})
    ledger.close()
