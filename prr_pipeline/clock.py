"""Where the time comes from: the system, a settable file (tests), or a time-lapse (demo)."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the clock. ``monotonic`` is comparable only between readings of the same ``epoch`` (one boot)."""

    now: datetime
    monotonic: timedelta
    epoch: str


class Clock(Protocol):
    """A source of policy time. I/O limits never use it: they stay real."""

    factor: int

    def read(self) -> Reading:
        """The instant (aware UTC) and the monotonic time, taken together."""
        ...

    def now(self) -> datetime:
        """The instant alone, aware UTC."""
        ...


class SystemClock:
    """Real time. Its monotonic clock is the kernel's, shared by all processes of one boot."""

    factor = 1

    def read(self) -> Reading:
        return Reading(datetime.now(UTC), timedelta(microseconds=time.monotonic_ns() // 1000), _boot())

    def now(self) -> datetime:
        return self.read().now


class FileClock:
    """A clock that stands still at what its file says, for tests that move it. Both clocks move alike."""

    factor = 1

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Reading:
        now = _instant_in(self.path, "now")
        return Reading(now, now - datetime(2000, 1, 1, tzinfo=UTC), "file")

    def now(self) -> datetime:
        return self.read().now

    def set(self, now: datetime) -> None:
        """Move the clock, for every process that reads the file."""
        _write(self.path, {"now": instant_text(now)})

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward and return the new instant."""
        later = self.now() + by
        self.set(later)
        return later


class LapsedClock:
    """Time-lapse for demos: ``factor`` times real time since the origin kept in one state file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        state = _read(path)
        try:
            self.factor = _factor(int(str(state["factor"])))
            self._origin = parse_instant(str(state["origin"]))
            self._real_ns = int(str(state["real_monotonic_ns"]))
            self._epoch = str(state["epoch"])
        except KeyError as fault:
            raise Unreadable(f"The time-lapse file {path} lacks {fault}; start the demo anew.") from None
        except (ValueError, PrrError) as fault:
            raise Unreadable(f"The time-lapse file {path} is damaged ({fault}); start the demo anew.") from None
        if self._epoch != _boot():
            raise Unreadable(f"The time-lapse file {path} is from before the last boot; start the demo anew.")

    @staticmethod
    def start(path: Path, origin: datetime, factor: int) -> LapsedClock:
        """Write the state file: from now on ``origin`` plus ``factor`` times the real time passed."""
        state = {
            "factor": _factor(factor),
            "origin": instant_text(origin),
            "real_monotonic_ns": time.monotonic_ns(),
            "epoch": _boot(),
        }
        _write(path, state)
        return LapsedClock(path)

    def read(self) -> Reading:
        passed = timedelta(microseconds=(time.monotonic_ns() - self._real_ns) // 1000 * self.factor)
        return Reading(self._origin + passed, passed, self._epoch)

    def now(self) -> datetime:
        return self.read().now


def _factor(factor: int) -> int:
    if factor < 1:
        raise PrrError(f"A time-lapse runs forward: a factor of {factor} is below 1.")
    return factor


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown-boot"


def _instant_in(path: Path, field: str) -> datetime:
    state = _read(path)
    if field not in state:
        raise Unreadable(f"The clock file {path} lacks {field!r}.")
    try:
        return parse_instant(str(state[field]))
    except PrrError as fault:
        raise Unreadable(f"The clock file {path} is damaged: {fault}") from None


def _read(path: Path) -> dict[str, object]:
    try:
        state = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise Unreadable(f"The clock file {path} cannot be read ({type(fault).__name__}).") from None
    if not isinstance(state, dict):
        raise Unreadable(f"The clock file {path} does not hold an object.")
    return state


def _write(path: Path, state: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(state))
    os.replace(temporary, path)
