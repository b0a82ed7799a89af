"""Whether an operation's exposure to agents over MCP is declared on purpose and in the generated catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, plain, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import MISSING, Operation
from prr_pipeline.subjects import Subject


class McpExposureIsDeclared(Parameters):
    """``explicit_for_classes``: classifications for which ``never_expose_key`` must be written out."""

    prefix: str
    extension: str = "mcp"
    classification: str = "classification"
    exposed_key: str
    never_expose_key: str
    required_when_exposed: list[str]
    explicit_for_classes: list[str]
    catalog: str
    catalog_export: str


@check("mcp_exposure_is_declared", McpExposureIsDeclared)
def mcp_exposure_is_declared(
    sources: Sources, _facts: Facts, subject: Subject, parameters: McpExposureIsDeclared
) -> Finding:
    """The catalog holds the operation exactly if the spec exposes it, and a sensitive one says ``never_expose``."""
    operation = sources.operation(subject)
    name = parameters.prefix + parameters.extension
    declared = operation.extension(name)
    own = sources.subject_digest(subject)
    here = Location(operation.spec.path, operation.line, name)
    if not isinstance(declared, Mapping):
        return unmet(f"{subject.name} does not declare {name}; say whether it is exposed.", own, [here])
    exposed = declared.get(parameters.exposed_key) is True and declared.get(parameters.never_expose_key) is not True
    entries, gap = _catalog(sources, parameters)
    mine = {key: value for key, value in entries.items() if _is_mine(key, value, declared, subject)}
    judged = digest([own, plain(mine)])
    if gap and exposed and not mine:
        message = f"{parameters.catalog} holds parts that only running it could tell ({gap}); write it as a literal."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [here])
    faults = [
        *_declaration_faults(operation, declared, exposed, parameters),
        *_catalog_faults(exposed, declared, mine, subject, parameters),
    ]
    places = [here, Location(parameters.catalog)]
    values = {"exposed": exposed, "stale_elsewhere": _stale(sources, entries, name, parameters, subject)}
    if faults:
        return unmet(f"{subject.name}: {listed(faults)}.", judged, places, **values)
    state = "exposed and" if exposed else "not exposed and not"
    return met(f"{subject.name} is {state} in the catalog.", judged, places, **values)


def _catalog(sources: Sources, parameters: McpExposureIsDeclared) -> tuple[Mapping[str, Any], str]:
    """Tool name to entry, and the source of a part that could not be resolved (else empty)."""
    if not sources.exists(parameters.catalog):
        return {}, ""
    literal = sources.literal(parameters.catalog, parameters.catalog_export)
    gap = literal.gaps[0].source if literal.gaps else ""
    if literal.kind == "object":
        return {entry.key: entry.value for entry in literal.entries}, gap
    return {str(mapping(entry.value).get("name", entry.key)): entry.value for entry in literal.entries}, gap


def _is_mine(key: str, value: Any, declared: Mapping[str, Any], subject: Subject) -> bool:
    owner = mapping(value).get("operationId")
    return owner == subject.name or key == declared.get("tool_name", MISSING)


def _declaration_faults(
    operation: Operation, declared: Mapping[str, Any], exposed: bool, parameters: McpExposureIsDeclared
) -> Iterator[str]:
    if exposed:
        yield from (f"it is exposed without {key}" for key in parameters.required_when_exposed if not declared.get(key))
    classes = _classes(operation, parameters)
    sensitive = sorted(classes & {_fold(name) for name in parameters.explicit_for_classes})
    if sensitive and not isinstance(declared.get(parameters.never_expose_key), bool):
        yield f"it is {sensitive[0]} and leaves {parameters.never_expose_key} to a default; write true or false"


def _catalog_faults(
    exposed: bool,
    declared: Mapping[str, Any],
    mine: Mapping[str, Any],
    subject: Subject,
    parameters: McpExposureIsDeclared,
) -> Iterator[str]:
    tool = declared.get("tool_name")
    if not exposed:
        yield from (f"the catalog still holds {key}, which the spec does not expose; generate it again" for key in mine)
        return
    if not isinstance(tool, str) or tool not in mine:
        yield f"the catalog {parameters.catalog} lacks {tool}; generate it again"
    for key, value in mine.items():
        entry = mapping(value)
        if entry.get("operationId", subject.name) != subject.name:
            yield f"{key} in the catalog belongs to {entry['operationId']}; tool names are used once"
        elif key != tool:
            yield f"the catalog calls it {key}, the spec {tool}; generate it again"
        elif "minTier" in entry and entry["minTier"] != declared.get("min_tier"):
            tiers = f"tier {entry['minTier']}, the spec for {declared.get('min_tier')}"
            yield f"the catalog asks for {tiers}; generate it again"


def _stale(
    sources: Sources, entries: Mapping[str, Any], name: str, parameters: McpExposureIsDeclared, subject: Subject
) -> list[str]:
    """Tools of other operations that catalog and spec do not agree on."""
    wanted = sources.once("mcp tools", name, lambda: _exposed_tools(sources, name, parameters))
    mine = {tool for tool, owner in wanted if owner == subject.name}
    others = {tool for tool, owner in wanted if owner != subject.name}
    held = {key for key, value in entries.items() if mapping(value).get("operationId") != subject.name} - mine
    return sorted(others ^ held)


def _exposed_tools(sources: Sources, name: str, parameters: McpExposureIsDeclared) -> frozenset[tuple[str, str]]:
    """Tool name and operation id of everything that the spec exposes."""
    wanted = set()
    for operation in sources.spec().operations.values():
        declared = mapping(operation.extension(name))
        if declared.get(parameters.exposed_key) is True and declared.get(parameters.never_expose_key) is not True:
            wanted.add((str(declared.get("tool_name")), operation.operation_id))
    return frozenset(wanted)


def _classes(operation: Operation, parameters: McpExposureIsDeclared) -> set[str]:
    name = parameters.prefix + parameters.classification
    values = [operation.extension(name), *(prop.extension(name) for prop in operation.properties())]
    return {_fold(value) for value in values if isinstance(value, str)}


def _fold(text: str) -> str:
    return text.casefold().replace("_", " ").strip()
