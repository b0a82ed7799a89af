"""A service's infrastructure in code: every option set on its construct, and named by the deployed configuration."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.alarm_facts import silent_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import service_construct
from prr_pipeline.readiness.infra_hosts import HostDoubt, host_doubt
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Edge, Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Index,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File, Nowhere
from prr_pipeline.subjects import Subject

_NOTHING = frozenset(("undefined", "null", "false"))


class ConstructHasOptions(Parameters):
    """``file``: where the service is declared by one of ``calls``. ``required``: the options that must be given.

    ``host_call`` makes the host of a service in a stage; ``hosts``: stage to the host of ``{service}`` there.
    """

    file: str
    calls: list[str]
    required: list[str]
    host_call: str | None = None
    hosts: dict[str, str] | None = None


class FileIsRegistered(Parameters):
    """``config``: what is deployed. ``file``: the module that it must import and use."""

    config: str
    file: str


@check("construct_has_options", ConstructHasOptions, version=2)
def construct_has_options(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ConstructHasOptions
) -> Finding:
    """The construct gets each option, none empty, its own host, and no alarm whose actions are off."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; declare the service there with {parameters.calls[0]}."
        return unmet(message, digest([path]), [Location(path)])
    construct = service_construct(sources, path, parameters.calls)
    given = {key: found for key, found in construct.options.items() if key in parameters.required}
    hosts = _hosts(sources, subject, given, parameters)
    wrong = [*_wrong(sources, given), *((key, f"{key}: {each.why}", at) for key, each, at in hosts if each.certain)]
    missing = [key for key in parameters.required if key not in given]
    faults = [why for _, why, _ in wrong] + [f"{key} is not given" for key in missing if construct.complete]
    rows = sorted(re.sub(r" \(line \d+\)", "", each) for each in [*faults, *(each.why for _, each, _ in hosts)])
    judged = digest([path, sorted(given), rows, construct.complete])
    if faults:
        way_out = "correct it" if any(not _is_nothing(at.expression) for _, _, at in wrong) else "set what is missing"
        message = f"{path}: {listed(faults)}; {way_out} on the construct of line {construct.line}."
        places = [Location(at.path, at.expression.line, key) for key, _, at in wrong]
        return unmet(message, judged, places or [construct.location])
    if missing:
        rest = "and what else is given is told only by running it; write it out"
        message = f"{path} does not show {listed(missing)}, {rest}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [construct.location])
    if hosts:
        key, doubt, at = hosts[0]
        message = f"{at.path}:{doubt.line} {key}: {doubt.why}; write both there."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(at.path, doubt.line)])
    return met(f"{path} sets {listed(parameters.required)}.", judged, [construct.location])


def _wrong(sources: Sources, given: Mapping[str, Found]) -> Iterator[tuple[str, str, Found]]:
    """Options that are given nothing, and alarms that are off: the key, what is wrong, and where."""
    for key, found in given.items():
        if _is_nothing(found.expression):
            yield key, f"{key} is given nothing", found
        for each in silent_in(sources, found):
            yield key, f"{key} holds an alarm whose actions are off (line {each.expression.line})", each


def _hosts(
    sources: Sources, subject: Subject, given: Mapping[str, Found], parameters: ConstructHasOptions
) -> list[tuple[str, HostDoubt, Found]]:
    """Options that hold a host of which something is wrong, or cannot be told."""
    told = [
        (key, host_doubt(sources, subject.name, found, parameters.host_call, parameters.hosts or {}), found)
        for key, found in given.items()
    ]
    return [(key, doubt, found) for key, doubt, found in told if doubt is not None]


@check("file_is_registered", FileIsRegistered)
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
    uses = [_is_used(sources, edge) for edge in leading]
    if True in uses:
        return met(f"{leading[uses.index(True)].importer} imports {path} and uses it.", judged, places)
    if None in uses:
        message = f"Whether {leading[0].importer} uses what it imports of {path} cannot be told; call it by its name."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    return unmet(f"{leading[0].importer} imports {path} and never uses it; use it there.", judged, places)


def _is_nothing(value: Expression) -> bool:
    if isinstance(value, Record):
        return not value.entries
    if isinstance(value, List):
        return not value.items
    return (isinstance(value, Other) and value.source.strip() in _NOTHING) or (
        isinstance(value, Text) and value.value == ""
    )


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
