"""Checks of extensions in the spec: those an operation must have, and those its properties must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import field

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.pattern_texts import SchemaWithPatterns
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.schemas import faults
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import MISSING, Operation, Property
from prr_pipeline.subjects import Subject

_EMPTY: tuple[object, ...] = (None, "", {}, [])


class OperationHas(Parameters):
    """``extensions``: name to the levels of which one must carry it; ``schemas``: name to its JSON Schema."""

    prefix: str
    extensions: dict[str, list[Literal["operation", "property"]]]
    schemas: dict[str, SchemaWithPatterns] = field(default_factory=dict)


@check("operation_has", OperationHas)
def operation_has(sources: Sources, _facts: Facts, subject: Subject, parameters: OperationHas) -> Finding:
    """Every extension is on the operation (or its properties), not empty, and valid; nothing is inherited."""
    operation = sources.operation(subject)
    at_properties = any("property" in levels for levels in parameters.extensions.values())
    properties = tuple(operation.properties()) if at_properties else ()
    wrong: list[tuple[str, Location]] = []
    for name, levels in parameters.extensions.items():
        full = name if name.startswith("x-") else parameters.prefix + name
        wrong += _faults_of(operation, properties, full, levels, parameters.schemas.get(name))
    digest = sources.subject_digest(subject)
    if wrong:
        texts = [text for text, _ in wrong]
        message = f"{subject.name}: {listed(texts)}. Write what is missing on the operation itself."
        return unmet(message, digest, [place for _, place in wrong], wrong=texts)
    here = Location(operation.spec.path, operation.line, f"{operation.method} {operation.path}")
    return met(f"All {len(parameters.extensions)} extensions are there and valid.", digest, [here])


def _faults_of(
    operation: Operation,
    properties: Sequence[Property],
    name: str,
    levels: Sequence[str],
    schema: Mapping[str, Any] | None,
) -> Iterator[tuple[str, Location]]:
    places: list[tuple[str, Any, Operation | Property]] = []
    if "operation" in levels and (value := operation.extension(name)) is not MISSING:
        places.append((name, value, operation))
    if "property" in levels:
        found = ((prop, prop.extension(name)) for prop in properties)
        places += [(f"{name} of {prop.name}", value, prop) for prop, value in found if value is not MISSING]
    if not places and not ("operation" not in levels and not properties):
        yield f"{name} is missing", Location(operation.spec.path, operation.line, name)
    for what, value, where in places:
        if value in _EMPTY:
            yield f"{what} is empty", Location(operation.spec.path, where.line, name)
        else:
            for fault in faults(schema, value) if schema else ():
                yield f"{what}: {fault}", Location(operation.spec.path, where.line, name)


class PropertiesHave(Parameters):
    """``exempt``: property names that are trivial."""

    prefix: str
    extension: str
    exempt: list[str] = field(default_factory=list)


@check("properties_have", PropertiesHave)
def properties_have(sources: Sources, _facts: Facts, subject: Subject, parameters: PropertiesHave) -> Finding:
    """Every property of requests and responses that is not exempt carries the extension."""
    operation = sources.operation(subject)
    name = parameters.prefix + parameters.extension
    digest = sources.subject_digest(subject)
    asked = {prop.pointer: prop for prop in operation.properties() if prop.name not in parameters.exempt}
    if not asked:
        here = Location(operation.spec.path, operation.line)
        return not_applicable(f"{subject.name} has no property but exempt ones.", digest, [here], properties=0)
    bare = [prop for prop in asked.values() if prop.extension(name) in (MISSING, *_EMPTY)]
    ratio = {"properties": len(asked), "covered": len(asked) - len(bare)}
    if not bare:
        return met(f"All {len(asked)} properties carry {name}.", digest, (), **ratio)
    names = list(dict.fromkeys(prop.name for prop in bare))
    message = f"{len(bare)} of {len(asked)} properties lack {name}: {listed(names)}. Write one on each."
    places = [Location(operation.spec.path, prop.line, prop.name) for prop in bare]
    return unmet(message, digest, sorted(places), **ratio)
