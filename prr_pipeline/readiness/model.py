"""The words of readiness: outcome, location, finding, report and the report digest that people sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

import orjson

from prr_pipeline.canonical import canonical_bytes, digest_bytes
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.subjects import Subject


class Outcome(StrEnum):
    """The five outcomes. Only met and not_applicable pass; unknown never does."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"


class Reason(StrEnum):
    """Why a finding is unknown."""

    NO_EVIDENCE = "no_evidence"
    STALE = "stale"
    UNREADABLE = "unreadable"
    NOT_RESOLVABLE = "not_resolvable"
    TOOL_ABSENT = "tool_absent"
    SOURCE_SILENT = "source_silent"
    NOT_DECLARED = "not_declared"
    NO_BASELINE = "no_baseline"
    NOT_ATTESTED = "not_attested"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in the repository. ``line`` counts from 1; 0 means the file as a whole."""

    path: str
    line: int = 0
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of one line. ``subject_digest`` covers the subject's own part of what was read.

    ``reason`` is set exactly when the outcome is unknown; ``message`` is one sentence, and for unmet and unknown
    it names the way out. ``values`` holds what was measured (canonical JSON types).
    """

    outcome: Outcome
    message: str
    subject_digest: str
    locations: tuple[Location, ...] = ()
    reason: Reason | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineResult:
    """One line's finding with its overlays, as every output shows it."""

    line_id: str
    finding: Finding
    check: str | None
    check_version: int
    parameters: Mapping[str, object]
    counted: bool
    """Whether the line counts in the exit code and in the report digest (not: agreement and after GA)."""
    justification: str | None = None
    """Digest of the valid justification that covers an unmet outcome."""
    justification_text: str | None = None
    """What that justification says: who gave the reason, who approved, until when, and the reason itself."""
    justification_note: str | None = None
    """A sentence about a justification that is present but void, or no longer needed."""
    attestations: tuple[str, ...] = ()
    """Digests of the valid attestations that took part."""

    @property
    def outcome(self) -> Outcome:
        return self.finding.outcome

    @property
    def passes(self) -> bool:
        """Whether the line lets a promotion through. After-GA lines that are pending do not block."""
        if self.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE, Outcome.PENDING):
            return True
        return self.outcome is Outcome.UNMET and self.justification is not None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one subject at one commit. ``commit`` is None for a working tree."""

    subject: Subject
    commit: str | None
    profile: str
    results: tuple[LineResult, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over the counted lines: id, outcome, subject digest, check version, parameters.

        Commit id, times and messages stay out, so an unrelated commit leaves it as it is.
        """
        rows = sorted((r for r in self.results if r.counted), key=lambda r: r.line_id)
        return digest_bytes(b"[" + b",".join(map(_digested, rows)) + b"]")

    @property
    def outcomes(self) -> dict[str, int]:
        """How many lines have which outcome, those that some have."""
        counts: dict[str, int] = {}
        for result in self.results:
            outcome = result.finding.outcome.value
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts

    @property
    def counted(self) -> tuple[LineResult, ...]:
        """The lines that count in the exit code."""
        return tuple(r for r in self.results if r.counted)

    @property
    def exit_code(self) -> int:
        """1 if a counted line is unmet and not justified, else 2 if one is unknown, else 0."""
        code = 0
        for result in self.results:
            if not result.counted:
                continue
            if result.finding.outcome is Outcome.UNMET and result.justification is None:
                return 1
            if result.finding.outcome is Outcome.UNKNOWN:
                code = 2
        return code


_parameters: dict[bytes, bytes] = {}
"""Canonical bytes by plain ones: many subjects are asked with the same few parameters."""


def _digested(result: LineResult) -> bytes:
    """The canonical bytes of what the report digest covers of one line."""
    try:
        plain = orjson.dumps(result.parameters, default=dict)
        parameters = _parameters.get(plain) or _parameters.setdefault(plain, canonical_bytes(dict(result.parameters)))
    except TypeError:
        parameters = canonical_bytes(dict(result.parameters))
    head = [result.line_id, str(result.outcome), result.finding.subject_digest, result.check_version]
    plain = orjson.dumps(head)
    return (plain if plain.isascii() else canonical_bytes(head))[:-1] + b"," + parameters + b"]"
