"""Reports as JSON documents: one subject, or many as a stream that keeps none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from prr_pipeline.canonical import instant_text
from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.model import LineResult, Report
from prr_pipeline.reports.text import whole

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def report_data(report: Report, catalogue: Catalogue, notes: Sequence[str] = ()) -> dict[str, Any]:
    """One report with every line, its digest and its exit code, in whole characters."""
    found: dict[str, Any] = whole(_data(report, catalogue, notes))  # type: ignore[assignment]
    return found


def _data(report: Report, catalogue: Catalogue, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "commit": report.commit,
        "counts": report.outcomes,
        "digest": report.digest,
        "exit_code": report.exit_code,
        "kind": str(report.subject.kind),
        "lines": [_line(result, catalogue.by_id[result.line_id]) for result in report.results],
        "name": report.subject.name,
        "notes": list(notes),
        "profile": report.profile,
        "subject": str(report.subject),
    }


class JsonStream:
    """Writes ``{"reports": [...], "summary": {...}}`` piece by piece, so that a thousand reports need no memory.

    In ASCII, so that any terminal and any pipe take it.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._count = 0

    def add(self, data: dict[str, Any]) -> None:
        """Write one report."""
        self._begin(b"")
        self._write(_written(data))

    def add_page(self, commit: str | None, page: bytes) -> None:
        """Write one report as `page_of` made it, at that commit."""
        self._begin(b'{"commit":%b,' % _written(commit))
        self._write(page)

    def close(self, summary: dict[str, Any]) -> None:
        """End the document."""
        head = b'{"reports": [' if self._count == 0 else b"\n"
        self._write(head + b'], "summary": ' + _json(summary) + b"}\n")

    def _begin(self, more: bytes) -> None:
        self._write((b'{"reports": [\n' if self._count == 0 else b",\n") + more)
        self._count += 1


def page_of(report: Report, catalogue: Catalogue) -> bytes | None:
    """The text of a report without notes after its commit, the one thing that changes while nothing else does.

    None for a report that only the slower writer takes.
    """
    data = _data(report, catalogue, ())
    del data["commit"]
    try:
        return _ascii(orjson.dumps(data))[1:]
    except TypeError:  # half a character, or what is no plain JSON
        data = report_data(report, catalogue)
        del data["commit"]
    try:
        return _ascii(orjson.dumps(data))[1:]
    except TypeError:
        return None


def _written(data: object) -> bytes:
    try:
        return _ascii(orjson.dumps(data))
    except TypeError:
        return _json(data)


def _json(data: object) -> bytes:
    import json

    return json.dumps(data).encode()


def _ascii(text: bytes) -> bytes:
    return text if text.isascii() else _NOT_ASCII.sub(_escaped, text.decode()).encode()


def _escaped(found: re.Match[str]) -> str:
    return _json(found[0]).decode()[1:-1]


def _line(result: LineResult, line: Line) -> dict[str, Any]:
    finding = result.finding
    return {
        "id": result.line_id,
        "number": line.number,
        "section": line.section,
        "line": line.line,
        "outcome": str(result.outcome),
        "reason": str(finding.reason) if finding.reason else None,
        "message": finding.message,
        "locations": [{"path": at.path, "line": at.line, "snippet": at.snippet} for at in finding.locations],
        "subject_digest": finding.subject_digest,
        "check": result.check,
        "check_version": result.check_version,
        "parameters": dict(result.parameters),
        "counted": result.counted,
        "justification": result.justification,
        "justification_text": result.justification_text,
        "justification_note": result.justification_note,
        "attestations": list(result.attestations),
        "due_at": instant_text(finding.due_at) if finding.due_at else None,
        "values": finding.values,
        "if_unmet": line.if_unmet,
    }
