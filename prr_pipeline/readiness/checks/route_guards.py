"""Who may call a route: a scope on each, scopes that exist, and the gate in front of health data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.members import exported_members, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_routes import (
    Scope,
    ServedRoute,
    lost_of,
    operation_at,
    operations_of,
    routes_of,
    scopes_of,
)
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.subjects import Subject, SubjectKind


class RoutesRequireScope(Parameters):
    """``guard``: the middleware that asks for a scope. ``open``: routes that want none, with the reason."""

    guard: str
    open: dict[str, str]


class UsedScopesAreExported(Parameters):
    """``guard`` asks for scopes; ``file`` exports them all as the object ``name``."""

    guard: str
    file: str
    name: str


class PhiHasGate(Parameters):
    """``resources``: what scopes on health data end with. ``gate``: the middleware that must stand there too."""

    guard: str
    resources: list[str]
    gate: str


@check("routes_require_scope", RoutesRequireScope)
def routes_require_scope(sources: Sources, _facts: Facts, subject: Subject, parameters: RoutesRequireScope) -> Finding:
    """Every route asks for a scope that is a constant, itself or through a prefix, or is declared open."""
    routes = routes_of(sources, subject, frozenset({parameters.guard}))
    guarded, opened, bare, hidden = [], [], [], []
    rows = []
    for served in routes:
        scopes = scopes_of(sources, served, {parameters.guard})
        rows.append([served.name, [scope.value or scope.constant for scope in scopes if scope.sure]])
        if any(scope.value is not None and scope.sure for scope in scopes):
            guarded.append(served)
        elif served.is_one_of(parameters.open):
            opened.append(served)
        elif served.pipeline.lost or scopes:
            hidden.append(served)
        else:
            bare.append(served)
    judged = digest([subject.name, list[object](rows)])
    if bare:
        names = listed([served.name for served in bare])
        message = f"{names}: no {parameters.guard} stands in front; ask for a scope there or on the prefix."
        return unmet(message, judged, [served.route.location for served in bare])
    lost = lost_of(sources, subject)
    if hidden or lost:
        return _hidden(hidden, lost, f"a {parameters.guard} with a constant scope", judged)
    values = {served.name: _reason(served, parameters.open) for served in opened}
    message = f"{len(guarded)} routes ask for a scope (seen in the code, not run), {len(opened)} are declared open."
    return met(message, judged, [served.route.location for served in routes], open_routes=values)


@check("used_scopes_are_exported", UsedScopesAreExported)
def used_scopes_are_exported(
    sources: Sources, _facts: Facts, subject: Subject, parameters: UsedScopesAreExported
) -> Finding:
    """Every scope that a route of the service asks for is one of the platform's."""
    exported = exported_members(sources, parameters.file, parameters.name)
    known = {text_of(sources.code(), placed) for placed in exported.entries.values()}
    routes = routes_of(sources, subject, frozenset({parameters.guard}))
    scopes = [scope for served in routes for scope in scopes_of(sources, served, {parameters.guard})]
    judged = digest([subject.name, sorted({scope.value or scope.constant for scope in scopes})])
    strange = [scope for scope in scopes if _is_strange(scope, known, parameters)]
    if strange and not exported.lost:
        names = listed(sorted({f"{scope.value or scope.constant} ({_at(scope)})" for scope in strange}))
        message = f"{parameters.name} in {parameters.file} lacks {names}; export what is used."
        return unmet(message, judged, [scope.place for scope in strange])
    hidden = [scope for scope in scopes if scope.value is None]
    lost = [*lost_of(sources, subject), *(each for served in routes for each in served.pipeline.lost)]
    if hidden or lost or strange:
        places = [*(scope.place for scope in hidden or strange), *(Location(each.path, each.line) for each in lost)]
        where = f"{places[0].path}:{places[0].line}"
        message = f"Which scopes are used cannot be told at {where}; name constants of {parameters.name}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    if not scopes:
        return not_applicable(f"No route of {subject.name} asks for a scope.", judged, [routes[0].route.location])
    return met(
        f"{parameters.name} has all {len({each.value for each in scopes})} scopes that are used.",
        judged,
        [scope.place for scope in scopes],
    )


