"""Work shared with copies of this process: what it has parsed its copies have too, and nothing is parsed again."""

from __future__ import annotations

import gc
import marshal
import os
import select
import signal
import struct
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from typing import IO, TypeVar

from prr_pipeline.deferred_dataclass import dataclass

T = TypeVar("T")
R = TypeVar("R")
_NUMBER = struct.Struct("=I")
_TOLD = struct.Struct("=IQ")


def can_be_copied() -> bool:
    """Whether a copy of this process can go on working: a second thread might hold a lock that nobody then opens."""
    return hasattr(os, "memfd_create") and threading.active_count() == 1


def in_copies(
    work: Callable[[Sequence[T]], Iterable[R]], parts: Sequence[Sequence[T]], processes: int
) -> Generator[R, None, None]:
    """What ``work`` gives for each part, in order. This process and its copies each take the next part when free.

    A part whose copy failed, whatever ended it, is done here: what is raised is what ``work`` raises. What it gives
    is plain data: text, bytes, numbers, None, and tuples, lists, dicts and sets of them. At most 10,000 parts. Ask
    `can_be_copied` before.
    """
    gc.freeze()  # what is here already is never garbage, and a copy that looked through it would copy its memory too
    parts_left = _queue(len(parts))
    copies: list[_Copy] = []
    done: dict[int, Iterable[R]] = {}
    try:
        with suppress(OSError):  # no room for another process or file: fewer do the work
            for _ in range(1, min(processes, len(parts))):
                copies.append(_start(work, parts, parts_left))
        for at, part in enumerate(parts):
            # What the copies have done is passed on while they work: at the end, nobody would work beside that.
            while at not in done:
                if _collect(copies, done, wait=False):
                    continue
                taken = _take(parts_left)
                if taken is not None:
                    done[taken] = work(parts[taken]) if taken == at else list(work(parts[taken]))
                elif not _collect(copies, done, wait=True):
                    break
            yield from done.pop(at) if at in done else work(part)
    finally:
        gc.unfreeze()
        os.close(parts_left)
        for copy in copies:
            copy.end()


@dataclass(slots=True)
class _Copy:
    """A copy at work. It writes into memory, so that it never waits for its reader, and through the pipe how far."""

    pid: int
    memory: IO[bytes]
    pipe: int
    read: int = 0
    works: bool = True

    def next(self) -> tuple[int, bytes] | None:
        """The number and the results of the part that it did next; None if it has ended."""
        told = os.read(self.pipe, _TOLD.size)
        if len(told) < _TOLD.size:
            self.works = False
            return None
        part, end = _TOLD.unpack(told)
        found = os.pread(self.memory.fileno(), end - self.read, self.read)
        self.read = end
        return part, found

    def end(self) -> None:
        """Leave nothing behind."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)
        self.memory.close()


def _queue(count: int) -> int:
    """A pipe that holds the numbers of the parts: whoever reads one has taken it."""
    left, right = os.pipe()
    os.write(right, b"".join(map(_NUMBER.pack, range(count))))
    os.close(right)
    return left


def _take(parts_left: int) -> int | None:
    """The number of the next part that nobody has taken; None once all are."""
    taken = os.read(parts_left, _NUMBER.size)
    return _NUMBER.unpack(taken)[0] if taken else None


def _collect(copies: Iterable[_Copy], done: dict[int, Iterable[R]], *, wait: bool) -> bool:
    """Take what copies have done or, to ``wait``, until one has done a part or ended. False if there was nothing."""
    working = {copy.pipe: copy for copy in copies if copy.works}
    ready = select.select(list(working), [], [], None if wait else 0)[0] if working else ()
    for pipe in ready:
        found = working[pipe].next()
        if found is not None:
            done[found[0]] = marshal.loads(found[1])  # noqa: S302 - our own copy wrote it
    return bool(ready)


def _start(work: Callable[[Sequence[T]], Iterable[R]], parts: Sequence[Sequence[T]], parts_left: int) -> _Copy:
    memory = os.fdopen(os.memfd_create("prr"), "w+b")
    ours, theirs = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        for end in (ours, theirs):
            os.close(end)
        memory.close()
        raise
    if pid:
        os.close(theirs)
        return _Copy(pid, memory, ours)
    # In the copy: nothing of what this process would do at its end may be done twice, such as writing its buffers.
    try:
        gc.disable()
        while (taken := _take(parts_left)) is not None:
            marshal.dump(list(work(parts[taken])), memory)
            memory.flush()
            os.write(theirs, _TOLD.pack(taken, memory.tell()))
    finally:
        os._exit(0)
