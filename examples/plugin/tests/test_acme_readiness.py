"""Acme's own lines, judged as `prr check` judges them: over a small repository, with Acme's profile."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import LineResult, Outcome
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.repository.snapshot import open_working_tree
from prr_pipeline.subjects import Subject, SubjectKind

OWN = Path(__file__).resolve().parents[1] / "own-checklist.yaml"
SPEC = "apps/docs/api-reference/openapi.yaml"


def judged(folder: Path, extensions: dict[str, str]) -> LineResult:
    """The first of Acme's lines, of an operation with these extensions."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    operation = {"operationId": "createThing", "responses": {}, **extensions}
    spec = {"openapi": "3.1.0", "paths": {"/things": {"post": operation}}}
    (folder / SPEC).parent.mkdir(parents=True)
    (folder / SPEC).write_text(json.dumps(spec))
    subject = Subject(SubjectKind.OPERATION, "createThing")
    facts = Facts(now=datetime(2026, 1, 1, tzinfo=UTC))
    report = evaluate(open_working_tree(folder), subject, load_catalogue(OWN), load_profile("acme"), facts)
    return next(result for result in report.results if result.line_id == "operation_names_a_cost_centre")


@pytest.mark.parametrize(
    ("extensions", "outcome", "words"),
    [
        ({"x-acme-cost-centre": "CC-100"}, Outcome.MET, "is paid for by CC-100"),
        ({}, Outcome.UNMET, "names no x-acme-cost-centre"),
        ({"x-acme-cost-centre": "CC-999"}, Outcome.UNMET, "valid: CC-100, CC-200"),
    ],
    ids=["named", "absent", "unknown"],
)
def test_an_operation_names_a_cost_centre_that_exists(
    tmp_path: Path, extensions: dict[str, str], outcome: Outcome, words: str
) -> None:
    """Met with one of the list, unmet without and with another."""
    found = judged(tmp_path, extensions)
    assert found.outcome is outcome
    assert words in found.finding.message
    assert found.finding.locations[0].path == SPEC
