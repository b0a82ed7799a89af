"""The two embedded notifiers: the program's log, and a file with one JSON line per notice."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.notify.port import Notice, check_options, one_line

LOGGER = "prr_pipeline.notify"
LOCK_PATIENCE = timedelta(seconds=2)
_LOCK_PAUSE = timedelta(milliseconds=10)
_LEVELS = {"page": logging.CRITICAL, "warn": logging.WARNING, "info": logging.INFO}


class LogNotifier:
    """Writes each notice as one line of the standard log, under ``prr_pipeline.notify``."""

    name = "log"

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger(LOGGER)

    def send(self, notice: Notice) -> None:
        about = f" [{one_line(notice.about)}]" if notice.about else ""
        line = f"{notice.severity}{about}: {one_line(notice.title)}"
        if notice.body:
            line += f" - {one_line(notice.body)}"
        self._logger.log(_LEVELS[notice.severity], "%s", line)


class FileNotifier:
    """Appends each notice to a file as one line of ASCII JSON, and returns once it is on disk."""

    name = "file"

    def __init__(self, path: Path, patience: timedelta = LOCK_PATIENCE) -> None:
        self.path = path
        self._patience = patience

    def send(self, notice: Notice) -> None:
        """Raises `Unavailable` when the line cannot be written in full, or the path is no regular file."""
        text = json.dumps(notice.as_data(), ensure_ascii=True, sort_keys=True).replace("\x7f", "\\u007f")
        line = text.encode("ascii") + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(self.path, flags, 0o640)
        except OSError as fault:
            raise self._unavailable(fault.strerror) from fault
        try:
            self._append(descriptor, line)
        except OSError as fault:
            raise self._unavailable(fault.strerror) from fault
        finally:
            os.close(descriptor)

    def _append(self, descriptor: int, line: bytes) -> None:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise self._unavailable("not a regular file")
        self._lock(descriptor)
        info = os.fstat(descriptor)
        if info.st_size and os.pread(descriptor, 1, info.st_size - 1) != b"\n":
            line = b"\n" + line  # a line that a crash cut off stays a line of its own
        if os.write(descriptor, line) != len(line):
            raise self._unavailable("the disk is full")
        os.fsync(descriptor)

    def _lock(self, descriptor: int) -> None:
        """Wait for other writers, but not for ever: closing the descriptor gives the lock back."""
        for _ in range(self._patience // _LOCK_PAUSE):
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOCK_PAUSE.total_seconds())
        raise self._unavailable("another writer holds it")

    def _unavailable(self, cause: str | None) -> Unavailable:
        return Unavailable(f"The notice cannot be written to {self.path} ({cause}); free the path or change it.")


def log_from_options(options: Mapping[str, object], root: Path) -> LogNotifier:
    """The log notifier takes no options."""
    check_options("log", options, ())
    return LogNotifier()


def file_from_options(options: Mapping[str, object], root: Path) -> FileNotifier:
    """``path`` (default ``notices.jsonl``, counted from ``root``)."""
    check_options("file", options, ("path",))
    path = options.get("path", "notices.jsonl")
    if not isinstance(path, str) or not path:
        raise PrrError(f"The option path of the notifier file is {path!r}; give a path.")
    return FileNotifier(root / path)
