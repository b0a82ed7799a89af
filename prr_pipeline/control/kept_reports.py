"""Reports in the form in which they are kept between runs, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason, Report
from prr_pipeline.subjects import Subject

Write = Callable[[Report], bytes | None]
"""Makes the page of a report; None for one that only a slower writer takes."""


class Page:
    """A report as a JSON document in ASCII without its commit: kept if there is one, else for whoever writes it."""

    def __init__(self, read: Callable[[], bytes | None] | None = None, written: bytes | None = None) -> None:
        self._read = read
        self.written = written
        """What was written in this run."""

    @cached_property
    def kept(self) -> bytes | None:
        """What an earlier run wrote."""
        return self._read() if self._read is not None else None


class KeptReport(Report):
    """A report of an earlier run that still holds, or of a copy of this one; its lines are read when asked for."""

    _exit: int
    _outcomes: Mapping[str, int]
    _body: Callable[[], bytes]

    def __init__(
        self,
        subject: Subject,
        commit: str | None,
        profile: str,
        exit_code: int,
        outcomes: Mapping[str, int],
        body: Callable[[], bytes],
    ) -> None:
        for name, value in (
            ("subject", subject),
            ("commit", commit),
            ("profile", profile),
            ("_exit", exit_code),
            ("_outcomes", outcomes),
            ("_body", body),
        ):
            object.__setattr__(self, name, value)

    @property
    def body(self) -> bytes:
        """The lines as `body_of` writes them."""
        return self._body()

    @cached_property
    def results(self) -> tuple[LineResult, ...]:
        """The lines, read when they are asked for."""
        return tuple(_result(row) for row in orjson.loads(self._body()))

    @property
    def exit_code(self) -> int:
        """As it was when it was judged."""
        return self._exit

    @property
    def outcomes(self) -> dict[str, int]:
        """How many lines have which outcome, those that some have."""
        return dict(self._outcomes)


def body_of(report: Report) -> bytes:
    """The lines of a report. Raises `TypeError` for what has no JSON form."""
    if isinstance(report, KeptReport):
        return report.body
    return orjson.dumps([_plain(result) for result in report.results])


def _plain(result: LineResult) -> list[Any]:
    finding = result.finding
    return [
        result.line_id,
        plain_finding(finding),
        result.check,
        result.check_version,
        dict(result.parameters),
        result.counted,
        result.justification,
        result.justification_text,
        result.justification_note,
        list(result.attestations),
    ]


def _result(row: list[Any]) -> LineResult:
    line_id, finding, check, version, parameters, counted, justification, text, note, attestations = row
    found = finding_of(finding)
    return LineResult(
        line_id, found, check, version, parameters, counted, justification, text, note, tuple(attestations)
    )


def plain_finding(finding: Finding) -> list[Any]:
    """A finding as plain data; `finding_of` is the inverse."""
    return [
        finding.outcome,
        finding.message,
        finding.subject_digest,
        [[place.path, place.line, place.snippet] for place in finding.locations],
        finding.reason,
        dict(finding.values),
        finding.due_at,
    ]


def finding_of(row: list[Any]) -> Finding:
    """The finding. Raises `ValueError` or `TypeError` for what is none."""
    outcome, message, digest, places, reason, values, due_at = row
    return Finding(
        Outcome(outcome),
        message,
        digest,
        tuple(Location(*place) for place in places),
        Reason(reason) if reason is not None else None,
        values,
        datetime.fromisoformat(due_at) if due_at is not None else None,
    )
