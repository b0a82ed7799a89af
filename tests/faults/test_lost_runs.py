"""A run whose worker died unseen blocks its promotion no longer than a rung's run can take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from prr_pipeline.orchestration.requests import LOST_AFTER, is_lost

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def record(status: dg.DagsterRunStatus, launched: timedelta, started: timedelta | None) -> dg.RunRecord:
    """A run launched and started so long ago."""
    run = dg.DagsterRun(job_name="__ASSET_JOB", status=status)
    start = (NOW - started).timestamp() if started is not None else None
    return dg.RunRecord(1, run, create_timestamp=NOW - launched, update_timestamp=NOW - launched, start_time=start)


@pytest.mark.parametrize(
    ("status", "launched", "started", "lost"),
    [
        (dg.DagsterRunStatus.STARTED, LOST_AFTER, LOST_AFTER - SECOND, False),
        (dg.DagsterRunStatus.STARTED, 2 * LOST_AFTER, LOST_AFTER + SECOND, True),
        (dg.DagsterRunStatus.STARTING, LOST_AFTER - SECOND, None, False),
        (dg.DagsterRunStatus.STARTING, LOST_AFTER + SECOND, None, True),
        (dg.DagsterRunStatus.CANCELING, LOST_AFTER + SECOND, LOST_AFTER + SECOND, True),
        (dg.DagsterRunStatus.QUEUED, timedelta(days=1), None, False),
    ],
    ids=lambda value: str(getattr(value, "value", value)),
)
def test_a_run_counts_as_lost_once_it_takes_too_long(
    status: dg.DagsterRunStatus, launched: timedelta, started: timedelta | None, lost: bool
) -> None:
    """Counted from its start, else from its launch; a run in the queue only waits."""
    assert is_lost(record(status, launched, started), NOW) is lost


def test_it_blocks_longer_than_a_worker_needs_and_shorter_than_dagster_waits() -> None:
    """Between the seconds of a rung's run and the 300 of `max_runtime_seconds`."""
    assert timedelta(seconds=30) < LOST_AFTER < timedelta(seconds=300)
