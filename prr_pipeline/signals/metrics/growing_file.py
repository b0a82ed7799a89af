"""A file of rows that others append to: read on from where the last reading ended, anew if changed otherwise."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from prr_pipeline.errors import Unreadable
from prr_pipeline.signals.metrics.rows import Arm, OddRow, Row, Whose, csv_rows, json_row

_TAIL = 256
"""Bytes before the place where the last reading ended that must still be there."""


class GrowingFile:
    """The rows of one file by whose they are. A last line without its end is still being written, and waits.

    In a ``whole`` file nobody writes any more: there it is a row like the others, or a fault.
    """

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        self.path = path
        self._whole = whole
        self._key: tuple[int, int, int] | None = None
        self._forget()

    def _forget(self) -> None:
        self.arms: dict[Whose, Arm] = {}
        self._faults: dict[tuple[str, str] | None, str] = {}
        self._inode = 0
        self._offset = 0
        self._line = 0
        self._tail = b""
        self._reader: Callable[[str], Row] | None = json_row if self.path.suffix == ".jsonl" else None

    def refresh(self) -> None:
        """Take in what is new. Raises `OSError`, and `Unreadable` for what is no regular file."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            info = os.fstat(descriptor)
            if not stat.S_ISREG(info.st_mode):
                raise Unreadable(f"{self.path.name!r} is no regular file.")
            key = (info.st_ino, info.st_size, info.st_mtime_ns)
            if key == self._key:
                return
            if self._faults or info.st_ino != self._inode or not self._goes_on(file):
                self._forget()
            self._inode = info.st_ino
            file.seek(self._offset)
            self._take(file.read())
            self._key = key

    def fault_of(self, metric: str, operation: str) -> str:
        """The first odd row that may be about it, as a sentence; empty without one."""
        return self._faults.get((metric, operation)) or self._faults.get(None) or ""

    def first_fault(self, metrics: Collection[str], operation: str | None) -> str:
        """The first odd row that may be about one of these metrics, of that operation or any; empty without one."""
        for about, fault in self._faults.items():
            if about is None or (about[0] in metrics and operation in (None, about[1])):
                return fault
        return ""

    def _goes_on(self, file: BinaryIO) -> bool:
        file.seek(self._offset - len(self._tail))
        return file.read(len(self._tail)) == self._tail

    def _take(self, data: bytes) -> None:
        whole = data[: data.rfind(b"\n") + 1]
        for line in whole.split(b"\n")[:-1]:
            self._take_next(line)
        self._offset += len(whole)
        self._tail = (self._tail + whole)[-_TAIL:]
        if self._whole and (last := data[len(whole) :]).strip():
            self._take_next(last, is_cut=True)

    def _take_next(self, line: bytes, *, is_cut: bool = False) -> None:
        self._line += 1
        try:
            if is_cut and self.path.suffix == ".csv":
                raise OddRow("it is the last and has no line break, so its numbers may be cut")
            self._take_line(line.removesuffix(b"\r"))
        except OddRow as odd:
            sentence = f"{self.path.name}, line {self._line}: {odd}; mend or remove it."
            self._faults.setdefault(odd.about, sentence)

    def _take_line(self, line: bytes) -> None:
        try:
            text = line.decode("utf-8-sig" if self._line == 1 else "utf-8")
        except UnicodeDecodeError:
            raise OddRow("it is no text in UTF-8") from None
        if self._reader is None and self._line == 1:
            self._reader = csv_rows(text)
        elif text.strip() and self._reader is not None:
            row = self._reader(text)
            self.arms.setdefault(row.whose, Arm()).add(row)
