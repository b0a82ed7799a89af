"""Services that call a service: each has a client of its own to do so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.discovery import service_names
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import Scanned, scanned
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.markup import load
from prr_pipeline.subjects import Subject, SubjectKind


class CallersHaveClients(Parameters):
    """``sdk``: the package that a caller imports. ``code`` of a service. ``file``: the registry of clients.

    ``client_ids``: how the client of a calling ``{service}`` may be called, in one of ``id_fields``. An entry that has
    ``grants_field`` must list ``grant`` there.
    """

    sdk: str
    code: str
    file: str
    client_ids: list[str]
    id_fields: list[str]
    grants_field: str | None = None
    grant: str | None = None


@dataclass(frozen=True, slots=True)
class _Client:
    """An entry of the registry: what it is called, and whether it may call as a service."""

    names: frozenset[str]
    may_call: bool


@check("callers_have_clients", CallersHaveClients)
def callers_have_clients(sources: Sources, _facts: Facts, subject: Subject, parameters: CallersHaveClients) -> Finding:
    """Every other service that imports the service's SDK has a client in the registry."""
    package = sources.fill(parameters.sdk, subject)
    callers, lost = _callers(sources, subject, package, parameters)
    rows = sorted(callers)
    if not callers:
        judged = digest([subject.name, package, rows])
        if lost:
            why = lost[0].lost[0].why
            message = f"Whether another service imports {package} cannot be told: {why}"
            return unknown(Reason.UNREADABLE, message, judged, [place for each in lost for place in each.lost_at()])
        return not_applicable(f"No other service imports {package}.", judged, [], callers=[])
    places = [callers[name] for name in rows]
    if not sources.exists(parameters.file):
        message = f"{parameters.file} is not there, and {listed(rows)} import {package}; register their clients there."
        raise NotSeen(Reason.NO_EVIDENCE, message, places)
    clients = list(_clients(load(sources.blob(parameters.file)), parameters))
    faults = [fault for name in rows if (fault := _fault(name, clients, parameters)) is not None]
    judged = digest([subject.name, package, rows, sorted(faults)])
    if faults:
        message = f"{parameters.file}: {listed(faults)}; register a client for each service that calls {subject.name}."
        return unmet(message, judged, [Location(parameters.file), *places])
    if lost:
        message = f"Whether further services import {package} cannot be told: {lost[0].lost[0].why}"
        return unknown(Reason.UNREADABLE, message, judged, [place for each in lost for place in each.lost_at()])
    message = f"{parameters.file} has a client for each service that imports {package}: {listed(rows)}."
    return met(message, judged, [Location(parameters.file), *places], callers=rows)


def _callers(
    sources: Sources, subject: Subject, package: str, parameters: CallersHaveClients
) -> tuple[dict[str, Location], list[Scanned]]:
    """Each calling service with its first import, and the code that could not all be read."""
    found: dict[str, Location] = {}
    lost: list[Scanned] = []
    for name in service_names(sources):
        pattern = sources.fill(parameters.code, Subject(SubjectKind.SERVICE, name))
        if name == subject.name or not sources.paths(pattern):
            continue
        code = scanned(sources, pattern)
        place = sources.once("imported packages", pattern, partial(_imported, code)).get(package)
        if place is not None:
            found[name] = place
        elif code.lost:
            lost.append(code)
    return found, lost


def _imported(code: Scanned) -> Mapping[str, Location]:
    """The packages that code imports to run, each with the first place. A type calls nobody."""
    found: dict[str, Location] = {}
    for module in code.modules:
        for each in module.imports:
            parts = each.specifier.split("/")
            name = "/".join(parts[: 2 if parts[0].startswith("@") else 1])
            if each.kind != "type":
                found.setdefault(name, Location(module.path, each.line, each.specifier))
    return found


def _clients(data: object, parameters: CallersHaveClients) -> Iterator[_Client]:
    """The entries of a list, or of a mapping by id, under ``clients`` or at the top."""
    inner = data.get("clients", data) if isinstance(data, Mapping) else data
    if isinstance(inner, Mapping):
        rows: Sequence[tuple[object, object]] = list(inner.items())
    else:
        rows = [(None, row) for row in inner] if isinstance(inner, list) else []
    for key, row in rows:
        fields = row if isinstance(row, Mapping) else {}
        names = {str(fields[field]) for field in parameters.id_fields if field in fields}
        names |= {str(each) for each in (key, row) if isinstance(each, str)}
        grants = fields.get(parameters.grants_field) if parameters.grants_field is not None else None
        given = grants if isinstance(grants, list) else [grants]
        yield _Client(frozenset(names), grants is None or parameters.grant is None or parameters.grant in given)


def _fault(service: str, clients: Sequence[_Client], parameters: CallersHaveClients) -> str | None:
    wanted = {template.replace("{service}", service) for template in parameters.client_ids}
    own = [each for each in clients if each.names & wanted]
    if not own:
        return f"{service} has no client ({' or '.join(sorted(wanted))})"
    return None if any(each.may_call for each in own) else f"the client of {service} has no {parameters.grant}"
