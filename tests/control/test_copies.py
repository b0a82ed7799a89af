"""Work shared with copies of the process: the same results in the same order, whatever becomes of a copy."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prr_pipeline.control.copies import can_be_copied, in_copies

HERE = os.getpid()


def squares(part: Sequence[int]) -> Iterator[tuple[int, bool]]:
    """Each number's square, and whether this very process made it."""
    for number in part:
        yield number * number, os.getpid() == HERE


def no_copy_is_left() -> bool:
    """Whether every process that was started here was waited for."""
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True


def test_the_parts_are_shared_and_their_order_is_kept() -> None:
    """While this process is busy with one part, a copy does others."""
    done, told = os.pipe()
    begun, beginning = os.pipe()

    def work(part: Sequence[int]) -> Iterator[tuple[int, bool]]:
        here = os.getpid() == HERE
        if here:
            os.write(beginning, b"....")  # as many as there are parts, so that no copy waits for a second one
            os.read(done, 1)
        else:
            os.read(begun, 1)
        yield part[0], here
        if not here:
            os.write(told, b".")

    found = list(in_copies(work, [(1,), (2,), (3,), (4,)], 2))
    for end in (done, told, begun, beginning):
        os.close(end)
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert {here for _, here in found} == {True, False}
    assert no_copy_is_left()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.integers(), max_size=4), max_size=6), st.integers(1, 4))
def test_the_results_are_those_of_one_process(parts: list[list[int]], processes: int) -> None:
    """Whatever the parts, and however many processes."""
    found = [number for number, _ in in_copies(squares, parts, processes)]
    assert found == [number * number for part in parts for number in part]


def test_a_part_that_a_copy_is_at_is_not_begun_here() -> None:
    """Another copy hands in a later part meanwhile: this process takes a further one, or waits."""
    (begun, beginning), (released, releasing), (told, telling) = os.pipe(), os.pipe(), os.pipe()
    here_before: list[int] = []

    def work(part: Sequence[int]) -> Iterator[int]:
        number = part[0]
        os.write(telling, bytes([number]))
        if os.getpid() != HERE:
            os.write(beginning, b".")
            if number != 2:
                os.read(released, 1)
        elif not here_before:
            here_before.append(number)
            for _ in range(3):  # the copies are at their first parts; one of them was done with its own
                select.select([begun], [], [], 2.0)
                os.read(begun, 1)
        else:
            os.write(releasing, b"." * 8)
        yield number

    parts = [(number,) for number in range(8)]
    assert list(in_copies(work, parts, 3)) == [number for (number,) in parts]
    os.close(telling)
    with os.fdopen(told, "rb") as done:
        assert sorted(done.read()) == [number for (number,) in parts]
    for end in (begun, beginning, released, releasing):
        os.close(end)


def test_results_that_fill_every_buffer_come_whole() -> None:
    """A copy never waits for its reader."""

    def work(part: Sequence[int]) -> Iterator[bytes]:
        for number in part:
            yield bytes([number]) * 2**20

    assert [len(each) for each in in_copies(work, [(1,), (2, 3, 4)], 2)] == [2**20] * 4


@pytest.mark.parametrize("end", ["kill", "exit", "raise"])
def test_the_part_of_a_copy_that_fails_is_done_here(end: str) -> None:
    """Killed, ended or in fault: nothing is lost, and nothing stands twice."""
    done, told = os.pipe()

    def work(part: Sequence[int]) -> Iterator[tuple[int, bool]]:
        if os.getpid() == HERE:
            os.read(done, 1)  # until the copy has failed
            yield part[0], True
            return
        os.write(told, b"." * 9)
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if end == "exit":
            os._exit(3)
        raise ValueError("in the copy alone")

    found = list(in_copies(work, [(1,), (2,), (3,)], 2))
    os.close(done)
    os.close(told)
    assert found == [(1, True), (2, True), (3, True)]


def test_what_the_work_raises_is_raised_here() -> None:
    """A fault of the work itself is seen where the results are read, and no copy is left."""

    def work(part: Sequence[int]) -> Iterator[int]:
        for number in part:
            yield 1 // number

    with pytest.raises(ZeroDivisionError):
        list(in_copies(work, [(1,), (0,)], 2))
    assert no_copy_is_left()


def test_who_stops_reading_leaves_no_copy_behind() -> None:
    """The copy is ended with the reader, not when its work is done."""
    reading = in_copies(squares, [(1,), tuple(range(10**7))], 2)
    next(reading)
    reading.close()
    assert no_copy_is_left()


def test_a_process_with_threads_is_not_copied() -> None:
    """A lock that another thread holds would stay shut in the copy."""
    before = can_be_copied()
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not can_be_copied()
    finally:
        done.set()
        other.join()
    assert can_be_copied() == before


def test_where_no_copy_can_be_made_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for another process, or for a file: all results, none lost, nothing raised."""

    def refuse(*_: object) -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    for name in ("os.fork", "tempfile.TemporaryFile"):
        with monkeypatch.context() as patched:
            patched.setattr(name, refuse)
            assert [number for number, _ in in_copies(squares, [(1,), (2,), (3,)], 3)] == [1, 4, 9]
    assert no_copy_is_left()
