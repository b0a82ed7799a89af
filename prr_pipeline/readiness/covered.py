"""What a coverage report says of files of the repository."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from prr_pipeline.readiness.artefacts import read_artefact
from prr_pipeline.readiness.facts import ArtefactFact
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.coverage import Counts, FileCoverage, Metric, read_coverage
from prr_pipeline.repository.report_paths import ReportPaths, file_name


def coverage_of(sources: Sources, fact: ArtefactFact, paths: Iterable[str]) -> Mapping[str, FileCoverage]:
    """The counts of those of the paths that the report knows. Of two reports on one file the worse counts."""
    wanted = list(paths)
    places = ReportPaths(wanted)
    by_name = sources.once("coverage by name", f"{fact.blob.path}@{fact.blob.id}", lambda: _by_name(sources, fact))
    found: dict[str, FileCoverage] = {}
    rows = [row for name in {file_name(path) for path in wanted} for row in by_name.get(name, ())]
    for _, reported, counts in sorted(rows, key=lambda row: row[0]):
        path = places.find(reported)
        if path is not None:
            found[path] = min(found.get(path, counts), counts, key=_share)
    return found


def _by_name(sources: Sources, fact: ArtefactFact) -> Mapping[str, list[tuple[int, str, FileCoverage]]]:
    """What the report says, by the names of files, with its place there: each question is about few of many files."""
    found: dict[str, list[tuple[int, str, FileCoverage]]] = defaultdict(list)
    for at, (reported, counts) in enumerate(read_artefact(sources, fact, read_coverage).files.items()):
        found[file_name(reported)].append((at, reported, counts))
    return found


def metric_of(coverage: FileCoverage, metric: Metric) -> Counts | None:
    """The counts of one metric; None where the report does not count it."""
    counts: Counts | None = getattr(coverage, metric)
    return counts


def _share(coverage: FileCoverage) -> tuple[int, ...]:
    """Parts per ten thousand, of each metric that is counted."""
    every = (coverage.lines, coverage.branches, coverage.functions, coverage.statements)
    return tuple(counts.covered * 10_000 // counts.total for counts in every if counts is not None and counts.total)
