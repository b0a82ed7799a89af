"""A file that the deployed configuration must import and use."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.start_up_runs import runs_in_function
from prr_pipeline.repository.typescript.code import Edge
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Index,
    List,
    Member,
    Name,
    Record,
    Spread,
)
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File, Nowhere
from prr_pipeline.subjects import Subject


class FileIsRegistered(Parameters):
    """``config``: what is deployed. ``file``: the module that it must import and use."""

    config: str
    file: str


@check("file_is_registered", FileIsRegistered, version=2)
def file_is_registered(sources: Sources, _facts: Facts, subject: Subject, parameters: FileIsRegistered) -> Finding:
    """The configuration, or what it imports, imports the file and uses it."""
    path, config = sources.fill(parameters.file, subject), sources.fill(parameters.config, subject)
    judged = digest([config, path])
    if not sources.exists(config):
        return unmet(f"{config} does not exist; import {path} there.", judged, [Location(config)])
    if not sources.exists(path):
        return unmet(f"{path} does not exist, so {config} cannot deploy it; write it.", judged, [Location(path)])
    closure = sources.closure(config)
    own = posixpath.dirname(path) + "/"
    leading = [
        edge
        for edge in closure.edges
        if edge.target == File(path) and edge.statement.kind != "type" and not edge.importer.startswith(own)
    ]
    judged = digest([config, path, sorted({edge.importer for edge in leading})])
    if not leading:
        return _not_imported(sources, subject, config, path, judged)
    places = [Location(edge.importer, edge.statement.line) for edge in leading]
    runs = [_comes_to(sources, edge) for edge in leading]
    if True not in runs:
        at = places[runs.index(None) if None in runs else 0]
        if None in runs:
            message = f"{at.path}:{at.line} imports {path} only sometimes; import it whatever the stage."
            return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
        return unmet(f"Nothing comes to the import of {path} at {at.path}:{at.line}; import it.", judged, places)
    leading = [edge for edge, told in zip(leading, runs, strict=True) if told]
    uses = [_is_used(sources, edge) for edge in leading]
    if True in uses:
        return met(f"{leading[uses.index(True)].importer} imports {path} and uses it.", judged, places)
    if None in uses:
        message = f"Whether {leading[0].importer} uses what it imports of {path} cannot be told; call it by its name."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    return unmet(f"{leading[0].importer} imports {path} and never uses it; use it there.", judged, places)


def _comes_to(sources: Sources, edge: Edge) -> bool | None:
    """Whether the importer comes to an import; None of one under a condition."""
    module = sources.code().module(edge.importer)
    sites = [each for each in module.calls if each.line == edge.statement.line and each.callee == "import"]
    if edge.statement.kind != "dynamic" or not sites:
        return True
    return runs_in_function(sources, module, sites[0].start)


def _not_imported(sources: Sources, subject: Subject, config: str, path: str, judged: str) -> Finding:
    """Certain only where every import of the way leads to a known place."""
    closure = sources.closure(config)
    lost = [*closure.lost]
    hidden = [edge for edge in sources.code().edges(config) if isinstance(edge.target, Nowhere)]
    if lost or hidden:
        places = [
            *(Location(each.path, each.line) for each in lost),
            *(Location(edge.importer, edge.statement.line) for edge in hidden),
        ]
        message = (
            f"{config} is not seen to import {path}, and {places[0].path}:{places[0].line} imports what only running "
            "it could tell; import each service by its name."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    return unmet(
        f"{config} does not import {path}, so {subject.name} is not deployed; import it.", judged, [Location(config)]
    )


def _is_used(sources: Sources, edge: Edge) -> bool | None:
    """Whether the importer does anything with what it imports; None where its text names it in no form we read."""
    if edge.statement.kind in ("side effect", "dynamic", "re-export"):
        return True
    module = sources.code().module(edge.importer)
    names = set(edge.statement.names)
    if names & set(_used_names(module)):
        return True
    text = sources.blob(edge.importer).text().splitlines()
    rest = (
        line
        for at, line in enumerate(text, start=1)
        if at not in module.idle_lines and not re.match(r"\s*import\b(?!\s*\()", line)
    )
    words = set(re.findall(r"[A-Za-z_$][\w$]*", "\n".join(rest)))
    return None if names & words else False


def _used_names(module: Module) -> Iterator[str]:
    roots: list[Expression | None] = [site.call for site in module.calls]
    roots += [*module.definitions.values(), *module.statements, *(each.returns for each in module.functions)]
    roots += [each.value for named in module.locals.values() for each in named]
    for root in roots:
        yield from names_in(root)


def names_in(expression: Expression | None) -> Iterator[str]:
    """Every identifier that an expression reads, at any depth but inside functions."""
    match expression:
        case Name():
            yield expression.name
        case Member():
            yield from names_in(expression.object)
        case Index():
            yield from names_in(expression.object)
            yield from names_in(expression.key)
        case Call():
            for part in (expression.callee, *expression.arguments):
                yield from names_in(part)
        case List():
            for item in expression.items:
                yield from names_in(item)
        case Record():
            for entry in expression.entries:
                yield from names_in(entry.value)
        case Spread():
            yield from names_in(expression.value)
