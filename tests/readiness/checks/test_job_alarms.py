"""A job that runs, and is heard when it fails (L67, L69)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.readiness.facts import ArtefactFact
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.answering import facts_with
from tests.readiness.checks.platform import judged_all
from tests.readiness.fakes import NOW
from tests.readiness.filed import COMMIT, filed

JOB = Subject(SubjectKind.JOB, "release-expired")
EXECUTOR, INFRA = "services/jobs/src/jobs/executor.ts", "services/jobs/infra.ts"
RUNS = """
import { logger } from "@platform/core";
import { report } from "../report";
const failures = metrics.getMeter("jobs").createCounter("JobFailures");
export async function execute(job) {
  try {
    await call(job.target);
    logger.info("done");
  } catch (fault) {
    logger.error({ job: job.id, fault }, "job failed");
    failures.add(1);
  }
}
"""
ALARMED = """
platformService("jobs", {
  alarms: {
    "job-failures": { metric: "JobFailures", threshold: 3 },
    "jobs-p99": { metric: "Duration", statistic: "p99", threshold: 1 },
  },
});
"""
REPORT = 'import { logger } from "@platform/core";\nexport function report(fault) { logger.error(fault); }'
FILES: dict[str, str | bytes] = {EXECUTOR: RUNS, INFRA: ALARMED, "services/jobs/src/report.ts": REPORT}
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}


def run(days: float = 1, **more: Any) -> dict[str, Any]:
    """One run in CI's record."""
    at = (NOW - timedelta(days=days)).isoformat()
    return {"job": "release-expired", "stage": "dev", "commit": COMMIT, "passed": True, "finished_at": at, **more}


def vector(edit: tuple[str, str | None, str] | None = None, record: ArtefactFact | None = None) -> str:
    """The outcomes of the two lines after an edit (an old of None replaces the file), or with another record."""
    files = dict(FILES)
    if edit is not None:
        path, old, new = edit
        assert old is None or old in str(files[path])
        files[path] = new if old is None else str(files[path]).replace(old, new)
    facts = facts_with({}, {"job-runs": record or filed({"runs": [run()]})})
    return "".join(SIGNS[found.outcome] for found in judged_all(("L67", "L69"), files, JOB, facts))


LOGS = 'logger.error({ job: job.id, fault }, "job failed")'
COUNTED = 'metrics.increment("JobFailures");'
ASKED = """export async function execute(job) {
  const answer = await call(job.target);
  if (!answer.ok) {
    logger.error("job failed");
    metrics.increment("JobFailures");
  }
}"""
ALARM = '"job-failures": { metric: "JobFailures", threshold: 3 }'
EDITS: list[tuple[str, tuple[str, str | None, str] | None, str]] = [
    ("as it is", None, "mm"),
    ("nothing is logged", (EXECUTOR, LOGS, "throw fault"), "Um"),
    ("a failure is logged as news", (EXECUTOR, "logger.error", "logger.info"), "Um"),
    ("a function logs it", (EXECUTOR, LOGS, "report(fault)"), "mm"),
    ("in a callback", (EXECUTOR, None, f"{COUNTED}\nrun().catch((fault) => logger.error(fault));"), "mm"),
    ("after all, not in a branch", (EXECUTOR, None, "export const run = () => logger.error('x');"), "Um"),
    ("broken code", (EXECUTOR, None, "try {"), "?m"),
    ("an alarm of the job itself", (INFRA, "job-failures", "release-expired-stuck"), "mm"),
    ("an alarm of another job", (INFRA, ALARM, '"release-old": { threshold: 1 }'), "Um"),
    ("fires too late", (INFRA, "threshold: 3", "threshold: 4"), "Um"),
    ("fires too late over periods", (INFRA, "threshold: 3", "threshold: 2, evaluationPeriods: 2"), "Um"),
    ("over as many periods", (INFRA, "threshold: 3", "threshold: 1, evaluationPeriods: 3"), "mm"),
    ("no threshold", (INFRA, ", threshold: 3", ""), "?m"),
    ("a computed threshold", (INFRA, "threshold: 3", "threshold: limit()"), "?m"),
    ("no alarms", (INFRA, "alarms:", "silence:"), "Um"),
    ("computed alarms", (INFRA, None, 'platformService("jobs", { alarms: make() });'), "?m"),
    ("asked whether it failed", (EXECUTOR, None, ASKED), "mm"),
    ("only success is logged", (EXECUTOR, None, ASKED.replace("!", "")), "Um"),
    ("only a good status is logged", (EXECUTOR, None, ASKED.replace("!answer.ok", "answer.status < 400")), "Um"),
    ("a bad status is logged", (EXECUTOR, None, ASKED.replace("!answer.ok", "answer.status >= 400")), "mm"),
    ("success and more", (EXECUTOR, None, ASKED.replace("!answer.ok", "answer.ok && job.loud")), "Um"),
    ("anything else is asked", (EXECUTOR, None, ASKED.replace("!answer.ok", "answer.fault")), "mm"),
    ("else", (EXECUTOR, None, ASKED.replace("!answer.ok) {", "answer.ok) { run(); } else {")), "mm"),
    ("after success left", (EXECUTOR, None, ASKED.replace("!answer.ok) {", "answer.ok) return; {")), "mm"),
    ("nothing is counted", (EXECUTOR, "failures.add(1);", ""), "Um"),
    ("counted elsewhere", (EXECUTOR, "failures.add(1);", "count(failures);"), "mm"),
    ("an instrument of a name that is made", (EXECUTOR, '"JobFailures"', "nameOf(jobs)"), "?m"),
    ("the alarm watches something else", (INFRA, "JobFailures", "other_metric"), "Um"),
    ("the alarm watches what a provider may count", (INFRA, "JobFailures", "OtherMetric"), "?m"),
    ("the alarm watches what the provider counts", (INFRA, "JobFailures", "Errors"), "mm"),
    ("an unlogged failure beside computed alarms", (EXECUTOR, LOGS, "throw fault"), "Um"),
]


@pytest.mark.parametrize(("edit", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edit: tuple[str, str | None, str] | None, expected: str) -> None:
    """The vector of both is compared."""
    assert vector(edit) == expected


RECORDS: list[tuple[str, Any, str]] = [
    ("no run", {"runs": []}, "U"),
    ("of another job", {"runs": [run(job="other")]}, "U"),
    ("in another stage", {"runs": [run(stage="staging")]}, "U"),
    ("of another commit", {"runs": [run(commit="d" * 40)]}, "U"),
    ("failed", {"runs": [run(passed=False)]}, "U"),
    ("failed, then passed", {"runs": [run(), run(2, passed=False)]}, "m"),
    ("passed, then failed", {"runs": [run(2), run(passed=False)]}, "U"),
    ("long ago", {"runs": [run(31)]}, "?"),
    ("no record of runs", {"cases": []}, "?"),
]


@pytest.mark.parametrize(("record", "sign"), [each[1:] for each in RECORDS], ids=[each[0] for each in RECORDS])
def test_a_cycle_is_seen_in_the_record(record: Any, sign: str) -> None:
    """Of this version, in this stage, the last one."""
    assert vector(record=filed(record)) == f"m{sign}"


def test_a_record_of_other_code_is_unknown() -> None:
    """It proves nothing."""
    assert vector(record=filed({"runs": [run()]}, current=False)) == "m?"
