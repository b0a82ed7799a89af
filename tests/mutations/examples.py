"""What the pages of the lines show: findings of the sample, and of the first edit to each outcome."""

from __future__ import annotations

import json
from pathlib import Path

from prr_pipeline.readiness.line_page import EXAMPLES
from tests.mutations.edits import Edit, edits
from tests.mutations.judging import finished, judge
from tests.mutations.world import catalogue

RECORDED = Path(__file__).resolve().parents[2] / "docs" / "lines" / EXAMPLES
"""Renewed by ``python -m tests.mutations --record``, then `catalogue_page` writes the pages."""


def examples_text() -> str:
    """The examples as JSON: line id -> outcome -> ``when`` and ``message``."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    world = finished()
    for result in judge(world).report.results:
        if result.line_id in _numbers().values():
            example = {"when": "in the sample", "message": result.finding.message}
            found.setdefault(result.line_id, {})[str(result.outcome)] = example
    for edit in _firsts():
        result = judge(edit.applied(world)).result(str(edit.line))
        example = {"when": f"after an edit ({edit.does.rstrip('.')})", "message": result.finding.message}
        found.setdefault(result.line_id, {}).setdefault(str(result.outcome), example)
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _firsts() -> list[Edit]:
    """The first edit of each line to each outcome."""
    firsts: dict[tuple[str, str], Edit] = {}
    for edit in edits():
        if edit.line is not None and edit.outcome is not None:
            firsts.setdefault((edit.line, edit.outcome.partition(":")[0]), edit)
    return list(firsts.values())


def _numbers() -> dict[str, str]:
    """Number to id of the lines that the table edits."""
    edited = {edit.line for edit in edits()}
    return {line.number: line.id for line in catalogue().lines if line.number in edited}
