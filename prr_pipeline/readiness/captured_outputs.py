"""What the tests of some files printed, by the report that CI filed at the judged code."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.readiness.artefacts import current_artefact, read_artefact
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.captured_output import Captured, read_captured_output
from prr_pipeline.repository.report_paths import ReportPaths


def printed_by(sources: Sources, facts: Facts, artefact: str, tests: str, pattern: str) -> tuple[Captured, ...]:
    """Every output of the tests that match the pattern. ``tests`` is a glob of all test files. Raises `NotSeen`."""
    fact = current_artefact(facts, artefact)

    def by_path() -> Mapping[str, list[Captured]]:
        places = ReportPaths(sources.paths(tests))
        found: dict[str, list[Captured]] = {}
        for each in read_artefact(sources, fact, read_captured_output):
            path = places.find(each.file, relative=True) if each.file is not None else None
            found.setdefault(path or "", []).append(each)
        return found

    printed = sources.once("captured output", f"{fact.blob.id}#{tests}", by_path)
    return tuple(each for path in sources.paths(pattern) for each in printed.get(path, ()))
