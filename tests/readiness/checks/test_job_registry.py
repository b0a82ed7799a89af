"""A job in its registry (L65)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged

REGISTRY = "services/jobs/src/jobs/registry.ts"
JOB = Subject(SubjectKind.JOB, "release-expired")
ENTRY = '{ id: "release-expired", schedule: "rate(5 minutes)", target: "/v1/admin/locks/release" }'
RATE = '"rate(5 minutes)"'
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN

CASES = [
    ("a list", f"export const JOBS: JobDefinition[] = [{ENTRY}];", MET, "has release-expired, rate(5 minutes)"),
    ("an object", f'export const JOBS = {{ "release-expired": {ENTRY} }} as const;', MET, "has release-expired"),
    ("by a name", f"const own = {ENTRY};\nexport const JOBS = [own];", MET, "has release-expired"),
    (
        "a constant schedule",
        f'const S = "0 3 * * *";\nexport const JOBS = [{ENTRY.replace(RATE, "S")}];',
        MET,
        "0 3 * * *",
    ),
    ("no registry", None, UNMET, "does not exist; write it with an entry for release-expired"),
    ("no entry", "export const JOBS = [];", UNMET, "has no entry for release-expired; add one"),
    ("another job", f"export const JOBS = [{ENTRY.replace('release-', 'purge-')}];", UNMET, "has no entry"),
    ("no target", f"export const JOBS = [{ENTRY.replace('target', 'to')}];", UNMET, "target is missing"),
    (
        "an empty target",
        f"export const JOBS = [{ENTRY.replace('/v1/admin/locks/release', '')}];",
        UNMET,
        "target is missing",
    ),
    ("no schedule", f"export const JOBS = [{ENTRY.replace('schedule', 'when')}];", UNMET, "schedule is missing"),
    (
        "a schedule that never runs",
        f"export const JOBS = [{ENTRY.replace('5 minutes', '5 minute')}];",
        UNMET,
        "never runs: rate(5 minute) wants",
    ),
    (
        "a computed schedule",
        f"export const JOBS = [{ENTRY.replace(RATE, 'every(5)')}];",
        UNKNOWN,
        "is told only by running it",
    ),
    ("a spread registry", "export const JOBS = [...load()];", UNKNOWN, "shows no plain entry of release-expired"),
    ("broken code", "export const JOBS = [", UNKNOWN, REGISTRY),
]


@pytest.mark.parametrize(("code", "outcome", "why"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_job_is_registered_with_a_schedule_and_a_target(code: str | None, outcome: Outcome, why: str) -> None:
    """What is missing is named, what only running tells is unknown."""
    found = judged("L65", {REGISTRY: code} if code is not None else {}, JOB)
    assert found.outcome is outcome
    assert why in found.message


def test_another_job_leaves_the_digest() -> None:
    """What was signed of one holds while others come."""
    alone = judged("L65", {REGISTRY: f"export const JOBS = [{ENTRY}];"}, JOB)
    more = judged("L65", {REGISTRY: f"export const JOBS = [{ENTRY.replace('release', 'purge')}, {ENTRY}];"}, JOB)
    assert alone.subject_digest == more.subject_digest
