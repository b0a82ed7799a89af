"""What the sensors and runs do in one round, without Dagster: the guard's tick, the due list, and each rung's run."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from prr_pipeline.control.due import Due, due_list
from prr_pipeline.control.failpoints import VARIABLE
from prr_pipeline.control.guard import guard
from prr_pipeline.control.orders import Order, roll_back
from prr_pipeline.control.raising import climb
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.errors import PrrError
from prr_pipeline.signals.alerts.inbox import beat

INBOX = Path(".prr/inbox")


@dataclass(frozen=True, slots=True)
class Start:
    """A line at which racing processes wait for each other; each leaves it within ``spread_s``."""

    line: Barrier
    spread_s: float


def round_of(work: Workplace) -> list[str]:
    """One round; what it said. A tick or a run that fails is a failed tick or run, as in Dagster: the next comes."""
    beat(work.settings.path(INBOX))
    said = [_said(partial(guard, work))]
    try:
        dues = due_list(work)
    except PrrError as fault:
        return [*said, f"failed: {fault}"]
    return [*said, *(_said(partial(run, work, due)) for due in dues)]


def run(work: Workplace, due: Due) -> str:
    """The run of a rung; the stages after 100% are not needed here."""
    state = work.state(due.key)
    for rung in state.ladder.rungs:
        if rung.asset_name == due.asset:
            return climb(work, due.key, rung.name, "run:test").why
    return f"{due.asset} is no rung"


def rounds(settings_file: Path, number: int, failpoint: str = "") -> None:
    """A process of its own: some rounds with a failpoint armed. Ends early where that kills it."""
    os.environ[VARIABLE] = failpoint
    work = connect(settings_file)
    for _ in range(number):
        round_of(work)


def climbing(settings_file: Path, key: str, rung: str, failpoint: str = "", start: Start | None = None) -> None:
    """A process of its own: one rung run."""
    work = _ready(settings_file, failpoint, start)
    climb(work, key, rung, f"run:{os.getpid()}")


def guarding(settings_file: Path, failpoint: str = "", start: Start | None = None) -> None:
    """A process of its own: one guard tick."""
    guard(_ready(settings_file, failpoint, start))


def rolling_back(settings_file: Path, key: str, failpoint: str = "", start: Start | None = None) -> None:
    """A process of its own: a person's roll back."""
    roll_back(_ready(settings_file, failpoint, start), [key], Order("person:felix", "a race"))


def holding_ledger(ledger_file: Path, seconds: float) -> None:
    """A process of its own that holds the ledger's write lock: somebody's backup tool, or a stopped writer."""
    connection = sqlite3.connect(ledger_file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)


def _ready(settings_file: Path, failpoint: str, start: Start | None) -> Workplace:
    """A workplace with everything open, at the starting line if there is one."""
    os.environ[VARIABLE] = failpoint
    work = connect(settings_file)
    beat(work.settings.path(INBOX))
    work.ledger.states()
    work.flags.read(["warm"])
    if start is not None:
        start.line.wait(timeout=60)
        time.sleep(random.uniform(0, start.spread_s))
    return work


def _said(act: Callable[[], str]) -> str:
    try:
        return act()
    except PrrError as fault:
        return f"failed: {fault}"
