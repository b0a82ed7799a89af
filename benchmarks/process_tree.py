"""Runs a program and measures it whole: wall time from start to end, and the memory of it and all its children."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.01
_MIB = 2**20
DROPPED = frozenset({"PRR_SETTINGS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "NO_COLOR", "CI"})
"""No program is measured whose bytecode is made anew at each start: an installed one has it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. ``peak_rss_mb``: the highest sum of resident sets of the process and its children, in MiB.

    What copies of `prr` pass on lies in memory without a name until the end, and is in no resident set.
    """

    seconds: float
    peak_rss_mb: float
    exit_code: int


def as_installed(bytecode: Path, **more: str) -> dict[str, str]:
    """The environment of a program whose bytecode is kept in a folder from its first run on, with ``more`` set."""
    own = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return {**own, "PYTHONPYCACHEPREFIX": str(bytecode), **more}


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], out: Path, errors: Path) -> Measured:
    """Run to the end; what it prints goes to the two files.

    Memory is read from /proc every 10 ms; where there is none, the process's own highest resident set counts.
    """
    with out.open("wb") as stdout, errors.open("wb") as stderr:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=stdout, stderr=stderr)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.stop()
    # What the kernel says of the process is never less than the one that started it, so it only stands in.
    peak = sampler.peak_bytes or usage.ru_maxrss * 1024
    return Measured(seconds, peak / _MIB, process.returncode)


class _Sampler(threading.Thread):
    """Looks at a process and its descendants until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._pid = pid
        self._stopped = threading.Event()

    def run(self) -> None:
        while True:  # the first look comes at once: a short program may end before the next
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident, _tree(self._pid))))
            if self._stopped.wait(_EVERY_S):
                return

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _tree(pid: int) -> list[int]:
    """The process and everything below it that runs now."""
    found = [pid]
    for at in found:
        for task in _entries(Path(f"/proc/{at}/task")):
            with suppress(OSError, ValueError):
                found += map(int, Path(f"/proc/{at}/task/{task}/children").read_text().split())
    return found


def _entries(folder: Path) -> list[str]:
    with suppress(OSError):
        return os.listdir(folder)
    return []


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
