"""Hand-written faulty parts: ledgers that cannot be written or found, and flag back ends that lie, lag or throw."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import event

from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.errors import PrrError, Refused, Unavailable
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import Capabilities, ExposureRecord, FlagBackend, FlagsUnavailable
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.store import Ledger
from tests.faults import driver
from tests.faults.scene import Scene

Outage = Callable[[Scene], AbstractContextManager[Workplace]]


class PragmaLedger(Workplace):
    """A workplace whose ledger's connections get one more pragma: how SQLite itself simulates a full disk."""

    pragma = ""

    @cached_property
    def ledger(self) -> Ledger:
        ledger = connect(self.settings.root / "prr.toml").ledger

        def on_connect(connection: Any, _: object) -> None:
            connection.execute(self.pragma)

        event.listen(ledger.engine, "connect", on_connect)
        ledger.engine.dispose()
        return ledger


class FullLedger(PragmaLedger):
    """Not one page more."""

    pragma = "PRAGMA max_page_count = 1"


class ReadOnlyLedger(PragmaLedger):
    """Every write is refused by the database."""

    pragma = "PRAGMA query_only = ON"


@contextmanager
def full(scene: Scene) -> Iterator[Workplace]:
    """The ledger's disk is full to the last page."""
    work = FullLedger(scene.work.settings)
    for size in (1000, 100, 1):
        with suppress(Unavailable):
            for number in range(10_000):
                work.ledger.counters.put("filler", f"{size}/{number}", {"text": "x" * size})
                work.ledger.append([Draft("system", EventType.AGENDA_MADE, {"text": "x" * size}, "filler")])
            raise AssertionError("the ledger never became full")
    yield work
    work.ledger.close()


@contextmanager
def read_only(scene: Scene) -> Iterator[Workplace]:
    """The ledger can be read and not written."""
    work = ReadOnlyLedger(scene.work.settings)
    yield work
    work.ledger.close()


@contextmanager
def locked(scene: Scene) -> Iterator[Workplace]:
    """Another process holds the write lock and does not let go."""
    holder = scene.spawn_plain(driver.holding_ledger, scene.ledger_file, 120.0)
    until = time.monotonic() + 30
    while not _is_locked(scene):
        assert time.monotonic() < until, "the other process never took the lock"
        time.sleep(0.01)
    yield scene.work
    holder.kill()
    holder.join()


@contextmanager
def deleted(scene: Scene) -> Iterator[Workplace]:
    """The database is removed under a running process, and a good copy put back later."""
    scene.work.ledger.states()
    with _away(scene):
        yield scene.work


@contextmanager
def deleted_before_start(scene: Scene) -> Iterator[Workplace]:
    """The database is gone when the process starts: it finds none and makes an empty one."""
    with _away(scene):
        work = connect(scene.deployment.settings_file)
        yield work
        work.ledger.close()


@contextmanager
def damaged(scene: Scene) -> Iterator[Workplace]:
    """The database is overwritten with rubbish, and a good copy put back later."""
    with _away(scene):
        scene.ledger_file.write_bytes(b"rubbish " * 4096)
        yield connect(scene.deployment.settings_file)


OUTAGES: dict[str, Outage] = {
    "full": full,
    "read_only": read_only,
    "locked": locked,
    "deleted": deleted,
    "deleted_before_start": deleted_before_start,
    "damaged": damaged,
}


@contextmanager
def _away(scene: Scene) -> Iterator[None]:
    scene.work.ledger.close()
    with sqlite3.connect(scene.ledger_file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    kept = scene.ledger_file.with_name("kept")
    shutil.copy(scene.ledger_file, kept)
    _remove(scene)
    yield
    _remove(scene)
    kept.replace(scene.ledger_file)


def _remove(scene: Scene) -> None:
    for suffix in ("", "-wal", "-shm"):
        scene.ledger_file.with_name(scene.ledger_file.name + suffix).unlink(missing_ok=True)


def _is_locked(scene: Scene) -> bool:
    connection = sqlite3.connect(scene.ledger_file, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


@dataclass(frozen=True)
class WithFlags(Workplace):
    """A workplace over another flag back end."""

    given: FlagBackend = field(kw_only=True)

    @cached_property
    def flags(self) -> FlagBackend:
        return self.given


@dataclass
class FaultyFlags:
    """A back end around a good one. ``fault`` is what is wrong now; empty: nothing.

    ``ignores``: says OK and writes nothing. ``lags``: reads show the world as it was when the fault began. ``down``:
    does not answer. ``throws``: throws what no back end should. ``lands``: a write answers with a time-out, and is done
    only by `land`. ``refuses``: refuses every write that names more than one key.
    """

    real: FlagBackend
    fault: str = ""
    name: str = "faulty"
    writes: int = 0
    seen: dict[str, ExposureRecord] = field(default_factory=dict)
    _late: list[Callable[[], object]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return self.real.capabilities

    def begin(self, fault: str, keys: Collection[str]) -> None:
        """The fault begins now."""
        self.seen = self.real.read(keys)
        self.fault = fault

    def land(self) -> list[PrrError]:
        """The writes under way arrive; what each was told."""
        told = []
        for write in self._late:
            try:
                write()
            except PrrError as fault:
                told.append(fault)
        self._late.clear()
        return told

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        self._trouble()
        real = self.real.read(keys)
        return {key: self.seen.get(key, real[key]) for key in keys} if self.fault == "lags" else real

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        self._trouble()
        self.writes += 1
        if self.fault == "ignores":
            return ExposureRecord(exposure, expected_version + 1)

        def act() -> ExposureRecord:
            return self.real.write(key, exposure, expected_version=expected_version, intent_id=intent_id)

        if self.fault == "lands":
            self._late.append(act)
            raise FlagsUnavailable("The flags did not answer in time; the write may still arrive.")
        return act()

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        self._trouble()
        self.writes += 1
        if self.fault == "refuses" and len(targets) > 1:
            raise Refused("One of these keys is none of ours.")
        if self.fault == "ignores":
            return {key: ExposureRecord(to, 1) for key, to in targets.items()}
        return self.real.lower_all(targets, intent_id=intent_id)

    def _trouble(self) -> None:
        if self.fault == "down":
            raise FlagsUnavailable("The flags do not answer.")
        if self.fault == "throws":
            raise ZeroDivisionError("a bug in somebody's adapter")
