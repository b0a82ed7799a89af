"""CI's record of jobs that ran."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.job_runs import JobRun, read_job_runs
from prr_pipeline.repository.tree import Blob

RUN = {"job": "a", "stage": "dev", "commit": "a" * 40, "passed": True, "finished_at": "2026-03-02T12:00:00Z"}


def blob(data: Any) -> Blob:
    return Blob("runs.json", "", data if isinstance(data, bytes) else orjson.dumps(data))


def test_runs_are_read_in_their_order() -> None:
    """Further keys are nobody's matter."""
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    found = read_job_runs(blob({"runs": [{**RUN, "seconds": 1.5}, {**RUN, "passed": False}]}))
    assert found == (JobRun("a", "dev", "a" * 40, True, at), JobRun("a", "dev", "a" * 40, False, at))
    assert read_job_runs(blob({"runs": []})) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        [],
        {},
        {"runs": {}},
        {"runs": [1]},
        {"runs": [{**RUN, "job": 1}]},
        {"runs": [{**RUN, "stage": ""}]},
        {"runs": [{**RUN, "passed": "yes"}]},
        {"runs": [{**RUN, "finished_at": "yesterday"}]},
        {"runs": [{key: value for key, value in RUN.items() if key != "commit"}]},
    ],
)
def test_anything_else_is_unreadable(data: Any) -> None:
    """A record that is half read would lie."""
    with pytest.raises(Unreadable):
        read_job_runs(blob(data))
