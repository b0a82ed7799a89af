"""Service packages: what their factories take."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.services import Service, services_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Class, Expression, Function
from prr_pipeline.subjects import Subject

_ANY = re.compile(r"\bany\b")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


class ExportHasForm(Parameters):
    """``packages``: glob of service folders. ``type``: the parameter's type. ``members``: what it must hold, each a
    label and the words of which one must stand in a member's name or type."""

    packages: str
    type: str
    members: dict[str, list[str]]


@check("export_has_form", ExportHasForm)
def export_has_form(sources: Sources, _facts: Facts, subject: Subject, parameters: ExportHasForm) -> Finding:
    """Each service package that the route calls exports a factory that takes its typed dependencies."""
    services = services_of(sources, route_of(sources, subject), parameters.packages)
    faults: list[str] = []
    places: list[Location] = []
    shapes: list[object] = []
    for service in services:
        fault, place, shape = _judged(sources, service, parameters)
        faults += [fault] if fault else []
        places.append(place)
        shapes.append([service.folder, shape])
    judged = digest(shapes)
    names = listed([service.folder for service in services])
    if faults:
        return unmet(f"{'; '.join(faults)}.", judged, places)
    return met(f"{names}: an exported factory takes {parameters.type}.", judged, places)


def _judged(sources: Sources, service: Service, parameters: ExportHasForm) -> tuple[str, Location, object]:
    """The fault of one service (empty: none), its place, and what was judged as plain data."""
    factories = list(_factories(sources, service))
    typed = [each for each in factories if parameters.type in _WORD.findall(each[2])]
    if not typed:
        return (
            f"{service.entry} exports no factory with a parameter of type {parameters.type}; export one",
            Location(service.entry),
            [name for name, _, _, _ in factories],
        )
    name, path, type_source, line = typed[0]
    members = _members(sources, path, parameters.type)
    if members is None:
        message = f"The type {parameters.type} of {name} in {path} is not of the repository; declare it in the package."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(path, line)])
    shape = [name, type_source, sorted(members.items())]
    place = Location(path, line, name)
    return _fault(service, members, type_source, parameters), place, shape


def _fault(service: Service, members: Mapping[str, str], type_source: str, parameters: ExportHasForm) -> str:
    loose = sorted(name for name, source in members.items() if not source or _ANY.search(source))
    if loose or _ANY.search(type_source):
        return f"{parameters.type} of {service.folder} leaves {listed(loose) or 'itself'} untyped; name its type"
    said = [f"{name} {source}".lower() for name, source in members.items()]
    missing = [
        label
        for label, words in parameters.members.items()
        if not any(word.lower() in each for word in words for each in said)
    ]
    if missing:
        return f"{parameters.type} of {service.folder} names no {' and no '.join(missing)}; hand it in there"
    return ""


def _factories(sources: Sources, service: Service) -> Iterator[tuple[str, str, str, int]]:
    """Every exported function or class of an entry: name, file, the types of what it takes, line."""
    code = sources.code()
    module = code.module(service.entry)
    names = list(module.exports)
    for star in module.star_exports:
        target = code.resolve(service.entry, star.specifier or "")
        names += list(code.module(target.path).exports) if hasattr(target, "path") else []
    for name in dict.fromkeys(names):
        found = code.exported(service.entry, name)
        if isinstance(found, Found):
            for function in _functions(found.expression):
                types = " ".join(parameter.type for parameter in function.parameters)
                yield name, found.path, types, function.line


def _functions(expression: Expression) -> Iterator[Function]:
    if isinstance(expression, Function):
        yield expression
    elif isinstance(expression, Class):
        yield from (method for method in expression.methods if method.name == "constructor")


def _members(sources: Sources, path: str, name: str, depth: int = 0) -> Mapping[str, str] | None:
    """Members of a type and of all it extends; None if the repository does not declare it."""
    found = sources.code().type_of(path, name)
    if found is None or depth > 8:
        return None
    where, shape = found
    members: dict[str, str] = {}
    for base in shape.extends:
        inherited = _members(sources, where, base, depth + 1)
        members.update(inherited or {})
    return {**members, **shape.members}
