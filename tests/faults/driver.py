"""What the sensors and runs do in one round, without Dagster: the guard's tick, the due list, and each rung's run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from prr_pipeline.control.due import Due, due_list
from prr_pipeline.control.failpoints import VARIABLE
from prr_pipeline.control.guard import guard
from prr_pipeline.control.raising import climb
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.errors import PrrError
from prr_pipeline.signals.alerts.inbox import beat

INBOX = Path(".prr/inbox")


def round_of(work: Workplace) -> list[str]:
    """One round; what it said. A tick or a run that fails is a failed tick or run, as in Dagster: the next comes."""
    beat(work.settings.path(INBOX))
    said = [_said(lambda: guard(work))]
    try:
        dues = due_list(work)
    except PrrError as fault:
        return [*said, f"failed: {fault}"]
    return [*said, *(_said(lambda due=due: run(work, due)) for due in dues)]  # type: ignore[misc]


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


def climbing(settings_file: Path, key: str, rung: str, failpoint: str = "") -> None:
    """A process of its own: one rung run."""
    os.environ[VARIABLE] = failpoint
    work = connect(settings_file)
    beat(work.settings.path(INBOX))
    climb(work, key, rung, "run:test")


def guarding(settings_file: Path, failpoint: str = "") -> None:
    """A process of its own: one guard tick."""
    os.environ[VARIABLE] = failpoint
    work = connect(settings_file)
    beat(work.settings.path(INBOX))
    guard(work)


def _said(act) -> str:  # type: ignore[no-untyped-def]
    try:
        return str(act())
    except PrrError as fault:
        return f"failed: {fault}"
