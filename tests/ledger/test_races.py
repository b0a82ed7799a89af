"""Two and three processes on one ledger: a version is won once, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import PrrError, Refused, StaleVersion
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import EventType
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger

from .conftest import Build

KEY = Build.KEY
FORK = multiprocessing.get_context("fork")
TRIES = 80


def race(url: str, clock: FileClock, head_file: HeadFile, who: int, won: Queue[Any]) -> None:
    """Read, then append with what was read, again and again; report the versions that were won."""
    ledger, build = Ledger.open(url, clock=clock, head=head_file), Build()
    mine = []
    for _ in range(TRIES):
        state = ledger.state(KEY)
        assert state is not None
        try:
            ledger.append([build.signoff(f"person:{who}")], expect={KEY: state.version})
            mine.append(state.version)
        except StaleVersion:
            continue
    won.put(mine)


@pytest.mark.parametrize("processes", [2, 3])
def test_a_version_is_won_once(
    opened: Ledger,
    url: str,
    clock: FileClock,
    head_file: HeadFile,
    processes: int,
    record_property: Callable[[str, object], None],
) -> None:
    """Of all racers that read the same version, one advances it; every win is in the ledger."""
    won: Queue[Any] = FORK.Queue()
    runners = [FORK.Process(target=race, args=(url, clock, head_file, n, won)) for n in range(processes)]
    for runner in runners:
        runner.start()
    wins = [version for _ in runners for version in won.get(timeout=120)]
    for runner in runners:
        runner.join(30)
    doubled = [version for version, times in Counter(wins).items() if times > 1]
    record_property("double advances / races", f"{len(doubled)} / {processes * TRIES}")
    state = opened.state(KEY)
    assert doubled == []
    assert state is not None
    assert sorted(wins) == list(range(1, state.version))
    assert len(wins) >= TRIES
    assert verify(opened).faults == ()
    assert opened.head_fault is None


def climb(url: str, clock: FileClock, head_file: HeadFile, who: int, keys: list[str]) -> None:
    """Climb every promotion to the top without reading versions: the ledger's own rules must be enough."""
    ledger, build = Ledger.open(url, clock=clock, head=head_file), Build()
    for key in keys:
        for rung in range(5):
            for draft in (build.intent(rung, f"{key}/{rung}/{who}", key=key), build.settled(rung, key=key)):
                try:
                    ledger.append([draft])
                except Refused:
                    continue


def test_no_rung_is_climbed_twice(
    ledger: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """Two careless climbers on the same promotions settle each rung once and in order."""
    keys = [f"op{n}:ga" for n in range(12)]
    ledger.append([build.opened(key.removesuffix(":ga")) for key in keys])
    runners = [FORK.Process(target=climb, args=(url, clock, head_file, n, keys)) for n in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(120)
    assert [runner.exitcode for runner in runners] == [0, 0]
    for key in keys:
        settled = [e.payload["rung"] for e in ledger.events(stream=key, types=[EventType.INTENT_SETTLED])]
        assert settled == list(range(len(settled)))
    assert verify(ledger).faults == ()


def test_threads_share_one_ledger(opened: Ledger, build: Build) -> None:
    """Sensors on threads append and read at once; all of it is in the chain, and every read is consistent."""
    faults: list[PrrError] = []

    def work(number: int) -> None:
        try:
            for n in range(15):
                opened.append([build.fact(number * 100 + n)])
                state = opened.state(KEY)
                assert state is not None
                opened.states()
        except PrrError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert opened.last_seq() == 1 + 8 * 15
    assert verify(opened).faults == ()


def append_until_killed(url: str, clock: FileClock, head_file: HeadFile) -> None:
    """Append batches of two until the process dies."""
    ledger, build = Ledger.open(url, clock=clock, head=head_file), Build()
    while True:
        ledger.append([build.signoff(), build.fact()])


def test_a_killed_writer_leaves_whole_batches(
    opened: Ledger, url: str, clock: FileClock, head_file: HeadFile, build: Build
) -> None:
    """After kill -9 at any moment the chain is sound, no batch is half written, and the head can be caught up."""
    for n in range(6):
        writer = FORK.Process(target=append_until_killed, args=(url, clock, head_file))
        before = opened.last_seq()
        writer.start()
        while opened.last_seq() < before + 4:
            time.sleep(0.005)
        time.sleep(n * 0.003)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join(30)
        again = Ledger.open(url, clock=clock, head=head_file)
        head = head_file.read()
        assert verify(again).faults == ()
        assert (again.last_seq() - 1) % 2 == 0
        assert head is not None
        assert head.seq >= again.last_seq() - 1
        assert again.may_only_lower is None
        again.close()
