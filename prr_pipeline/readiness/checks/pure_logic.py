"""Pure-logic modules behind a route: free of database, framework, files and network, and run by tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.artefacts import current_artefact
from prr_pipeline.readiness.covered import coverage_of, metric_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.global_mentions import global_mentions
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.services import calling_side
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.coverage import Metric
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Closure, Edge
from prr_pipeline.repository.typescript.resolution import SUFFIXES
from prr_pipeline.subjects import Subject

_BUILT_IN = "node:"
"""``fs`` and ``node:fs`` are the same module."""


class _Modules(Parameters):
    """``folder``: where pure logic lies; ``but``: globs of what lies there and is none. ``packages``: glob of the
    service packages, in which nobody looks for it."""

    folder: str
    but: list[str]
    packages: str


class ModulesArePure(_Modules):
    """``forbidden``: packages that no such module may import, itself or through what it imports.

    ``forbidden_globals``: globals that neither may speak of, such as ``fetch``.
    """

    forbidden: list[str]
    forbidden_globals: list[str]


class ModulesAreCovered(_Modules):
    """``artefact`` names CI's coverage report."""

    artefact: str
    metric: Metric


@check("modules_are_pure", ModulesArePure)
def modules_are_pure(sources: Sources, _facts: Facts, subject: Subject, parameters: ModulesArePure) -> Finding:
    """The route uses pure-logic modules, and none of them reaches a forbidden import or global."""
    modules = _modules(sources, subject, parameters)
    faults: list[str] = []
    places: list[Location] = []
    side = calling_side(sources, route_of(sources, subject), parameters.packages)
    lost = [Location(each.path, each.line) for each in side.lost]
    for path in modules:
        closure = sources.closure(path)
        lost += [Location(each.path, each.line) for each in closure.lost]
        for edge in _forbidden(closure, parameters.forbidden):
            via = "" if edge.importer == path else f" through {edge.importer}"
            faults.append(f"{path} imports {edge.statement.specifier}{via}")
            places.append(Location(edge.importer, edge.statement.line, edge.statement.specifier))
        for place in _spoken(sources, closure, parameters.forbidden_globals):
            via = "" if place.path == path else f" through {place.path}"
            faults.append(f"{path} uses {place.snippet}{via} (line {place.line})")
            places.append(place)
    judged = digest([sources.subject_digest(subject), modules, faults])
    if faults:
        return unmet(f"{listed(faults)}; hand in what it needs, and keep the rest in the service.", judged, places)
    if lost:
        message = f"Not everything that the route and its pure logic import can be followed, first in {lost[0].path}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, lost)
    return met(f"{listed(modules)} import and use nothing impure.", judged, [Location(path) for path in modules])


@check("modules_are_covered", ModulesAreCovered)
def modules_are_covered(sources: Sources, facts: Facts, subject: Subject, parameters: ModulesAreCovered) -> Finding:
    """Tests run at least something of each pure-logic module that the route uses."""
    modules = _modules(sources, subject, parameters)
    fact = current_artefact(facts, parameters.artefact)
    known = coverage_of(sources, fact, modules)
    counts = {path: metric_of(row, parameters.metric) for path, row in known.items()}
    idle = [path for path in modules if (count := counts.get(path)) is not None and count.total and not count.covered]
    missing = [path for path in modules if counts.get(path) is None]
    judged = digest([sources.subject_digest(subject), modules, idle])
    if idle:
        message = f"No test runs any of {listed(idle)}; cover it with vitest."
        return unmet(message, judged, [Location(path) for path in idle])
    if missing:
        message = f"The coverage report of {fact.source} does not know {listed(missing)}; let it count every source."
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(path) for path in missing])
    return met(f"Tests run {listed(modules)}.", judged, [Location(path) for path in modules])


def _modules(sources: Sources, subject: Subject, parameters: _Modules) -> list[str]:
    """The route's pure-logic modules. Raises `NotSeen` where it uses none."""
    route = route_of(sources, subject)
    side = calling_side(sources, route, parameters.packages)
    here = [path for path in side.files if path.startswith(f"{parameters.folder.rstrip('/')}/")]
    found = [path for path in here if path.endswith(SUFFIXES) and not _is_exempt(path, parameters.but)]
    found = [path for path in found if _defines(sources, path)]
    if found:
        return sorted(found)
    if side.lost:
        lost = side.lost[0]
        message = f"The modules behind {route.path} cannot be told: at {lost.path}:{lost.line} {lost.why}."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [route.location])
    message = f"{route.path} uses no module of {parameters.folder}; move its decisions into one, and test that."
    raise NotSeen(Reason.NO_EVIDENCE, message, [route.location])


def _is_exempt(path: str, globs: Sequence[str]) -> bool:
    return any(matches(glob, path) for glob in globs)


def _defines(sources: Sources, path: str) -> bool:
    """Whether there is anything to run; a broken file counts, so that it shows."""
    try:
        return bool(sources.code().module(path).definitions)
    except PrrError:
        return True


def _spoken(sources: Sources, closure: Closure, names: Sequence[str]) -> Iterator[Location]:
    """Mentions of a forbidden global, in every file of the repository that the module runs."""
    unread = {lost.path for lost in closure.lost if lost.line == 0}
    for path in closure.files:
        if path.endswith(SUFFIXES) and path not in unread:
            yield from (Location(path, each.line, each.name) for each in global_mentions(sources, path, names))


def _forbidden(closure: Closure, names: Sequence[str]) -> Iterator[Edge]:
    """Imports of a forbidden package, by name or through an alias that leads into the repository."""
    plain = [name.removeprefix(_BUILT_IN) for name in names]
    for edge in closure.edges:
        specifier = edge.statement.specifier.removeprefix(_BUILT_IN)
        if edge.statement.kind != "type" and any(
            specifier == name or specifier.startswith(f"{name}/") for name in plain
        ):
            yield edge
