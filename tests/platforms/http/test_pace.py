"""Real time for those who ask, and the deadline of a question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prr_pipeline.platforms.http.pace import Deadline, RealPace
from tests.platforms.asking import FakePace


def test_real_time_is_real() -> None:
    """Aware UTC, a clock that only goes forward, and chance between nothing and one."""
    pace = RealPace()
    before = pace.monotonic_s()
    pace.wait(0.001)
    assert pace.monotonic_s() - before >= 0.001
    assert abs(pace.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert pace.now().tzinfo is UTC
    drawn = [pace.chance() for _ in range(50)]
    assert min(drawn) >= 0
    assert max(drawn) < 1
    assert len(set(drawn)) > 1


def test_a_deadline_runs_out_and_stays_out() -> None:
    """It is never less than nothing."""
    pace = FakePace()
    deadline = Deadline.after(5, pace)
    assert deadline.remaining_s() == 5
    pace.wait(3)
    assert deadline.remaining_s() == 2
    pace.wait(30)
    assert deadline.remaining_s() == 0
