"""Whether the spec is compatible with the previous minor, by the oasdiff report that was handed in."""

from __future__ import annotations

from typing import Literal

from prr_pipeline.canonical import digest, digest_bytes
from prr_pipeline.readiness.facts import Facts, OasdiffAbsent, OasdiffReport, SpecChange
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.subjects import Subject

_LEVELS = {"error": 3, "warning": 2, "info": 1}


class SpecDiffIsClean(Parameters):
    """``block_levels``: the levels of oasdiff that make the line unmet."""

    block_levels: list[Literal["error", "warning", "info"]]


@check("spec_diff_is_clean", SpecDiffIsClean)
def spec_diff_is_clean(sources: Sources, facts: Facts, subject: Subject, parameters: SpecDiffIsClean) -> Finding:
    """No blocking change since the previous minor, in any operation; the subject's own changes come first."""
    report, own = facts.oasdiff, sources.subject_digest(subject)
    if report is None:
        message = (
            "No comparison with the previous minor was made; run with oasdiff on PATH, or publish its report from CI."
        )
        return unknown(Reason.NO_EVIDENCE, message, own)
    if isinstance(report, OasdiffAbsent):
        if report.reason is None:
            return not_applicable(report.message, own)
        return unknown(report.reason, report.message, own)
    operation = sources.operation(subject)
    if digest_bytes(sources.blob(operation.spec.path).data) != report.head.sha256:
        message = (
            f"The comparison is of another {report.head.path} than the one judged; compare this commit's spec again."
        )
        return unknown(Reason.STALE, message, own)
    blocking = {_LEVELS[level] for level in parameters.block_levels}
    bad = [change for change in report.changes if change.level in blocking]
    return _verdict(report, operation, own, bad)


def _verdict(report: OasdiffReport, operation: Operation, own: str, bad: list[SpecChange]) -> Finding:
    mine = [change for change in bad if _is_of(change, operation)]
    judged = digest([own, report.base.sha256, sorted([c.id, c.operation, c.path] for c in bad)])
    counts = {"own": len(mine), "elsewhere": len(bad) - len(mine)}
    values = {"base": report.base.version, "source": report.source, "tool": report.tool, **counts}
    if not bad:
        return met(f"Nothing breaks against {report.base.version}.", judged, [Location(report.base.path)], **values)
    here = Location(operation.spec.path, operation.line)
    return unmet(_message(report, operation.operation_id, mine, bad), judged, [here], **values)


def _is_of(change: SpecChange, operation: Operation) -> bool:
    same_route = (change.operation, change.path) == (operation.method.upper(), operation.path)
    return same_route or change.operation_id == operation.operation_id


def _message(report: OasdiffReport, name: str, mine: list[SpecChange], bad: list[SpecChange]) -> str:
    texts = [f"{c.operation} {c.path}: {c.text} [{c.id}]" for c in (*mine, *(c for c in bad if c not in mine))]
    where = f"{len(mine)} in {name}, {len(bad) - len(mine)} elsewhere"
    return f"{len(bad)} breaking changes against {report.base.version} ({where}): {listed(texts)}. Make them additive."
