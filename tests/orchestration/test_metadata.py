"""The tables of the Dagster pages mark what people added to a line."""

from __future__ import annotations

from prr_pipeline.orchestration.metadata import line_table
from tests.reports.made import EVERY_LINE, JUSTIFIED, VOID


def test_overlays_are_marked_beside_the_outcome() -> None:
    """Who accepted an unmet line, why a justification is void, and what was attested."""
    numbers = {result.line_id: "T1" for result in EVERY_LINE.results}
    rows = {record.data["line"]: record.data for record in line_table(EVERY_LINE.results, numbers).records}
    assert (rows["justified"]["outcome"], rows["justified"]["overlay"]) == ("unmet", JUSTIFIED)
    assert VOID in str(rows["void"]["overlay"])
    assert rows["attested"]["overlay"] == "attested"
    assert rows["met"]["overlay"] == ""
