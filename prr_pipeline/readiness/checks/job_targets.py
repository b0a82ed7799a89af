"""Whether a job calls an admin route that stands a second call: scope, idempotency, and a test that calls it twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.job_entries import job_entry, job_ids, texts_in
from prr_pipeline.readiness.job_targets import Serving, Target, serving_of, target_of
from prr_pipeline.readiness.mentions import Mentions
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.repeated_calls import asserts_the_repeat
from prr_pipeline.readiness.reported_cases import Demand, Reported, places_of, reported_cases
from prr_pipeline.readiness.routes import all_routes
from prr_pipeline.readiness.service_routes import ServedRoute, operation_at, operations_of, scopes_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.subjects import Subject, SubjectKind

_SCOPES = ("scope", "scopes")
_WORD = re.compile(r"[^\W_]+")


class JobTargetIsIdempotent(Parameters):
    """``file`` exports ``name``, the jobs with ``id_field`` and ``target_field``. ``prefix``: where admin routes lie.
    ``guard`` asks for a scope, ``idempotency`` makes a second call harmless. ``words``: beginnings of words of which
    one stands in the title of a test that calls twice; ``tests``: glob of all test files.
    """

    file: str
    name: str
    id_field: str
    target_field: str
    prefix: str
    guard: str
    idempotency: list[str]
    artefact: str
    tests: str
    words: list[str]


@check("job_target_is_idempotent", JobTargetIsIdempotent)
def job_target_is_idempotent(
    sources: Sources, facts: Facts, subject: Subject, parameters: JobTargetIsIdempotent
) -> Finding:
    """The job calls an admin route with a scope and an idempotency step, and a passed test calls that route twice."""
    entry = job_entry(sources, subject, parameters.file, parameters.name, parameters.id_field)
    here = Location(entry.path, entry.expression.line, subject.name)
    target = target_of(sources, entry, parameters.target_field)
    if target is None:
        message = f"{subject.name} names no endpoint under {parameters.target_field}; let it call an admin route."
        return unmet(message, digest([subject.name, None]), [here])
    if not target.path.startswith(parameters.prefix):
        message = f"{subject.name} calls {target.name}, no route under {parameters.prefix}; let it call an admin route."
        return unmet(message, digest([subject.name, target.name]), [here])
    steps = frozenset({parameters.guard, *parameters.idempotency})
    serving = serving_of(sources, target, steps)
    if serving is None:
        message = f"{subject.name} calls {target.name}, which no service registers; write the route."
        return unmet(message, digest([subject.name, target.name, None]), [here])
    foreign = _foreign_scope(sources, entry, serving, parameters)
    if foreign is not None:
        return unmet(f"{subject.name} {foreign}", digest([subject.name, target.name, foreign]), [here])
    return _judged(sources, facts, subject, parameters, target, serving)


def _foreign_scope(sources: Sources, entry: Found, serving: Serving, parameters: JobTargetIsIdempotent) -> str | None:
    """What is wrong where the entry asks for other scopes than those of the route; None where that is not certain."""
    asked = {each.value for each in scopes_of(sources, serving.route, {parameters.guard})}
    given = set(texts_in(sources, entry, _SCOPES))
    if not asked or not given or None in asked | given or asked <= given:
        return None
    wanted, had = (listed(sorted(each or "" for each in names)) for names in (asked, given))
    return f"asks for {had}, and {serving.route.name} of {serving.service} wants {wanted}; name that scope."


def _judged(
    sources: Sources,
    facts: Facts,
    subject: Subject,
    parameters: JobTargetIsIdempotent,
    target: Target,
    serving: Serving,
) -> Finding:
    route = serving.route
    lacking, hidden = _lacking(sources, route, parameters)
    row = [subject.name, target.name, serving.service, route.name, lacking]
    place = route.route.location
    if lacking:
        message = f"{route.name} of {serving.service} has no {listed(lacking)}; put it in the chain."
        return unmet(message, digest([*row, None]), [place])
    demand = _repeated(sources, facts, subject, parameters, serving)
    judged = digest([*row, demand.fault is None])
    places = [place, *places_of(sources, demand.cases[:1])]
    if demand.fault is not None:
        message = (
            f"{route.name} of {serving.service} lacks a passed test that calls it twice: {demand.fault}; write one "
            f"whose title names the route or {subject.name}, and says so ({listed(parameters.words)})."
        )
        return unmet(message, judged, places)
    if hidden is not None:
        return unknown(hidden.reason, str(hidden), judged, hidden.locations)
    message = f"{subject.name} calls {route.name} of {serving.service}: a scope, an idempotency step, and a test twice."
    return met(message, judged, places)


def _lacking(
    sources: Sources, route: ServedRoute, parameters: JobTargetIsIdempotent
) -> tuple[list[str], NotSeen | None]:
    """What certainly does not stand around the route, and why it cannot be told of the rest."""
    scopes = scopes_of(sources, route, {parameters.guard})
    missing = (
        [] if any(scope.value is not None and scope.sure for scope in scopes) else [f"{parameters.guard} with a scope"]
    )
    missing += [] if route.sure(parameters.idempotency) else [" or ".join(parameters.idempotency)]
    doubted = [*route.steps({parameters.guard}), *route.steps(parameters.idempotency)]
    lost = route.pipeline.lost or tuple(step.doubt for step in doubted if step.doubt is not None)
    if missing and lost:
        where = f"at {lost[0].path}:{lost[0].line} {lost[0].why}"
        message = f"Whether {route.name} has {listed(missing)} cannot be told: {where}; compose it from plain names."
        return [], NotSeen(Reason.NOT_RESOLVABLE, message, [Location(each.path, each.line) for each in lost])
    if missing and scopes and missing[0].startswith(parameters.guard):
        message = f"Which scope {route.name} asks for cannot be told at {_at(scopes[0].place)}; name a constant."
        return missing[1:], NotSeen(Reason.NOT_RESOLVABLE, message, [scopes[0].place])
    return missing, None


def _repeated(
    sources: Sources, facts: Facts, subject: Subject, parameters: JobTargetIsIdempotent, serving: Serving
) -> Demand:
    """The reported cases that name the job or its route, and say that it is called again. Raises `NotSeen`."""
    names = list(_names(sources, subject, parameters, serving))
    cases = reported_cases(sources, facts, parameters.artefact, parameters.tests)
    said = [each for each in cases if _says(each, names, parameters.words)]
    assertions = tuple(sources.profile.value("suites.assertions") or ())
    found = [each for each in said if asserts_the_repeat(sources, each, assertions)]
    silent = said and not found
    return Demand("an assertion after the second call" if silent else "a second call", tuple(found))


def _names(
    sources: Sources, subject: Subject, parameters: JobTargetIsIdempotent, serving: Serving
) -> Iterator[Mentions]:
    jobs = job_ids(sources, parameters.file, parameters.name, parameters.id_field)
    yield Mentions(subject.name, tuple(each for each in jobs if subject.name in each and each != subject.name))
    route = serving.route.route
    service = Subject(SubjectKind.SERVICE, serving.service)
    urls = {each.url for each in all_routes(sources, service)} - {route.url}
    yield Mentions(route.url, tuple(sorted(url for url in urls if route.url in url)))
    try:
        operation = operation_at(operations_of(sources, serving.service), route)
    except PrrError:
        return
    if operation is not None:
        yield Mentions(operation.operation_id)


def _says(reported: Reported, names: Sequence[Mentions], words: Sequence[str]) -> bool:
    """Whether a title names one of them, and has one of the words beside all names."""
    title = reported.case.title
    if not any(name.named_in(title) for name in names):
        return False
    for name in names:
        title = name.without(title)
    said = [word.casefold() for word in _WORD.findall(title)]
    return any(one.startswith(word.casefold()) for one in said for word in words)


def _at(place: Location) -> str:
    return f"{place.path}:{place.line}"
