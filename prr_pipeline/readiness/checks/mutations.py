"""Routes that change something: an audit row for each, and a key that makes a repeated call harmless."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.audited import Audited, Setting
from prr_pipeline.readiness.audited_steps import audited_route
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.members import exported_members, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_routes import ServedRoute, lost_of, operation_at, operations_of, routes_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.subjects import Subject


class MutationsWriteAudit(Parameters):
    """``call`` sets a value, such as ``c.set``, with ``key`` first. ``file`` and ``name``: the registry of values.

    ``writers``: the middleware that writes the row of what was set.
    """

    methods: list[str]
    call: str
    key: str
    file: str | None = None
    name: str | None = None
    writers: list[str] | None = None


class MutationsTakeKey(Parameters):
    """``header``: the parameter of the description. ``calls``: the middleware that honours it."""

    methods: list[str]
    header: str
    calls: list[str]


@check("mutations_write_audit", MutationsWriteAudit, version=3)
def mutations_write_audit(
    sources: Sources, _facts: Facts, subject: Subject, parameters: MutationsWriteAudit
) -> Finding:
    """The handler of every mutation, or a step around it, sets the audit event's type to a registered value.

    The middleware that writes the row stands in front of each.
    """
    mutations = _mutations(sources, subject, parameters.methods, frozenset(parameters.writers or ()))
    setting = Setting(parameters.call, parameters.key)
    told = {
        each.name: audited_route(sources, each.route, each.pipeline.handler, setting)
        for each in mutations
        if each.pipeline.handler
    }
    seen = {name: found.values for name, found in told.items()}
    rows: list[object] = [
        [each.name, [value for value, _ in seen.get(each.name, ())], *_doubts(told, each.name)]
        for each in sorted(mutations, key=lambda each: each.name)
    ]
    judged = digest([subject.name, rows])
    silent = [each for each in mutations if each.name in told and told[each.name] == Audited()]
    faults = [f"{served.name} sets no {parameters.key}" for served in silent]
    places = [served.route.location for served in silent]
    known = _registry(sources, parameters)
    for name, found in seen.items():
        for value, place in found:
            if known is not None and value is not None and value not in known:
                faults.append(f"{name} sets {value!r}, which {parameters.name} does not have")
                places.append(place)
    if faults:
        return unmet(f"{listed(faults)}; set a registered value in each handler.", judged, places)
    unwritten = [each for each in mutations if parameters.writers and not each.sure(parameters.writers)]
    certain = [each for each in unwritten if not each.pipeline.lost and not each.steps(parameters.writers or ())]
    judged = digest([judged, sorted(each.name for each in unwritten)]) if unwritten else judged
    if certain:
        message = f"No {' or '.join(parameters.writers or ())} stands in front of {listed([e.name for e in certain])}"
        places = [each.route.location for each in certain]
        return unmet(f"{message}, so nothing writes the row; use it on the prefix.", judged, places)
    unfollowed = [served.pipeline for served in mutations if served.pipeline.handler is None]
    lost = [*lost_of(sources, subject), *(each for pipeline in unfollowed for each in pipeline.lost)]
    lost += [found.doubt for found in told.values() if found.doubt is not None]
    lost += [each for served in unwritten for each in served.lost]
    unread = [place for found in seen.values() for value, place in found if value is None]
    if lost or unread:
        return _unseen(lost, unread, f"which {parameters.key} is set", judged)
    if not mutations:
        return not_applicable(f"No route of {subject.name} changes anything ({', '.join(parameters.methods)}).", judged)
    spots = [place for found in seen.values() for _, place in found]
    return met(f"{len(mutations)} mutations set {parameters.key} (seen in the code, not on every path).", judged, spots)


@check("mutations_take_key", MutationsTakeKey, version=2)
def mutations_take_key(sources: Sources, _facts: Facts, subject: Subject, parameters: MutationsTakeKey) -> Finding:
    """Every mutation describes the idempotency header, and has the middleware that honours it."""
    mutations = _mutations(sources, subject, parameters.methods, frozenset(parameters.calls))
    operations = operations_of(sources, subject.name)
    faults: list[str] = []
    hidden: list[ServedRoute] = []
    rows: list[object] = []
    for served in mutations:
        operation = operation_at(operations, served.route)
        steps = served.sure(parameters.calls)
        described = operation is not None and _takes(operation, parameters.header)
        rows.append([served.name, described, [step.name for step in steps]])
        if not described:
            where = "is not described at all" if operation is None else f"describes no {parameters.header}"
            faults.append(f"{served.name} {where}")
        if not steps and served.lost and (served.pipeline.lost or served.steps(parameters.calls)):
            hidden.append(served)
        elif not steps:
            faults.append(f"{served.name} has no {' or '.join(parameters.calls)}")
    judged = digest([subject.name, rows])
    places = [served.route.location for served in mutations]
    if faults:
        return unmet(f"{listed(faults)}.", judged, places)
    lost = [*lost_of(sources, subject), *(each for served in hidden for each in served.lost)]
    if lost:
        return _unseen(lost, [], "what stands around each mutation", judged)
    if not mutations:
        return not_applicable(f"No route of {subject.name} changes anything ({', '.join(parameters.methods)}).", judged)
    return met(f"{len(mutations)} mutations take {parameters.header} and honour it.", judged, places)


def _mutations(sources: Sources, subject: Subject, methods: list[str], steps: frozenset[str]) -> list[ServedRoute]:
    return [each for each in routes_of(sources, subject, steps) if each.route.method in (*methods, "ALL")]


def _doubts(told: Mapping[str, Audited], name: str) -> list[object]:
    found = told.get(name)
    return [] if found is None or found.doubt is None else [found.doubt.why]


def _takes(operation: Operation, header: str) -> bool:
    """Whether a parameter of the operation or of its path is that header, whatever its case; references followed."""
    resolve = operation.spec.references.resolve
    item = operation.spec.references.at(operation.pointer.rpartition("/")[0])
    listed_there = [*(operation.data.get("parameters") or ()), *(mapping(item).get("parameters") or ())]
    for each in listed_there:
        found = mapping(resolve(each, operation.pointer)[0])
        if found.get("in") == "header" and str(found.get("name")).casefold() == header.casefold():
            return True
    return False


def _registry(sources: Sources, parameters: MutationsWriteAudit) -> set[str] | None:
    """The registered values; None where no registry is declared or it is not there."""
    if parameters.file is None or parameters.name is None or not sources.exists(parameters.file):
        return None
    members = exported_members(sources, parameters.file, parameters.name)
    texts = {text_of(sources.code(), placed) for placed in members.entries.values()}
    return None if members.lost else {*(text for text in texts if text is not None), *members.entries}


def _unseen(lost: list[Lost], unread: list[Location], what: str, judged: str) -> Finding:
    places = [*(Location(each.path, each.line) for each in lost), *unread]
    why = f" ({lost[0].why})" if lost else ""
    message = f"It cannot be told {what} at {places[0].path}:{places[0].line}{why}; write it with plain names."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
