"""Results of CI gates: named checks and how each ended, in the words of GitHub's check runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from prr_pipeline.canonical import parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob


class Conclusion(StrEnum):
    """How a check ended. Success alone is green: a check that was skipped or is neutral has shown nothing."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMED_OUT = "timed_out"
    ACTION_REQUIRED = "action_required"
    STARTUP_FAILURE = "startup_failure"
    CANCELLED = "cancelled"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    STALE = "stale"
    UNFINISHED = "unfinished"


FAILED = frozenset((Conclusion.FAILURE, Conclusion.TIMED_OUT, Conclusion.ACTION_REQUIRED, Conclusion.STARTUP_FAILURE))


@dataclass(frozen=True, slots=True)
class GateResult:
    """One attempt of one check. ``commit`` is the one it ran at, if the report tells."""

    name: str
    conclusion: Conclusion
    commit: str | None
    completed_at: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True)
class GateResults:
    """Every attempt, in the report's order."""

    checks: tuple[GateResult, ...]

    def latest(self, name: str) -> GateResult | None:
        """The last attempt of that check; where the times do not tell, one that is not green."""
        found = [check for check in self.checks if check.name == name]
        if not found:
            return None
        dated = [check.completed_at for check in found if check.completed_at is not None]
        if len(dated) == len(found):
            last = max(dated)
            found = [check for check in found if check.completed_at == last]
        return next((check for check in found if check.conclusion is not Conclusion.SUCCESS), found[-1])


def read_gate_results(blob: Blob) -> GateResults:
    """The checks of ``{"checks": [{"name", "conclusion", ...}]}``, or of GitHub's answer (``check_runs``).

    Raises `Unreadable` for another form, an unknown conclusion, a list that is cut, and a report without checks.
    """
    document = load_json(blob)
    rows = document.get("checks", document.get("check_runs")) if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise Unreadable(f'{blob.path} names no check; write {{"checks": [{{"name": ..., "conclusion": ...}}]}}.')
    total = document.get("total_count", len(rows))
    if total != len(rows):
        raise Unreadable(f"{blob.path} holds {len(rows)} of {total} checks; file all pages as one list.")
    return GateResults(tuple(_result(blob.path, row) for row in rows))


def _result(path: str, row: Any) -> GateResult:
    name = row.get("name") if isinstance(row, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise Unreadable(f"{path} holds a check without a name.")
    told = row.get("conclusion")
    try:
        conclusion = Conclusion.UNFINISHED if told is None else Conclusion(str(told).lower())
    except ValueError:
        raise Unreadable(f"{path} says that {name[:80]} ended as {str(told)[:40]!r}, which is no conclusion.") from None
    return GateResult(
        name.strip(),
        conclusion,
        _text(row, "commit") or _text(row, "head_sha"),
        _instant(path, name, row.get("completed_at")),
        _text(row, "url") or _text(row, "html_url"),
    )


def _text(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) and value else None


def _instant(path: str, name: str, value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_instant(str(value))
    except PrrError:
        raise Unreadable(f"{path} says that {name[:80]} ended at {str(value)[:40]!r}, which is no time.") from None
