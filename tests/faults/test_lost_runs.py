"""A run whose worker died unseen blocks its promotion no longer than a rung's run can take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from dagster import DagsterRunStatus as Status

from prr_pipeline.orchestration.requests import LOST_AFTER, is_lost

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "age", "lost"),
    [
        (Status.STARTED, LOST_AFTER, False),
        (Status.STARTED, LOST_AFTER + SECOND, True),
        (Status.STARTING, LOST_AFTER - SECOND, False),
        (Status.STARTING, LOST_AFTER + SECOND, True),
        (Status.CANCELING, LOST_AFTER + SECOND, True),
        (Status.QUEUED, timedelta(days=1), False),
    ],
)
def test_a_run_counts_as_lost_once_it_takes_too_long(status: Status, age: timedelta, lost: bool) -> None:
    """Beyond the limit, whatever it is said to do; a run in the queue only waits."""
    assert is_lost(status, NOW - age, NOW) is lost


def test_it_blocks_longer_than_a_worker_needs_and_shorter_than_dagster_waits() -> None:
    """Between the seconds of a rung's run and the 300 of `max_runtime_seconds`."""
    assert timedelta(seconds=30) < LOST_AFTER < timedelta(seconds=300)
