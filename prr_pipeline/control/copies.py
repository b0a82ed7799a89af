"""Work shared with copies of this process: what it has parsed its copies have too, and nothing is parsed again."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_END = struct.Struct("=Q")


def can_be_copied() -> bool:
    """Whether a copy of this process can go on working: a second thread might hold a lock that nobody then opens."""
    return sys.platform == "linux" and threading.active_count() == 1


def in_copies(
    work: Callable[[Sequence[T]], Iterable[R]], parts: Sequence[Sequence[T]], processes: int
) -> Generator[R, None, None]:
    """What ``work`` gives for each part, in order; every n-th part is done here, the others by copies meanwhile.

    A part whose copy failed, whatever ended it, is done here: what is raised is what ``work`` raises. What it gives
    must be picklable. Ask `can_be_copied` before.
    """
    count = max(1, min(processes, len(parts)))
    gc.freeze()  # what is here already is never garbage, and a copy that looked through it would copy its memory too
    copies = [_start(work, parts[at::count]) for at in range(1, count)]
    try:
        for at, part in enumerate(parts):
            done = copies[at % count - 1].next() if at % count else None
            yield from work(part) if done is None else pickle.loads(done)  # noqa: S301 - our own copy wrote it
    finally:
        gc.unfreeze()
        for copy in copies:
            copy.end()


@dataclass(slots=True)
class _Copy:
    """A copy at work. It writes into a file, so that it never waits for its reader, and through the pipe how far."""

    pid: int
    file: IO[bytes]
    pipe: int
    read: int = 0

    def next(self) -> bytes | None:
        """The results of its next part, once they are there; None if it has failed."""
        told = os.read(self.pipe, _END.size)
        if len(told) < _END.size:
            return None
        (end,) = _END.unpack(told)
        found = os.pread(self.file.fileno(), end - self.read, self.read)
        self.read = end
        return found

    def end(self) -> None:
        """Leave nothing behind."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)
        self.file.close()


def _start(work: Callable[[Sequence[T]], Iterable[R]], parts: Sequence[Sequence[T]]) -> _Copy:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the copy
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return _Copy(pid, file, ours)
    # In the copy: nothing of what this process would do at its end may be done twice, such as writing its buffers.
    try:
        gc.disable()
        for part in parts:
            pickle.dump(list(work(part)), file, pickle.HIGHEST_PROTOCOL)
            file.flush()
            os.write(theirs, _END.pack(file.tell()))
    finally:
        os._exit(0)
