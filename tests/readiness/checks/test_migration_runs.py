"""New migrations ran on databases with rows in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.repository.tree import Blob, blob_id_of
from tests.readiness.checks.released import (
    NEW,
    judged,
)
from tests.readiness.fakes import NOW

NOTE = "ALTER TABLE membership.members ADD COLUMN note text;"
RUN = {"path": NEW, "blob": blob_id_of(NOTE.encode()), "passed": True, "rows": {"membership.members": 250_000}}


def ran(*runs: Mapping[str, Any], data: bytes | None = None, current: bool = True, sql: str = NOTE) -> Finding:
    content = orjson.dumps({"runs": list(runs)}) if data is None else data
    blob = Blob("artefacts/migration-runs.json", blob_id_of(content), content)
    fact = ArtefactFact(blob, "migrate-check", "1.2.0", NOW, "1" * 40, current)
    return judged("L12", {NEW: sql}, facts={"artefacts": {"migration-runs": fact}})


def test_a_run_of_this_content_on_enough_rows_is_met() -> None:
    """The rows are told; the last run counts."""
    finding = ran({**RUN, "passed": False}, RUN)
    assert finding.outcome is Outcome.MET
    assert finding.values["rows"] == {NEW: 250_000}
    assert "ran on 250,000 rows or more (migrate-check 1.2.0): drizzle/0002_new.sql." in finding.message


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([], "was not run"),
        ([{**RUN, "path": "services/jobs/drizzle/0002_new.sql"}], "was not run"),
        ([{**RUN, "blob": "0" * 40}], "was run in another content"),
        ([{**RUN, "passed": False}], "failed"),
        ([{**RUN, "rows": {"membership.members": 99_999}}], "ran on 99,999 rows"),
        ([{**RUN, "rows": {"membership.plans": 250_000}}], "ran on no row of members"),
        ([{**RUN, "rows": {}}], "ran on 0 rows"),
    ],
)
def test_a_run_that_proves_nothing_is_unmet(runs: list[dict[str, Any]], said: str) -> None:
    """Of other content, failed, or on a database that was as good as empty."""
    finding = ran(*runs)
    assert finding.outcome is Outcome.UNMET
    assert said in finding.message
    assert [place.path for place in finding.locations] == [NEW]


def test_a_new_table_has_no_rows_to_run_on() -> None:
    """Only what the release left must have held some."""
    sql = "CREATE TABLE membership.p (a int);"
    assert ran({**RUN, "blob": blob_id_of(sql.encode()), "rows": {"members": 100_000}}, sql=sql).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("data", "current", "reason"),
    [
        (None, False, Reason.STALE),
        (b"<testsuites/>", True, Reason.UNREADABLE),
        (b"[]", True, Reason.UNREADABLE),
        (b'{"runs": [{}]}', True, Reason.UNREADABLE),
        (orjson.dumps({"runs": [{**RUN, "passed": "yes"}]}), True, Reason.UNREADABLE),
        (orjson.dumps({"runs": [{**RUN, "rows": {"members": -1}}]}), True, Reason.UNREADABLE),
        (orjson.dumps({"runs": [{**RUN, "rows": {"members": 1.5}}]}), True, Reason.UNREADABLE),
    ],
)
def test_a_record_that_cannot_be_believed_is_unknown(data: bytes | None, current: bool, reason: Reason) -> None:
    """Made from other code, or of another form."""
    finding = ran(RUN, data=data, current=current)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_no_record_is_unknown() -> None:
    """With CI's reason if there is one."""
    absent = {"artefacts": {"migration-runs": ArtefactAbsent("CI filed none.", Reason.NO_EVIDENCE)}}
    for facts in ({}, absent):
        finding = judged("L12", {NEW: NOTE}, facts=facts)
        assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
