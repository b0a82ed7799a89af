"""Judged lines as SARIF results: unmet, unknown, and justifications that are void."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.model import LineResult, Location, Outcome, Report
from prr_pipeline.reports.overlay_words import justification_words, outcome_words
from prr_pipeline.reports.sarif_rules import VOID_JUSTIFICATION, sarif_text
from prr_pipeline.reports.text import plain, whole
from prr_pipeline.subjects import Subject

ROOT_ID = "SRCROOT"
"""The base of every location: the top folder of the monorepo."""
_RELATED_CAP = 100
"""Most further places of a result; code hosts read no more."""


def results_of(report: Report, home: str | None) -> Iterator[dict[str, Any]]:
    """The results of one report. ``home``: the file that stands for the subject where a finding names no place."""
    for result in report.results:
        yield from results_of_line(report.subject, result, home)


def results_of_line(subject: Subject, result: LineResult, home: str | None) -> Iterator[dict[str, Any]]:
    """The results of one line: the open line, then a justification of it that is void."""
    if result.outcome in (Outcome.UNMET, Outcome.UNKNOWN):
        yield _result(subject, result, home)
    if result.justification_note and not result.justification:
        yield _void(subject, result, home)


def _result(subject: Subject, result: LineResult, home: str | None) -> dict[str, Any]:
    overlay = justification_words(result)
    said = f"{subject.name}: {result.finding.message}" + (f" {overlay}" if overlay else "")
    return {
        "ruleId": result.line_id,
        "level": _level(result),
        "message": {"text": sarif_text(said)},
        **_places(subject, result, home),
        "partialFingerprints": _fingerprints(subject, result.line_id),
        "suppressions": _suppressions(result),
        "properties": _properties(subject, result),
    }


def _void(subject: Subject, result: LineResult, home: str | None) -> dict[str, Any]:
    said = f"{subject.name}, {result.line_id} ({outcome_words(result)}): {justification_words(result)}"
    return {
        "ruleId": VOID_JUSTIFICATION,
        "level": "warning",
        "message": {"text": sarif_text(said)},
        **_places(subject, result, home),
        "partialFingerprints": _fingerprints(subject, f"{VOID_JUSTIFICATION} {result.line_id}"),
        "suppressions": [],
        "properties": _properties(subject, result),
    }


def _level(result: LineResult) -> str:
    if not result.counted:
        return "note"
    return "error" if result.outcome is Outcome.UNMET else "warning"


def _suppressions(result: LineResult) -> list[dict[str, Any]]:
    """Only an unmet line that is justified is suppressed. The standard wants the list on every result or on none."""
    if result.outcome is not Outcome.UNMET or not result.justification:
        return []
    words = plain(justification_words(result) or "")
    record = {"record": result.justification}
    return [{"kind": "external", "status": "accepted", "justification": words, "properties": record}]


def _fingerprints(subject: Subject, what: str) -> dict[str, str]:
    """Who is judged by what, never where: a finding stays the same one when its lines move.

    The second name is the one that code hosts compare.
    """
    mark = digest([str(subject), what]).removeprefix("sha256:")
    return {"subjectAndLine/v1": mark, "primaryLocationLineHash": f"{mark[:16]}:1"}


def _places(subject: Subject, result: LineResult, home: str | None) -> dict[str, Any]:
    found = result.finding.locations or ((Location(home),) if home else ())
    logical = {"name": subject.name, "fullyQualifiedName": str(subject), "kind": str(subject.kind)}
    if not found:
        return {"locations": [{"logicalLocations": [logical]}]}
    rest = [{"id": number, **_physical(at)} for number, at in enumerate(found[1 : _RELATED_CAP + 1], 1)]
    first = {**_physical(found[0]), "logicalLocations": [logical]}
    return {"locations": [first], **({"relatedLocations": rest} if rest else {})}


def _physical(at: Location) -> dict[str, Any]:
    """A finding about a whole file is placed at its first line: code hosts refuse a place without a line."""
    artifact = {"uri": quote(at.path, safe="/", errors="replace"), "uriBaseId": ROOT_ID}
    found = {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(at.line, 1)}}}
    return {**found, **({"message": {"text": sarif_text(at.snippet.strip())}} if at.snippet.strip() else {})}


def _properties(subject: Subject, result: LineResult) -> dict[str, Any]:
    finding = result.finding
    return {
        "subject": str(subject),
        "outcome": str(result.outcome),
        **({"reason": str(finding.reason)} if finding.reason else {}),
        "counted": result.counted,
        "subjectDigest": finding.subject_digest,
        "values": whole(finding.values),
    }
