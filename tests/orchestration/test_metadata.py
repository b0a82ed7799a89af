"""The tables of the Dagster pages mark what people added to a line."""

from __future__ import annotations

from prr_pipeline.orchestration.metadata import line_table
from tests.reports.made import EVERY_LINE, JUSTIFIED, VOID


def test_overlays_are_marked_beside_the_outcome() -> None:
    """Who accepted an unmet line, why a justification is void, and what was attested."""
    numbers = {result.line_id: "T1" for result in EVERY_LINE.results}
    rows = {str(record.data["line"]): record.data for record in line_table(EVERY_LINE.results, numbers).records}
    assert rows["T1 justified"]["outcome"] == "unmet"
    assert str(rows["T1 justified"]["finding"]).endswith(f" | {JUSTIFIED}")
    assert VOID in str(rows["T1 void"]["finding"])
    assert str(rows["T1 attested"]["finding"]).endswith("attested")
    assert "attested" not in str(rows["T1 met"]["finding"])
