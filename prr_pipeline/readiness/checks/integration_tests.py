"""Integration tests of routes: each route has a passed case, in a file where database and events are the real ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.asserted import asserts_nothing
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, Reported, places_of, source_of
from prr_pipeline.readiness.requests_made import MADE_UP, Request, Requesters, requests_named, requests_of, serves
from prr_pipeline.readiness.service_routes import ServedRoute, lost_of, routes_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import (
    RanFile,
    Replaced,
    Replacers,
    own_side,
    ran_files,
    replaced_in,
    set_up_files,
)
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Closure, Lost
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.packages import package_name
from prr_pipeline.repository.typescript.resolution import File
from prr_pipeline.subjects import Subject


class RoutesHaveRealTests(Parameters):
    """``real``: what must not be replaced, to the packages that are it; ``stand_ins``: packages that pretend to be.
    ``apart``: globs of routes that need no test, with the reason. ``requests``: calls that request a route.
    ``mock_calls`` and ``spy_calls``: what replaces a module, and what a member of one. ``set_up``: the test runner's
    configuration. ``assertions``: what an assertion begins with."""

    artefact: str
    tests: str
    files: str
    code: str
    real: dict[str, list[str]]
    stand_ins: list[str]
    mock_calls: list[str]
    spy_calls: list[str]
    requests: list[str]
    apart: dict[str, str]
    set_up: str
    assertions: list[str]


@dataclass(frozen=True, slots=True)
class _Tests:
    """The cases by route, those of files that prove nothing with the reason, and what could not be followed."""

    real: Mapping[str, list[Reported]]
    unreal: Mapping[str, list[str]]
    lost: Sequence[Lost]


@check("routes_have_real_tests", RoutesHaveRealTests, version=2)
def routes_have_real_tests(
    sources: Sources, facts: Facts, subject: Subject, parameters: RoutesHaveRealTests
) -> Finding:
    """A passed case requests each route, or names it, and asserts; its file replaces none of what must be real.

    What a test is given by hand instead of a module, such as a made-up client, cannot be seen.
    """
    routes = routes_of(sources, subject, frozenset())
    asked = [each for each in routes if not each.is_one_of(parameters.apart)]
    seen = _look(sources, facts, subject, parameters, routes)
    demands = {each.name: Demand(each.name, tuple(seen.real.get(each.name, ()))) for each in asked}
    faults = {name: _fault(demand, seen) for name, demand in demands.items() if demand.fault is not None}
    lost = [*lost_of(sources, subject), *(seen.lost if faults else ())]
    judged = digest([subject.name, sorted(demands), sorted(faults)])
    certain = [fault for name, fault in faults.items() if demands[name].cases or not seen.lost]
    places = [each.route.location for each in asked if each.name in faults]
    if certain:
        message = f"{subject.name} lacks a passed test against the real thing for {listed(certain)}; write one that"
        return unmet(f"{message} requests the route.", judged, places)
    if lost:
        return _hidden(subject, lost, judged)
    if not asked:
        message = f"Every route of {subject.name} is declared to need no test; there is nothing to see."
        return unknown(Reason.NO_EVIDENCE, message, judged, [each.route.location for each in routes])
    shown = [place for demand in demands.values() for place in places_of(sources, demand.cases[:1])]
    message = f"{len(asked)} routes have passed tests that replace no {' and no '.join(parameters.real)}"
    return met(f"{message} (seen in the code, not run).", judged, shown)


def _hidden(subject: Subject, lost: Sequence[Lost], judged: str) -> Finding:
    where = f"{lost[0].path}:{lost[0].line}" if lost[0].line else lost[0].path
    message = (
        f"Whether all routes of {subject.name} have real tests cannot be told: at {where} {lost[0].why.rstrip('.')}."
    )
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in lost])


def _fault(demand: Demand, seen: _Tests) -> str:
    """Why no real test passed; a test of the route that is none is told in place of its absence."""
    unreal = seen.unreal.get(demand.name)
    return f"{demand.name} ({unreal[0]})" if unreal and not demand.cases else demand.fault or ""


def _look(
    sources: Sources, facts: Facts, subject: Subject, parameters: RoutesHaveRealTests, routes: Sequence[ServedRoute]
) -> _Tests:
    code, files = sources.fill(parameters.code, subject), sources.fill(parameters.files, subject)
    needed = _needed(sources, code, parameters.real)
    real, unreal, lost = defaultdict[str, list[Reported]](list), defaultdict[str, list[str]](list), list[Lost]()
    set_up = set_up_files(sources, sources.fill(parameters.set_up, subject))
    for test in ran_files(sources, facts, parameters.artefact, parameters.tests, files):
        try:
            side = own_side(sources, test.path, code)
            found = _cases_by_route(sources, test, parameters, frozenset(side), routes)
            why = _unreal(sources, subject, test.path, [*side, *set_up], parameters, needed, lost) if found else None
        except PrrError as fault:
            lost.append(Lost(str(fault), test.path, 0))
            continue
        for route, cases in found.items():
            if why is None:
                real[route] += cases
            else:
                unreal[route].append(why)
    return _Tests(real, unreal, lost)


def _cases_by_route(
    sources: Sources,
    test: RanFile,
    parameters: RoutesHaveRealTests,
    side: frozenset[str],
    routes: Sequence[ServedRoute],
) -> Mapping[str, list[Reported]]:
    found: dict[str, list[Reported]] = defaultdict(list)
    by = Requesters(frozenset(parameters.requests), side)
    for each in test.cases:
        source = source_of(sources, each)
        if source is not None and asserts_nothing(sources, source, parameters.assertions, side):
            continue
        made = requests_of(sources, test.path, source.body, by) if source is not None else []
        named = requests_named(each.case.title) if MADE_UP not in made else []
        for route in {_served(routes, request) for request in (*made, *named)} - {None}:
            found[str(route)].append(each)
    return found


def _served(routes: Sequence[ServedRoute], request: Request) -> str | None:
    """The route that answers: of those that could, the one with the fewest parameters."""
    best: tuple[int, str] | None = None
    for each in routes:
        if request.method is None or each.route.method in (request.method, "ALL"):
            met_parts = serves(each.route.url, request.url)
            if met_parts is not None and (best is None or met_parts > best[0]):
                best = met_parts, each.name
    return best[1] if best is not None else None


def _needed(sources: Sources, code: str, real: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    """Of what must be real, that which the service's code uses at all."""

    def used() -> frozenset[str]:
        found: set[str] = set()
        for path in sources.paths(code):
            found |= _packages_of(sources, path)
        return frozenset(found)

    packages = sources.once("packages used", code, used)
    return {name: frozenset(each) for name, each in real.items() if packages & set(each)}


