"""CI's record of migrations that ran on a filled database."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.migration_runs import MigrationRun, read_migration_runs
from prr_pipeline.repository.tree import Blob

RUN = {"path": "drizzle/0001.sql", "blob": "a" * 40, "passed": True, "rows": {"membership.members": 3, "plans": 0}}


def blob(data: Any) -> Blob:
    return Blob("runs.json", "", data if isinstance(data, bytes) else orjson.dumps(data))


def test_runs_are_read_in_their_order() -> None:
    """Further keys are nobody's matter."""
    found = read_migration_runs(blob({"job": "x", "runs": [{**RUN, "seconds": 1.5}, {**RUN, "passed": False}]}))
    rows = {"membership.members": 3, "plans": 0}
    assert found == (
        MigrationRun("drizzle/0001.sql", "a" * 40, True, rows),
        MigrationRun("drizzle/0001.sql", "a" * 40, False, rows),
    )
    assert read_migration_runs(blob({"runs": []})) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<testsuites/>",
        [],
        {},
        {"runs": {}},
        {"runs": [1]},
        {"runs": [{**RUN, "path": 1}]},
        {"runs": [{**RUN, "blob": None}]},
        {"runs": [{**RUN, "passed": 1}]},
        {"runs": [{**RUN, "rows": [1]}]},
        {"runs": [{**RUN, "rows": {"a": True}}]},
        {"runs": [{**RUN, "rows": {"a": -1}}]},
        {"runs": [{key: value for key, value in RUN.items() if key != "rows"}]},
    ],
)
def test_anything_else_is_unreadable(data: Any) -> None:
    """A record that is half understood proves nothing."""
    with pytest.raises(Unreadable, match=r"runs\.json"):
        read_migration_runs(blob(data))
