"""Rows of tables that agree with the spec: the SLO board."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, run, spec

M19 = load_catalogue().line("M19")
BOARD = "apps/api/__gates__/slo-board.md"
HEADER = "| Operation | Availability | p99 ms | Class | Dashboard |\n|---|---|---|---|---|\n"
ROW = "| `createGrant` | 99.90 % | 400 ms | write-standard | [d](https://d.example/x) |\n"


def judged(rows: str | None = ROW, header: str = HEADER, **changes: Any) -> Finding:
    files = {SPEC: spec(**changes)} | ({BOARD: header + rows} if rows is not None else {})
    return run(M19.check, M19.parameters, files)


def test_a_row_with_the_specs_targets_is_met() -> None:
    """Numbers are compared as numbers, whatever unit stands behind them."""
    finding = judged()
    assert finding.outcome is Outcome.MET
    assert (finding.locations[0].path, finding.locations[0].line) == (BOARD, 3)


@pytest.mark.parametrize(
    ("rows", "changes", "message"),
    [
        (None, {}, "slo-board.md does not exist"),
        ("", {}, "no row for it"),
        (ROW.replace("createGrant", "createGrants"), {}, "no row for it"),
        (ROW + ROW, {}, "2 rows for it"),
        (ROW.replace("400", "450"), {}, "p99 ms is 450 ms in the table and 400 in the spec"),
        (ROW.replace("write-standard", ""), {}, "Class is empty in the table and write-standard in the spec"),
        (ROW.replace("[d](https://d.example/x)", ""), {}, "Dashboard is empty"),
        (ROW, {"x_slo": None}, "the spec declares no x-matter-slo"),
        (ROW, {"x_slo": {"class": "write-standard"}}, "x-matter-slo lacks availability"),
    ],
)
def test_a_row_that_is_missing_or_disagrees_is_unmet(rows: str | None, changes: dict[str, Any], message: str) -> None:
    """A target that differs from the board is watched by nobody."""
    finding = judged(rows, **changes)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_a_board_without_the_key_column_is_unknown() -> None:
    """A table of another form cannot be read, which is not the operation's fault."""
    finding = judged(header=HEADER.replace("Operation", "Endpoint"))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_another_row_leaves_the_digest_as_it_is() -> None:
    """The board belongs to all operations; only the own row is bound."""
    assert judged(ROW + ROW.replace("createGrant", "other")).subject_digest == judged().subject_digest
