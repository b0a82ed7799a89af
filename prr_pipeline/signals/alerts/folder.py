"""List and open the files of the alert inbox, within limits and without following links."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.signals.alerts.payload import MAX_BYTES, Payload, parse_payload

HEARTBEAT = "heartbeat"
MAX_FILES = 20_000
MAX_TOTAL_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the folder listing shows it. ``mtime_ns`` counts from 1970."""

    name: str
    mode: int
    mtime_ns: int
    size: int
    inode: int

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Equal for two listings of the same, unchanged file."""
        return (self.name, self.mtime_ns, self.size, self.inode)


def scan(folder: Path) -> list[Entry]:
    """The folder's files but those with a leading dot, newest first. A file that vanishes meanwhile is left out."""
    found = []
    with os.scandir(folder) as listing:
        for item in listing:
            if item.name.startswith("."):
                continue
            try:
                info = item.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            found.append(Entry(item.name, info.st_mode, info.st_mtime_ns, info.st_size, info.st_ino))
    return sorted(found, key=lambda entry: (-entry.mtime_ns, entry.name))


def messages(entries: list[Entry]) -> tuple[list[Entry], list[str]]:
    """The messages to read, newest first and within the limits, and a sentence for all that is left out."""
    doubts: list[str] = []
    files: list[Entry] = []
    total = 0
    for entry in entries:
        if entry.name == HEARTBEAT:
            continue
        if not stat.S_ISREG(entry.mode):
            doubts.append(f"{entry.name!r} is not a regular file; remove it.")
        elif not entry.name.endswith(".json"):
            doubts.append(f"{entry.name!r} is neither a message (*.json) nor the {HEARTBEAT}; rename or remove it.")
        elif len(files) >= MAX_FILES or total + min(entry.size, MAX_BYTES) > MAX_TOTAL_BYTES:
            doubts.append(f"it holds more than {MAX_FILES} messages or {MAX_TOTAL_BYTES} bytes; tidy it.")
            break
        else:
            files.append(entry)
            total += min(entry.size, MAX_BYTES)
    return files, doubts


def read_message(path: Path, source: str) -> Payload | str:
    """The message, or a sentence about why there is none."""
    try:
        return parse_payload(_bytes(path), source)
    except Unreadable as fault:
        return str(fault)
    except OSError as fault:
        return f"The file cannot be opened ({fault.strerror})."


def _bytes(path: Path) -> bytes:
    """The file's bytes, one more than allowed at most. Links and devices swapped in since the listing are refused."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("It is not a regular file.")
        return file.read(MAX_BYTES + 1)
