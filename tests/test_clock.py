"""Clocks: real, settable and lapsed; wall and monotonic move alike, and every process reads the same."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from prr_pipeline.clock import Clock, FileClock, LapsedClock, SystemClock
from prr_pipeline.errors import PrrError, Unreadable

ORIGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FACTOR = 10_080
"""A week a minute."""

READ_IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from prr_pipeline.clock import LapsedClock
print(LapsedClock(Path(sys.argv[1])).read().monotonic.total_seconds())
"""


@pytest.fixture
def lapsed(tmp_path: Path) -> LapsedClock:
    """A time-lapse that has just begun."""
    return LapsedClock.start(tmp_path / "state" / "clock.json", ORIGIN, FACTOR)


def damage(clock: LapsedClock, **changed: object) -> Path:
    """Its state file with other fields; None removes one."""
    state = {**json.loads(clock.path.read_bytes()), **changed}
    clock.path.write_text(json.dumps({key: value for key, value in state.items() if value is not None}))
    return clock.path


def test_the_system_clock_tells_real_time() -> None:
    """Aware UTC, beside a monotonic time that all processes of this boot share."""
    before = time.monotonic_ns()
    reading = SystemClock().read()
    after = time.monotonic_ns()
    assert before // 1_000 <= reading.monotonic // timedelta(microseconds=1) <= after // 1_000
    assert abs(datetime.now(UTC) - reading.now) < timedelta(seconds=5)
    assert reading.now.tzinfo is UTC
    assert reading.epoch == SystemClock().read().epoch
    assert SystemClock.factor == 1


def test_a_file_clock_stands_still_until_it_is_moved(tmp_path: Path) -> None:
    """Both of its times move by exactly what was asked."""
    clock = FileClock(tmp_path / "clock.json")
    clock.set(ORIGIN)
    first = clock.read()
    assert first == clock.read()
    assert clock.advance(timedelta(days=28)) == ORIGIN + timedelta(days=28) == clock.now()
    later = clock.read()
    assert later.monotonic - first.monotonic == later.now - first.now == timedelta(days=28)
    assert later.epoch == first.epoch


def test_a_file_clock_may_be_set_back(tmp_path: Path) -> None:
    """A test may want to know what happens then."""
    clock = FileClock(tmp_path / "clock.json")
    clock.set(ORIGIN)
    clock.advance(-timedelta(hours=3))
    assert clock.now() == ORIGIN - timedelta(hours=3)


def test_all_who_read_the_file_see_the_same(tmp_path: Path) -> None:
    """Another clock over the same file is the same clock, in whatever zone it was set."""
    clock = FileClock(tmp_path / "clock.json")
    clock.set(ORIGIN.astimezone(timezone(timedelta(hours=-8))))
    assert FileClock(clock.path).read() == clock.read()
    assert clock.now() == ORIGIN


def test_a_file_clock_takes_no_naive_time(tmp_path: Path) -> None:
    """A time without a zone is a guess; nothing is written."""
    clock = FileClock(tmp_path / "clock.json")
    with pytest.raises(PrrError, match="no time zone"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001
    assert not clock.path.exists()


BROKEN = {
    "nothing": b"",
    "cut": b'{"now": "2026',
    "no object": b"[1]",
    "no field": b"{}",
    "no instant": b'{"now": "soon"}',
    "no zone": b'{"now": "2026-01-01T00:00:00"}',
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_clock_file_is_told_by_its_name(tmp_path: Path, content: bytes) -> None:
    """One sentence with the path, not a stack trace, and no time made up instead."""
    path = tmp_path / "clock.json"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"clock\.json"):
        FileClock(path).read()


@pytest.mark.parametrize("clock", [FileClock, LapsedClock])
def test_a_missing_clock_file_is_told_by_its_name(tmp_path: Path, clock: type[FileClock | LapsedClock]) -> None:
    """There is no default time."""
    with pytest.raises(Unreadable, match=r"clock\.json"):
        clock(tmp_path / "clock.json").read()


def test_a_lapsed_clock_runs_by_its_factor(lapsed: LapsedClock) -> None:
    """Wall and monotonic alike, to the microsecond, so that dwell sees no jump."""
    before = time.monotonic_ns()
    first = lapsed.read()
    begun = time.monotonic_ns()
    while time.monotonic_ns() < begun + 20_000_000:
        pass
    second = lapsed.read()
    after = time.monotonic_ns()
    assert second.now - first.now == second.monotonic - first.monotonic
    assert second.now - ORIGIN == second.monotonic
    assert timedelta(seconds=0.02 * FACTOR) <= second.now - first.now
    assert second.now - first.now <= timedelta(microseconds=((after - before) // 1_000 + 1) * FACTOR)
    assert lapsed.factor == FACTOR


def test_a_lapsed_clock_begins_at_its_origin(lapsed: LapsedClock) -> None:
    """Not before it."""
    assert ORIGIN <= lapsed.now() < ORIGIN + timedelta(days=30)


def test_two_processes_read_one_lapsed_clock(lapsed: LapsedClock) -> None:
    """What another process reads lies between two readings of this one."""
    before = lapsed.read().monotonic
    command = [sys.executable, "-c", READ_IN_ANOTHER_PROCESS, str(lapsed.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert before <= timedelta(seconds=float(done.stdout)) <= lapsed.read().monotonic


def test_a_lapsed_clock_from_before_the_boot_is_refused(lapsed: LapsedClock) -> None:
    """Its monotonic origin means nothing any more: better no time than a wrong one."""
    with pytest.raises(Unreadable, match="before the last boot; start the demo anew"):
        LapsedClock(damage(lapsed, epoch="another-boot"))


@pytest.mark.parametrize("field", ["factor", "origin", "real_monotonic_ns", "epoch"])
def test_a_lapsed_clock_names_the_field_it_lacks(lapsed: LapsedClock, field: str) -> None:
    """With the way out."""
    with pytest.raises(Unreadable, match=f"lacks '{field}'; start the demo anew"):
        LapsedClock(damage(lapsed, **{field: None}))


@pytest.mark.parametrize("wrong", [{"factor": "fast"}, {"factor": 0}, {"origin": "soon"}, {"real_monotonic_ns": 1.5}])
def test_a_damaged_lapsed_clock_is_refused(lapsed: LapsedClock, wrong: dict[str, object]) -> None:
    """Whatever is wrong in it, with the file's name."""
    with pytest.raises(Unreadable, match=r"clock\.json is damaged"):
        LapsedClock(damage(lapsed, **wrong))


@pytest.mark.parametrize("factor", [0, -1])
def test_a_time_lapse_runs_forward(tmp_path: Path, factor: int) -> None:
    """A clock that stands or runs back is none."""
    with pytest.raises(PrrError, match="runs forward"):
        LapsedClock.start(tmp_path / "clock.json", ORIGIN, factor)
    assert not (tmp_path / "clock.json").exists()


def test_every_clock_is_a_clock(tmp_path: Path, lapsed: LapsedClock) -> None:
    """One protocol; ``now`` is the instant of a reading."""
    still = FileClock(tmp_path / "still.json")
    still.set(ORIGIN)
    clocks: list[Clock] = [SystemClock(), still, lapsed]
    for clock in clocks:
        first, now = clock.read(), clock.now()
        assert first.now <= now <= clock.read().now
        assert clock.factor >= 1
