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
    ("two of one id", f"export const JOBS = [{ENTRY}, {ENTRY}];", UNMET, "id is that of another entry too"),
    (
        "a schedule that is over",
        f"export const JOBS = [{ENTRY.replace('rate(5 minutes)', 'cron(0 0 1 1 ? 1999)')}];",
        UNMET,
        "its last year has passed",
    ),
    (
        "a schedule to come",
        f"export const JOBS = [{ENTRY.replace('rate(5 minutes)', 'cron(0 0 1 1 ? 2026-2199)')}];",
        MET,
        "has release-expired",
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


INFRA = "services/jobs/infra.ts"
TWO = f"export const JOBS = [{ENTRY.replace('release-', 'purge-')}, {ENTRY}];"
CRON = "new sst.aws.Cron(job.id, { schedule: job.schedule });"
WAYS = [
    ("all", f"for (const job of JOBS) {{ {CRON} }}", MET),
    ("each", f"JOBS.forEach((job) => {{ {CRON} }});", MET),
    ("a copy", f"for (const job of [...JOBS]) {CRON}", MET),
    ("sorted", f"for (const job of JOBS.toSorted(byId)) {CRON}", MET),
    ("by key", f"for (const [at, job] of Object.entries(JOBS)) {{ {CRON} }}", MET),
    ("without the first", f"for (const job of JOBS.slice(1)) {CRON}", MET),
    ("without the first two", f"for (const job of JOBS.slice(2)) {CRON}", UNMET),
    ("the first alone", f"for (const job of JOBS.slice(0, 1)) {CRON}", UNKNOWN),
    ("without a job", f'JOBS.filter((job) => job.id !== "release-expired").map((job) => {CRON[:-1]});', UNMET),
    ("without another job", f'for (const job of JOBS.filter((job) => job.id !== "purge")) {CRON}', MET),
    ("one job alone", f'for (const job of JOBS.filter((job) => job.id === "release-expired")) {CRON}', MET),
    ("some jobs", f"for (const job of JOBS.filter((job) => job.wanted)) {CRON}", UNKNOWN),
    ("some jobs by a name", f"const some = JOBS.filter(isWanted);\nfor (const job of some) {CRON}", UNKNOWN),
    ("a job skipped", f'for (const job of JOBS) {{ if (job.id === "release-expired") continue; {CRON} }}', UNMET),
    ("another job skipped", f'for (const job of JOBS) {{ if (job.id === "purge") continue; {CRON} }}', MET),
    ("some skipped", f"for (const job of JOBS) {{ if (!job.wanted) continue; {CRON} }}", UNKNOWN),
    ("made on a condition", f'for (const job of JOBS) {{ if (job.id !== "release-expired") {CRON} }}', UNMET),
    ("asked of the stage", f"if (stage) {{ for (const job of JOBS) {{ {CRON} }} }}", MET),
    ("counted, then scheduled", f"for (const job of JOBS.slice(2)) count(job);\nfor (const job of JOBS) {CRON}", MET),
    ("scheduled elsewhere", "platformService('jobs', {});", MET),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in WAYS], ids=[each[0] for each in WAYS])
def test_the_infrastructure_leaves_no_job_out(code: str, outcome: Outcome) -> None:
    """What goes through the registry must take each; what only may leave one out is unknown."""
    files = {REGISTRY: TWO, INFRA: f'import {{ JOBS }} from "./src/jobs/registry";\n{code}'}
    assert judged("L65", files, JOB).outcome is outcome


def test_another_job_leaves_the_digest() -> None:
    """What was signed of one holds while others come."""
    alone = judged("L65", {REGISTRY: f"export const JOBS = [{ENTRY}];"}, JOB)
    more = judged("L65", {REGISTRY: f"export const JOBS = [{ENTRY.replace('release', 'purge')}, {ENTRY}];"}, JOB)
    assert alone.subject_digest == more.subject_digest
