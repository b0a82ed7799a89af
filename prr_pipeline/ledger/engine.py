"""The ledger's database: local SQLite with immediate writes, or PostgreSQL; its faults become sentences."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from prr_pipeline.errors import PrrError, Refused, Unavailable, UnknownName

DEFAULT_WAIT = timedelta(seconds=5)
"""How long a write waits for another writer, in real time."""

_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs", "glusterfs"})
_FAULTS = (
    (
        ("locked", "busy", "lock timeout", "canceling statement due to lock"),
        "is held by another writer for more than {wait} s; try again",
    ),
    (("disk is full", "disk full", "no space"), "cannot be written, the disk is full; free some space and try again"),
    (
        ("malformed", "not a database", "could not decode", "corrupt"),
        "is damaged; run prr audit and restore a good copy",
    ),
    (("append-only",), "is append-only and refused the change"),
    (("readonly", "read-only", "permission"), "cannot be written; check who owns it and whether its disk is read-only"),
    (
        ("unable to open", "disk i/o", "could not connect", "connection"),
        "cannot be reached; check that its file or server is there",
    ),
    (("no such table", "does not exist", "undefinedtable"), "lacks its tables; open it once for writing"),
)


class Database:
    """One database and its pool of connections. Safe to share between threads, not across a fork.

    ``place`` names it for people, without a password. ``path`` is the file of SQLite, else None. ``forget`` is called
    when that file is another one than before: what was remembered of the old one is void.
    """

    def __init__(self, url: str, *, read_only: bool = False, wait: timedelta = DEFAULT_WAIT) -> None:
        parsed = _parsed(url)
        self.read_only = read_only
        self.wait = wait
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path = _sqlite_path(parsed) if self.is_sqlite else None
        self.place = str(self.path) if self.path else parsed.render_as_string(hide_password=True)
        self.engine = _sqlite_engine(self.path, read_only) if self.path else _postgresql_engine(parsed, wait)
        self.forget: Callable[[], None] = lambda: None
        self._file: tuple[int, int] | None = None
        event.listen(self.engine, "begin", self._begin)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database. Raises `Unavailable` when it does not answer."""
        self._meet_file()
        with self._answering(self.wait), self.engine.connect() as connection:
            connection.execution_options(prr_reading=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, wait: timedelta | None = None) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first moment and commits at the end.

        Raises `Unavailable` when the lock was not free within ``wait``, or when the database is full, damaged or gone.
        """
        if self.read_only:
            raise Refused(f"The ledger {self.place} was opened for reading only; open it for writing to change it.")
        self._meet_file()
        patience = self.wait if wait is None else wait
        with self._answering(patience), self.engine.connect() as connection:
            connection.execution_options(prr_wait_ms=max(1, int(patience.total_seconds() * 1000)))
            with connection.begin():
                yield connection

    def _begin(self, connection: Connection) -> None:
        # The SQLite driver would send BEGIN only before the first change: two readers could then both decide
        # on the same state. Its own BEGIN is off (isolation_level=None); this one takes the lock at once.
        options = connection.get_execution_options()
        wait_ms = int(options.get("prr_wait_ms", self.wait.total_seconds() * 1000))
        if self.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms}")
            connection.exec_driver_sql("BEGIN" if options.get("prr_reading") else "BEGIN IMMEDIATE")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
        if options.get("prr_reading"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = on")

    def _meet_file(self) -> None:
        """Let go of a file that was removed or replaced: its open connections would go on with the old one, unseen."""
        if self.path is None:
            return
        try:
            info = self.path.stat()
            found: tuple[int, int] | None = (info.st_dev, info.st_ino)
        except OSError:
            found = None
        if found != self._file:
            if self._file is not None:
                self.engine.dispose()
                self.forget()
            self._file = found

    @contextmanager
    def _answering(self, wait: timedelta) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as fault:
            raise Unavailable(self._sentence(fault, wait)) from fault

    def _sentence(self, fault: Exception, wait: timedelta) -> str:
        text = str(getattr(fault, "orig", None) or fault)
        for marks, ending in _FAULTS:
            if any(mark in text.lower() for mark in marks):
                return f"The ledger {self.place} {ending.format(wait=f'{wait.total_seconds():g}')}."
        first = (text.splitlines() or [type(fault).__name__])[0]
        return f"The ledger {self.place} does not answer ({first}); try again or run prr doctor."


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Refused(
            "The ledger's address is no database URL; write it like sqlite:////var/lib/prr/ledger.db."
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UnknownName("ledger database", parsed.get_backend_name(), ["postgresql", "sqlite"])
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _sqlite_path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise Refused(
            "The ledger needs a file, it cannot live in memory; write it like sqlite:////var/lib/prr/ledger.db."
        )
    return Path(url.database).absolute()


def _sqlite_engine(path: Path, read_only: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rw'}"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout = {int(DEFAULT_WAIT.total_seconds() * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            _durable(connection, path)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)


def _durable(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise Unavailable(
            f"The ledger {path} lies where SQLite cannot keep a write-ahead log ({mode}); use a local disk."
        )
    # NORMAL could lose the last commits when the power fails.
    connection.execute("PRAGMA synchronous = FULL")


def _postgresql_engine(url: URL, wait: timedelta) -> Engine:
    seconds = max(1, round(wait.total_seconds()))
    try:
        return create_engine(url, pool_pre_ping=True, max_overflow=-1, connect_args={"connect_timeout": seconds})
    except ModuleNotFoundError as missing:
        raise Refused(
            f"A ledger on PostgreSQL needs the driver {missing.name}; run pip install 'psycopg[binary]'."
        ) from None


def require_local(path: Path) -> None:
    """Refuse a network file system: SQLite's write-ahead log loses data there. Unknown file systems pass."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return
    found = max((m for m in mounts if len(m) > 2 and _is_under(path, m[1])), key=lambda m: len(m[1]), default=None)
    if found and found[2] in _NETWORK_FILE_SYSTEMS:
        raise PrrError(
            f"The ledger {path} lies on a network file system ({found[2]}); put it on a local disk or use PostgreSQL."
        )


def _is_under(path: Path, mount: str) -> bool:
    return os.path.commonpath([path, mount]) == mount
