"""What the Dagster pages show of a subject's readiness, and of a release that is to go to production."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.deploy_gate import DeployVerdict
from prr_pipeline.control.deploy_record import RULINGS
from prr_pipeline.control.subject_readiness import SubjectJudgement
from prr_pipeline.orchestration.metadata import Metadata, line_table
from prr_pipeline.orchestration.partitions import SUBJECTS
from prr_pipeline.orchestration.readiness import OTHER_SECTIONS, section_results, section_slug
from prr_pipeline.reports.text import plain
from prr_pipeline.subjects import SubjectKind

DEPLOY_CHECK = "may_go_to_production"
_EXITS = {0: "ready", 1: "not ready", 2: "unknown"}


def subject_sections(kind: SubjectKind) -> tuple[str, ...]:
    """The sections of the checklists that ship which are asked of a kind, in order: each has a check."""
    return tuple(dict.fromkeys(line.section for line in asked_lines(None).lines_for(kind)))


def subject_checks(kind: SubjectKind, asset: str) -> list[dg.AssetCheckSpec]:
    """One partition-aware check per section of the kind, and one of the deployment's own sections."""
    described = {section_slug(name): f"Section: {name}." for name in subject_sections(kind)}
    described[OTHER_SECTIONS] = "Every other section: of the deployment's own checklists."
    return [
        dg.AssetCheckSpec(name, asset=asset, partitions_def=SUBJECTS[kind], description=text)
        for name, text in described.items()
    ]


def report_subject(judgement: SubjectJudgement) -> dg.MaterializeResult[None]:
    """The report as a materialization, with a result for every section."""
    numbers = {line.id: line.number for line in judgement.catalogue.lines}
    known, told = subject_sections(judgement.subject.kind), {"subject": judgement.key}
    checks = list(section_results(judgement.report.results, judgement.catalogue, known, told))
    return dg.MaterializeResult(metadata=_metadata(judgement, numbers), check_results=checks)


def _metadata(judgement: SubjectJudgement, numbers: dict[str, str]) -> Metadata:
    report = judgement.report
    passing = [result for result in report.counted if result.passes]
    still_open = [result for result in report.counted if not result.passes]
    subject = judgement.subject
    return {
        "readiness": dg.MetadataValue.text(_EXITS[report.exit_code]),
        "lines_passing_pct": dg.MetadataValue.float(100 * len(passing) / max(1, len(report.counted))),
        **{f"lines_{name}": dg.MetadataValue.int(count) for name, count in sorted(judgement.counts.items())},
        "open_lines": line_table(still_open, numbers),
        "lines": line_table(report.results, numbers),
        "judged_commit": dg.MetadataValue.text(judgement.commit),
        "notes": dg.MetadataValue.text(plain(" ".join(judgement.notes)) or "none"),
        "scorecard": dg.MetadataValue.text(plain(f"prr check {subject} --format html --output scorecard.html")),
    }


def deploy_checks(asset: str) -> list[dg.AssetCheckSpec]:
    """The one check of the gate: whether the release may go."""
    text = "Every line that is asked of a deploy is met, not applicable or justified."
    return [dg.AssetCheckSpec(DEPLOY_CHECK, asset=asset, partitions_def=SUBJECTS[SubjectKind.DEPLOY], description=text)]


def report_deploy(verdict: DeployVerdict) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """The gate's answer. A release that may not go, or of which nobody can tell, fails with the table of its lines."""
    report = verdict.checked.report
    numbers = {line.id: line.number for line in verdict.catalogue.lines}
    still_open = [result for result in report.counted if not result.passes]
    ruling = RULINGS[verdict.exit_code]
    metadata: Metadata = {
        "ruling": dg.MetadataValue.text(ruling),
        "commit": dg.MetadataValue.text(verdict.commit),
        "release_before": dg.MetadataValue.text(verdict.base or "none"),
        "open_lines": line_table(still_open, numbers),
        "lines": line_table(report.results, numbers),
        "report_digest": dg.MetadataValue.text(report.digest),
        "notes": dg.MetadataValue.text(plain(" ".join((*verdict.faults, *verdict.checked.notes))) or "none"),
    }
    passed = verdict.exit_code == 0
    check = dg.AssetCheckResult(passed=passed, check_name=DEPLOY_CHECK, metadata={"ruling": ruling})
    if passed:
        yield dg.MaterializeResult(metadata=metadata, check_results=[check])
        return
    yield check
    names = ", ".join(result.line_id for result in still_open) or "; ".join(verdict.faults)
    words = "must not go to" if verdict.exit_code == 1 else "is not known to be fit for"
    raise dg.Failure(
        description=plain(f"{verdict.name} {words} production: {names}."), metadata=metadata, allow_retries=False
    )
