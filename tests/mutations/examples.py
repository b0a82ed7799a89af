"""What the pages of the lines show: findings of the samples, and of the first edit to each outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from prr_pipeline.readiness.line_page import EXAMPLES
from tests.mutations.edits import Edit, edits
from tests.mutations.judging import Judged, judge
from tests.mutations.loop import LOOP
from tests.mutations.matter import MATTER
from tests.mutations.state import Sample

RECORDED = Path(__file__).resolve().parents[2] / "docs" / "lines" / EXAMPLES
"""Renewed by ``python -m tests.mutations --record``, then `catalogue_page` writes the pages."""
SAMPLES = (MATTER, LOOP)
Found = dict[str, dict[str, dict[str, str]]]


def examples_text(samples: Sequence[Sample] = SAMPLES) -> str:
    """The examples of these samples as JSON: line id -> outcome -> ``when`` and ``message``."""
    return json.dumps(examples(samples), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def examples(samples: Sequence[Sample]) -> Found:
    """Line id -> outcome -> ``when`` and ``message``."""
    found: Found = {}
    for sample in samples:
        _add(found, sample)
    return found


def after(sample: Sample, edit: Edit) -> Judged:
    """How the sample stands after one of its rows; judged once, as a test and a page may both ask."""
    known = _judged.setdefault(sample.profile, {})
    if edit.id not in known:
        known[edit.id] = judge(edit.applied(sample.start()))
    return known[edit.id]


_judged: dict[str, dict[str, Judged]] = {}


def _add(found: Found, sample: Sample) -> None:
    world, edited = sample.start(), {edit.line for edit in edits(sample)}
    for result in judge(world).results:
        if sample.numbers[result.line_id] in edited:
            example = {"when": "in the sample", "message": result.finding.message}
            found.setdefault(result.line_id, {})[str(result.outcome)] = example
    for edit in _firsts(sample):
        result = after(sample, edit).result(str(edit.line))
        example = {"when": f"after an edit ({edit.does.rstrip('.')})", "message": result.finding.message}
        found.setdefault(result.line_id, {}).setdefault(str(result.outcome), example)


def _firsts(sample: Sample) -> list[Edit]:
    """The first edit of each line to each outcome."""
    firsts: dict[tuple[str, str], Edit] = {}
    for edit in edits(sample):
        if edit.line is not None and edit.outcome is not None:
            firsts.setdefault((edit.line, edit.outcome.partition(":")[0]), edit)
    return list(firsts.values())
