"""Coverage reports of CI: Istanbul's JSON summary, LCOV and Cobertura, as counts per file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeGuard

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.cobertura import read_cobertura
from prr_pipeline.repository.coverage_counts import Counts, FileCoverage
from prr_pipeline.repository.lcov import read_lcov
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

Metric = Literal["lines", "branches", "functions", "statements"]
METRICS: tuple[Metric, ...] = ("lines", "branches", "functions", "statements")

__all__ = ["METRICS", "Counts", "Coverage", "FileCoverage", "Metric", "read_coverage"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts by file, each path as the report writes it (maybe absolute, maybe relative to a package)."""

    files: Mapping[str, FileCoverage]


def read_coverage(blob: Blob) -> Coverage:
    """The counts of a report, whatever the format; it is told by the content, not by the name.

    Raises `Unreadable` for another format, a broken report, counts that cannot be, and a report without files.
    """
    text = blob.text().lstrip()
    if text.startswith("{"):
        files = _istanbul(blob)
    elif text.startswith("<"):
        files = read_cobertura(blob)
    else:
        files = read_lcov(blob.path, text)
    if not files:
        raise Unreadable(f"{blob.path} names no file; a coverage report without files proves nothing.")
    return Coverage(files)


def _istanbul(blob: Blob) -> dict[str, FileCoverage]:
    """``coverage-summary.json`` of the reporter ``json-summary``: path -> metric -> total, covered, skipped, pct."""
    document = load_json(blob)
    rows = {path: row for path, row in document.items() if path != "total"}
    if not all(isinstance(row, dict) and isinstance(row.get("lines"), dict) for row in rows.values()):
        raise Unreadable(
            f"{blob.path} is no JSON summary of Istanbul; publish `coverage-summary.json`, LCOV or Cobertura."
        )
    return {
        path: FileCoverage(**{metric: _counts(blob.path, path, metric, row.get(metric)) for metric in METRICS})
        for path, row in rows.items()
    }


def _counts(report: str, path: str, metric: str, row: Any) -> Counts | None:
    if row is None:
        return None
    total, covered = (row.get("total"), row.get("covered")) if isinstance(row, dict) else (None, None)
    if not _is_count(total) or not _is_count(covered) or covered > total:
        raise Unreadable(f"{report} gives {path[:120]} {metric} that cannot be ({covered!r} of {total!r}).")
    return Counts(covered, total)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
