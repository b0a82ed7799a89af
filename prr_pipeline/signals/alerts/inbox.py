"""The embedded alert source: a folder of Alertmanager webhook messages and a heartbeat file."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.alerts import FUTURE_TOLERANCE, AlertReading
from prr_pipeline.signals.alerts.arrivals import merge
from prr_pipeline.signals.alerts.doubts import in_words
from prr_pipeline.signals.alerts.folder import HEARTBEAT, Entry, messages, read_message, scan
from prr_pipeline.signals.alerts.payload import Payload
from prr_pipeline.signals.by_name import check_options

SETTLING = timedelta(seconds=2)
"""A file younger than this may still be written: its parse is not remembered."""
DEFAULT_HEARTBEAT_LIMIT = timedelta(minutes=5)

_Key = tuple[str, int, int, int]


class Inbox:
    """Reads the folder anew at each call; files that did not change are parsed once per process.

    ``heartbeat_limit`` is in real time, as is ``real_now``, since both are compared with file times.
    """

    name = "inbox"

    def __init__(self, folder: Path, heartbeat_limit: timedelta, real_now: Callable[[], datetime]) -> None:
        self.folder = folder
        self._limit = heartbeat_limit
        self._real_now = real_now
        self._parsed: dict[_Key, Payload | str] = {}

    def read(self, now: datetime) -> AlertReading:
        """All episodes that the messages tell of, by the order of their arrival. Incomplete if any doubt remains."""
        try:
            entries = scan(self.folder)
        except OSError as fault:
            why = f"the folder {str(self.folder)!r} cannot be read ({fault.strerror}); create it or mend its rights."
            return AlertReading(self.name, now, False, why)
        files, doubts = messages(entries)
        real_now_ns = _ns(self._real_now())
        doubts += self._silence(entries, real_now_ns)
        told = []
        remembered: dict[_Key, Payload | str] = {}
        for entry in files:
            settled = real_now_ns - entry.mtime_ns >= _span_ns(SETTLING)
            found = self._parsed.get(entry.key) or read_message(self.folder / entry.name, self.name)
            if settled:
                remembered[entry.key] = found
            if isinstance(found, Payload):
                told.append((entry.mtime_ns, found.episodes))
            doubts += _faults(entry.name, found, settled) + _ahead(entry, real_now_ns)
        self._parsed = remembered
        fine = "the alert feed is alive and every message was read."
        return AlertReading(self.name, now, not doubts, in_words(doubts, fine), merge(told))

    def _silence(self, entries: list[Entry], real_now_ns: int) -> list[str]:
        """Why the heartbeat does not prove that the feed is alive; empty if it does."""
        beat = next((entry for entry in entries if entry.name == HEARTBEAT), None)
        if beat is None:
            return [f"the alert feed never gave a sign of life: there is no file {HEARTBEAT!r} in the inbox."]
        if not stat.S_ISREG(beat.mode):
            return [f"the {HEARTBEAT} of the alert feed is not a regular file."]
        age_ns = real_now_ns - beat.mtime_ns
        if age_ns < -_span_ns(FUTURE_TOLERANCE):
            return [f"the {HEARTBEAT} of the alert feed lies {-age_ns // 10**9} s in the future: a clock is wrong."]
        if age_ns > _span_ns(self._limit):
            limit = int(self._limit.total_seconds())
            return [f"the alert feed is silent since {_written(beat.mtime_ns)}, for more than {limit} s."]
        return []


def drop(folder: Path, payload: bytes, name: str | None = None) -> Path:
    """Lay a message into the inbox under a temporary name, then rename it: readers see all of it or nothing.

    The folder is made if absent. Without ``name`` (which ends in ``.json``) the file gets a fresh one. Its time, which
    orders messages, is finer than the file system's own. Returns the file's path once it is on disk.
    """
    if name is not None and (Path(name).name != name or name.startswith(".") or not name.endswith(".json")):
        raise PrrError(f"{name[:80]!r} is no name for an alert message; write it like 2026-01-31-disk-full.json.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / (name or f"{os.urandom(12).hex()}.json")
    temporary = folder / f".{target.name}.{os.urandom(6).hex()}"
    with temporary.open("xb") as file:
        file.write(payload)
        file.flush()
        arrival = time.time_ns()
        os.utime(file.fileno(), ns=(arrival, arrival))
        os.fsync(file.fileno())
    os.replace(temporary, target)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return target


def beat(folder: Path) -> None:
    """Say that the feed is alive: touch the heartbeat. The folder is made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEARTBEAT).touch()


def from_options(options: Mapping[str, object], root: Path) -> Inbox:
    """``folder`` (default ``alerts``, counted from ``root``) and ``heartbeat_limit_seconds`` (default 300)."""
    check_options("alert source inbox", options, ("folder", "heartbeat_limit_seconds"))
    seconds = options.get("heartbeat_limit_seconds", int(DEFAULT_HEARTBEAT_LIMIT.total_seconds()))
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= 86_400:
        raise PrrError(f"The inbox option heartbeat_limit_seconds is {seconds!r}; give whole seconds, 1..86400.")
    folder = options.get("folder", "alerts")
    if not isinstance(folder, str) or not folder:
        raise PrrError(f"The inbox option folder is {folder!r}; give a path.")
    return Inbox(root / folder, timedelta(seconds=seconds), lambda: datetime.now(UTC))


def _faults(name: str, found: Payload | str, settled: bool) -> list[str]:
    if isinstance(found, Payload):
        return [f"file {name!r}: {doubt}." for doubt in found.doubts]
    return [f"file {name!r}: {found} Mend or remove it." if settled else f"file {name!r} is new and not readable yet."]


def _ahead(entry: Entry, real_now_ns: int) -> list[str]:
    """A message from the future may have come before what will be older than it: their order is not known."""
    ahead_ns = entry.mtime_ns - real_now_ns
    if ahead_ns <= _span_ns(FUTURE_TOLERANCE):
        return []
    return [f"file {entry.name!r} lies {ahead_ns // 10**9} s in the future: a clock is or was wrong."]


def _ns(at: datetime) -> int:
    return _span_ns(at - datetime(1970, 1, 1, tzinfo=UTC))


def _span_ns(span: timedelta) -> int:
    return span // timedelta(microseconds=1) * 1000


def _written(mtime_ns: int) -> str:
    try:
        return datetime.fromtimestamp(mtime_ns // 10**9, UTC).isoformat()
    except (ValueError, OverflowError):
        return "the beginning of time"
