"""What a coverage report says of files of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prr_pipeline.readiness.artefacts import read_artefact
from prr_pipeline.readiness.facts import ArtefactFact
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.coverage import Counts, FileCoverage, Metric, read_coverage
from prr_pipeline.repository.report_paths import ReportPaths


def coverage_of(sources: Sources, fact: ArtefactFact, paths: Iterable[str]) -> Mapping[str, FileCoverage]:
    """The counts of those of the paths that the report knows. Of two reports on one file the worse counts."""
    places = ReportPaths(paths)
    found: dict[str, FileCoverage] = {}
    for reported, counts in read_artefact(sources, fact, read_coverage).files.items():
        path = places.find(reported)
        if path is not None:
            found[path] = min(found.get(path, counts), counts, key=_share)
    return found


def metric_of(coverage: FileCoverage, metric: Metric) -> Counts | None:
    """The counts of one metric; None where the report does not count it."""
    counts: Counts | None = getattr(coverage, metric)
    return counts


def _share(coverage: FileCoverage) -> tuple[int, ...]:
    """Parts per ten thousand, of each metric that is counted."""
    every = (coverage.lines, coverage.branches, coverage.functions, coverage.statements)
    return tuple(counts.covered * 10_000 // counts.total for counts in every if counts is not None and counts.total)