def _packages_of(sources: Sources, path: str) -> frozenset[str]:
    """The packages that a file imports at run time, by name; nothing for one that cannot be read."""
    try:
        module = sources.code().module(path) if path.endswith(SUFFIXES) else None
    except PrrError:
        return frozenset()
    imports = module.imports if module is not None else ()
    return frozenset(package_name(each.specifier) for each in imports if each.kind != "type")


def _unreal(
    sources: Sources,
    subject: Subject,
    path: str,
    side: Sequence[str],
    parameters: RoutesHaveRealTests,
    needed: Mapping[str, frozenset[str]],
    lost: list[Lost],
) -> str | None:
    """Why the cases of a test file prove nothing; None if all that must be real is. Adds to ``lost`` what hides it."""
    code = sources.fill(parameters.code, subject)
    replaced = replaced_in(sources, side, Replacers(frozenset(parameters.mock_calls), frozenset(parameters.spy_calls)))
    for name, packages in needed.items():
        for each in replaced:
            if _is_part(sources, each, packages):
                return f"{each.path}:{each.line} replaces the {name}"
            if _leads_to(sources, each, packages, code):
                return f"{each.path}:{each.line} replaces {each.specifier}, which leads to the {name}"
    for file in side if needed else ():
        pretending = sorted(_packages_of(sources, file) & set(parameters.stand_ins))
        if pretending:
            return f"{file} imports {pretending[0]}, which stands in for the real thing"
    gone = {each.target.path for each in replaced if isinstance(each.target, File)}
    closure = sources.code().closure(path, lambda each: each not in gone)
    reached = _reached(closure)
    for name, packages in needed.items():
        if not reached & packages:
            lost += closure.lost
            return f"{path} reaches no {name}"
    return None


def _is_part(sources: Sources, replaced: Replaced, packages: frozenset[str]) -> bool:
    """Whether what is replaced is one of the packages, or code that uses one itself."""
    if package_name(replaced.specifier) in packages:
        return True
    return isinstance(replaced.target, File) and bool(_packages_of(sources, replaced.target.path) & packages)


def _leads_to(sources: Sources, replaced: Replaced, packages: frozenset[str], code: str) -> bool:
    """Whether it is code of the service itself that reaches one of the packages when it runs."""
    if not isinstance(replaced.target, File) or not matches(code, replaced.target.path):
        return False
    edges = sources.code().closure(replaced.target.path, lambda each: matches(code, each)).edges
    return any(each.statement.kind != "type" and package_name(each.statement.specifier) in packages for each in edges)


def _reached(closure: Closure) -> frozenset[str]:
    return frozenset(package_name(each.statement.specifier) for each in closure.edges)