@check("phi_has_gate", PhiHasGate)
def phi_has_gate(sources: Sources, _facts: Facts, subject: Subject, parameters: PhiHasGate) -> Finding:
    """Each route whose scope opens health data has the gate in its chain too."""
    names = frozenset({parameters.guard, parameters.gate})
    asked = _asked(sources, subject, routes_of(sources, subject, names))
    scopes = {served.name: scopes_of(sources, served, {parameters.guard}) for served in asked}
    rows: list[object] = [
        [name, sorted(scope.value or scope.constant for scope in found)] for name, found in sorted(scopes.items())
    ]
    judged = digest([str(subject), rows])
    sensitive = [served for served in asked if any(_is_phi(scope, parameters) for scope in scopes[served.name])]
    bare = [served for served in sensitive if not served.sure({parameters.gate})]
    certain = [served for served in bare if not served.pipeline.lost and not served.steps({parameters.gate})]
    if certain:
        found_bare = listed([served.name for served in certain])
        message = f"{found_bare}: health data without {parameters.gate}; put it in the chain."
        return unmet(message, judged, [served.route.location for served in certain])
    doubtful = [served for served in asked if served.pipeline.lost and served not in sensitive]
    doubtful += [served for served in asked if any(scope.value is None for scope in scopes[served.name])]
    lost = lost_of(sources, subject) if subject.kind is SubjectKind.SERVICE else ()
    if bare or doubtful or lost:
        return _hidden([*bare, *doubtful], lost, f"the scopes and a {parameters.gate}", judged)
    places = [served.route.location for served in sensitive or asked]
    if not sensitive:
        found = sorted({scope.value or "" for each in scopes.values() for scope in each})
        return not_applicable(f"No scope opens health data ({listed(found) or 'no scope'}).", judged, places)
    return met(f"{len(sensitive)} routes with health data stand behind {parameters.gate}.", judged, places)


def _asked(sources: Sources, subject: Subject, routes: Sequence[ServedRoute]) -> list[ServedRoute]:
    """All routes of a service; of an endpoint, the one that serves it."""
    if subject.kind is SubjectKind.SERVICE:
        return list(routes)
    operation = sources.operation(subject)
    service = subject.name.partition("/")[0]
    found = [each for each in routes if operation_at(operations_of(sources, service), each.route) is operation]
    return found or [each for each in routes if operation_at({"": operation}, each.route) is not None]


def _is_phi(scope: Scope, parameters: PhiHasGate) -> bool:
    return (scope.value or "").partition(":")[2] in parameters.resources


def _is_strange(scope: Scope, known: set[str | None], parameters: UsedScopesAreExported) -> bool:
    """A scope of no export: a text that is none of them, or a member that the object does not have."""
    if scope.value is not None:
        return scope.value not in known
    return scope.constant.startswith(f"{parameters.name}.")


def _reason(served: ServedRoute, opened: Mapping[str, str]) -> str:
    return next(reason for pattern, reason in opened.items() if served.is_one_of([pattern]))


def _hidden(routes: Sequence[ServedRoute], lost: Sequence[Lost], wanted: str, judged: str) -> Finding:
    places = [each for served in routes for each in served.lost] or list(lost)
    if not places:
        served = routes[0]
        message = f"{served.name}: {wanted} cannot be told there; name a constant."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [served.route.location])
    first, name = places[0], routes[0].name if routes else "a route"
    where = f"at {first.path}:{first.line} {first.why}"
    message = f"Whether {name} has {wanted} cannot be told: {where}; compose it from plain names."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in places])


def _at(scope: Scope) -> str:
    return f"{scope.place.path}:{scope.place.line}"
