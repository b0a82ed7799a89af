"""Coverage of the service packages that an operation's route calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.artefacts import current_artefact
from prr_pipeline.readiness.covered import coverage_of, metric_of
from prr_pipeline.readiness.declared import form_json
from prr_pipeline.readiness.facts import ArtefactFact, Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.services import services_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.coverage import Counts, FileCoverage, Metric
from prr_pipeline.repository.globs import matches
from prr_pipeline.subjects import Subject


class CoverageIsAtLeast(Parameters):
    """``packages``: glob of the service packages' folders. ``sources``: glob of the code below such a folder, of
    which what ``tests`` matches (from the repository's root) is none."""

    artefact: str
    metric: Metric
    percent: Annotated[int, Meta(ge=1, le=100)]
    packages: str
    sources: str
    tests: str


@dataclass(frozen=True, slots=True)
class _Package:
    """One package's counts, the files with something uncovered, and the files that the report does not know."""

    folder: str
    counts: Counts
    uncovered: tuple[str, ...]
    missing: tuple[str, ...]

    def reaches(self, percent: int) -> bool:
        return self.counts.covered * 100 >= percent * self.counts.total

    @property
    def share(self) -> str:
        """Rounded down: 89.99 % never reads as 90 %."""
        whole = self.counts.covered * 10_000 // self.counts.total if self.counts.total else 0
        return f"{whole // 100}.{whole % 100:02d} %"


@check("coverage_is_at_least", CoverageIsAtLeast)
def coverage_is_at_least(sources: Sources, facts: Facts, subject: Subject, parameters: CoverageIsAtLeast) -> Finding:
    """Each service package that the operation's route calls is covered by its tests to the declared share.

    A source that the report leaves out was not measured: it may be the one that no test runs.
    """
    services = services_of(sources, route_of(sources, subject), parameters.packages)
    folders = sorted({service.folder for service in services})
    fact = current_artefact(facts, parameters.artefact)
    packages = [_shared_package(sources, fact, folder, parameters) for folder in folders]
    low = [package for package in packages if package.counts.total and not package.reaches(parameters.percent)]
    # The figures stay out of the digest: they move with every commit, and the outcome is bound beside it.
    judged = digest([sources.subject_digest(subject), folders, [package.folder for package in low]])
    values = {"metric": parameters.metric, **{p.folder: f"{p.counts.covered}/{p.counts.total}" for p in packages}}
    if low:
        return _low(low, parameters, judged, values)
    unseen = [package for package in packages if package.missing or not package.counts.total]
    if unseen:
        return _unseen(unseen, parameters, fact, judged, values)
    shares = ", ".join(f"{package.folder} {package.share}" for package in packages)
    message = (
        f"Of the {parameters.metric} of {shares} were run by tests, at least {parameters.percent} % ({fact.source})."
    )
    return met(message, judged, [Location(folder) for folder in folders], **values)


def _low(low: Sequence[_Package], parameters: CoverageIsAtLeast, judged: str, values: Mapping[str, object]) -> Finding:
    shares = listed([f"{package.folder} {package.share}" for package in low])
    files = [path for package in low for path in package.uncovered]
    message = (
        f"Tests run too few {parameters.metric} ({shares}; {parameters.percent} % needed); add unit tests, first for "
        f"{listed(files)}."
    )
    return unmet(message, judged, [Location(path) for path in files], **values)


def _unseen(
    unseen: Sequence[_Package],
    parameters: CoverageIsAtLeast,
    fact: ArtefactFact,
    judged: str,
    values: Mapping[str, object],
) -> Finding:
    missing = [path for package in unseen for path in package.missing]
    if missing:
        message = (
            f"The report of {fact.source} does not know {listed(missing)}; let it count every source, also those that "
            "no test loads, with paths from the repository's root."
        )
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(path) for path in missing], **values)
    folders = listed([package.folder for package in unseen])
    message = f"The report of {fact.source} counts no {parameters.metric} in {folders}; publish one that does."
    return unknown(Reason.NO_EVIDENCE, message, judged, [Location(p.folder) for p in unseen], **values)


def _shared_package(sources: Sources, fact: ArtefactFact, folder: str, parameters: CoverageIsAtLeast) -> _Package:
    """The package's counts: many operations call one package."""
    key = f"{fact.blob.path}@{fact.blob.id}#{folder}#{form_json(parameters)}"
    return sources.once("covered package", key, lambda: _package(sources, fact, folder, parameters))


def _package(sources: Sources, fact: ArtefactFact, folder: str, parameters: CoverageIsAtLeast) -> _Package:
    paths = [
        path
        for path in sources.paths(f"{folder}/{parameters.sources}")
        if not matches(parameters.tests, path) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))
    ]
    known = coverage_of(sources, fact, paths)
    measured = {path: counts for path, row in known.items() if (counts := metric_of(row, parameters.metric))}
    total = Counts(0, 0)
    for counts in measured.values():
        total = total.plus(counts)
    uncovered = sorted(measured, key=lambda path: measured[path].covered - measured[path].total)
    return _Package(
        folder,
        total,
        tuple(path for path in uncovered if measured[path].covered < measured[path].total),
        tuple(path for path in paths if not _is_measured(sources, path, known)),
    )


def _is_measured(sources: Sources, path: str, known: Mapping[str, FileCoverage]) -> bool:
    """Whether the report knows the file, or nothing in it could run: types alone, or what other files export."""
    if path in known:
        return True
    try:
        module = sources.code().module(path)
    except PrrError:
        return False
    return not (module.definitions or module.statements or module.calls)
