"""Architecture rules over the code that an operation runs: imports between contexts, and raw SQL."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.context_map import ContextMap, context_map
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.raw_sql import raw_sql
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Closure, Edge
from prr_pipeline.repository.typescript.resolution import SUFFIXES, File
from prr_pipeline.subjects import Subject


class ImportsRespect(Parameters):
    """``context_map``: the file that says which context a package belongs to."""

    context_map: str


class CallIsAbsent(Parameters):
    """``calls``: names that may only be mentioned under ``allowed_under``, called or not.

    ``statements_to``: names that run the SQL text which they are given.
    """

    calls: list[str]
    statements_to: list[str]
    allowed_under: str


@check("imports_respect", ImportsRespect)
def imports_respect(sources: Sources, _facts: Facts, subject: Subject, parameters: ImportsRespect) -> Finding:
    """Nothing that the operation runs imports across contexts."""
    contexts = context_map(sources, parameters.context_map)
    route = route_of(sources, subject)
    closure = sources.closure(route.path)
    edges = [edge for edge in _all_edges(sources, closure) if isinstance(edge.target, File)]
    own = contexts.operations.get(subject.name)
    crossings = [
        (edge, here, there)
        for edge in edges
        if (here := _context(sources, contexts, edge.importer, route.path, own)) is not None
        and (there := _context(sources, contexts, edge.target.path, route.path, own)) is not None  # type: ignore[union-attr]
        and here != there
    ]
    strangers = sorted(_strangers(sources, contexts, closure))
    judged = digest([sorted({folder or "" for folder in _folders(sources, closure)}), sorted(map(_plain, crossings))])
    places = [Location(edge.importer, edge.statement.line, edge.statement.specifier) for edge, _, _ in crossings]
    if crossings:
        texts = [
            f"{edge.importer}:{edge.statement.line} ({here}) imports {edge.statement.specifier} ({there})"
            for edge, here, there in crossings
        ]
        return unmet(f"{listed(texts)}; use an event, or the other context's public package.", judged, places)
    if strangers:
        message = f"{contexts.path} does not say which context {listed(strangers)} belongs to; add it there."
        return unknown(Reason.NOT_DECLARED, message, judged, [Location(contexts.path)])
    if closure.lost:
        return _lost(closure, judged)
    return met(
        f"None of {len(edges)} imports of {len(closure.files)} files crosses a context.", judged, [route.location]
    )


@check("call_is_absent", CallIsAbsent)
def call_is_absent(sources: Sources, _facts: Facts, subject: Subject, parameters: CallIsAbsent) -> Finding:
    """Nothing that the operation runs makes these calls, but for the files that may."""
    route = route_of(sources, subject)
    closure = sources.closure(route.path)
    files = [path for path in closure.files if path.endswith(SUFFIXES) and not matches(parameters.allowed_under, path)]
    unread = {lost.path for lost in closure.lost if lost.line == 0}
    inside = frozenset(closure.files) - frozenset(files)
    seen = [
        (path, each)
        for path in files
        if path not in unread
        for each in raw_sql(sources, path, parameters.calls, parameters.statements_to, inside)
    ]
    found = [(path, each.line, each.text) for path, each in seen if each.is_sure]
    untold = [Location(path, each.line, each.text) for path, each in seen if not each.is_sure]
    judged = digest([route.path, [[path, each.text] for path, each in seen]])
    if found:
        texts = [f"{path}:{line} ({text})" for path, line, text in found]
        places = [Location(*each) for each in found]
        return unmet(f"{listed(texts)}: only {parameters.allowed_under} may do that; move it there.", judged, places)
    if untold:
        texts = [f"{place.path}:{place.line} ({place.snippet})" for place in untold]
        message = (
            f"Whether {listed(texts)} runs SQL cannot be told; write out there what it is given, or move the call to "
            f"{parameters.allowed_under}."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, untold)
    if closure.lost:
        return _lost(closure, judged)
    return met(f"{len(files)} files outside {parameters.allowed_under} hold no such call.", judged, [route.location])


def _all_edges(sources: Sources, closure: Closure) -> list[Edge]:
    """The imports of every file that is run, those of types too: a type binds two contexts as well."""
    unread = {lost.path for lost in closure.lost if lost.line == 0}
    files = [path for path in closure.files if path.endswith(SUFFIXES) and path not in unread]
    return [edge for path in files for edge in sources.code().edges(path)]


def _context(sources: Sources, contexts: ContextMap, path: str, route: str, own: str | None) -> str | None:
    return own if path == route else contexts.context_of(sources.code().package_of(path))


def _folders(sources: Sources, closure: Closure) -> set[str | None]:
    return {sources.code().package_of(path) for path in closure.files}


def _strangers(sources: Sources, contexts: ContextMap, closure: Closure) -> set[str]:
    """Packages that the map does not know, among those beside a package that it knows."""
    folders = {folder for folder in _folders(sources, closure) if folder is not None}
    parents = {folder.rpartition("/")[0] for folder in folders if contexts.is_known(folder)}
    return {folder for folder in folders if folder.rpartition("/")[0] in parents and not contexts.is_known(folder)}


def _plain(crossing: tuple[Edge, str, str]) -> list[str]:
    edge, here, there = crossing
    return [edge.importer, edge.statement.specifier, here, there]


def _lost(closure: Closure, judged: str) -> Finding:
    lost = closure.lost[0]
    where = f"{lost.path}:{lost.line}" if lost.line else lost.path
    message = f"Not everything that the operation imports can be followed: {where}: {lost.why}."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in closure.lost])
