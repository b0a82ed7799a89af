"""The tables of the Dagster pages mark what people added to a line."""

from __future__ import annotations

from prr_pipeline.orchestration.metadata import line_table
from tests.reports.made import EVERY_LINE, JUSTIFIED, VOID


def test_overlays_are_marked_beside_the_outcome() -> None:
    """Who accepted an unmet line, why a justification is void, and what was attested."""
    numbers = {result.line_id: "T1" for result in EVERY_LINE.results}
    found = [record.data for record in line_table(EVERY_LINE.results, numbers).records]
    rows = {str(row["finding"]).partition(": ")[0]: (row["outcome"], str(row["finding"])) for row in found}
    assert {row["number"] for row in found} == {"T1"}
    assert rows["justified"][0] == "unmet"
    assert rows["justified"][1].endswith(f" | {JUSTIFIED}")
    assert VOID in rows["void"][1]
    assert rows["attested"][1].endswith(" | attested")
    assert "attested" not in rows["met"][1]
