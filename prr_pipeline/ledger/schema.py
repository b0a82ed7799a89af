"""Bring the ledger's database to this version's schema, once, however many processes open it together."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from prr_pipeline.errors import Refused, Unavailable, Unreadable
from prr_pipeline.ledger.engine import Database, require_local


class NoLedger(Unreadable):
    """There is no ledger yet: nothing was ever recorded, so nothing is open."""


HEAD_REVISION = "0001"
"""The newest migration in ``migrations/versions``. Known here, so that a ledger at it opens without Alembic."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_POSTGRESQL_LOCK = int.from_bytes(b"prr-ldgr", "big") >> 1
# Alembic's `context` is one per process, not per thread.
_migrating = threading.Lock()


def prepare(database: Database) -> None:
    """Create and migrate the database for writing. Idempotent; several processes and threads may call it at once.

    Raises `Refused` for a database that a newer version wrote, `Unavailable` when it cannot be reached or locked.
    """
    with _migrating, _alone(database.path, database.wait):
        with database.read() as connection:
            if revision(connection) == HEAD_REVISION:
                return
        with database.write() as connection:
            _upgrade(connection, database)


def require_readable(database: Database) -> None:
    """Check that there is a ledger to read. A newer one is read as far as this version understands it.

    Raises `Unreadable` when there is none or when it must be migrated first.
    """
    if database.path is not None and not database.path.exists():
        raise NoLedger(f"There is no ledger at {database.place}; the first `prr open` makes it.")
    with database.read() as connection:
        current = revision(connection)
    if current is None:
        raise NoLedger(f"{database.place} holds no ledger; open it once for writing to make one.")
    if current != HEAD_REVISION and current in known_revisions():
        raise Unreadable(f"The ledger {database.place} is of the older schema {current}; open it once for writing.")


def revision(connection: Connection) -> str | None:
    """The schema revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def known_revisions() -> tuple[str, ...]:
    """All revisions of this version, newest first."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return tuple(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def _upgrade(connection: Connection, database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    if not database.is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})
    current = revision(connection)
    if current is not None and current not in known_revisions():
        raise Refused(
            f"The ledger {database.place} is of schema {current}; this version writes up to {HEAD_REVISION}. "
            "Upgrade prr_pipeline; until then flags can still be lowered."
        )
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _alone(path: Path | None, wait: timedelta) -> Iterator[None]:
    """Hold the lock file beside a SQLite ledger: switching to WAL and creating tables is for one process."""
    if path is None:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        require_local(path)
        lock = path.with_name(path.name + ".lock").open("a")
        path.touch()
    except OSError as fault:
        raise Unavailable(f"The ledger {path} cannot be opened for writing ({fault.strerror}).") from None
    with lock:
        _lock(lock.fileno(), path, wait)
        yield


def _lock(descriptor: int, path: Path, wait: timedelta) -> None:
    until = time.monotonic() + wait.total_seconds()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise Unavailable(
                    f"The ledger {path} is being opened by another process for too long; try again."
                ) from None
            time.sleep(0.02)
