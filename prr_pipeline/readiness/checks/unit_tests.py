"""Unit tests of service classes: each exported class is used by a test file that CI ran."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, Reported, places_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import Replacers, names_called, own_side, ran_files, replaced_in
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Class, Expression, Member, Name
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File
from prr_pipeline.subjects import Subject


class ServiceClassesHaveUnitTests(Parameters):
    """``classes``: the files that export them. ``code``: everything that is tested. ``tests``: a glob of all test
    files, ``files`` of those of the service. ``mock_calls``: what replaces a module, such as ``vi.mock``."""

    classes: str
    code: str
    artefact: str
    tests: str
    files: str
    mock_calls: list[str]


@dataclass(frozen=True, slots=True)
class _Class:
    """An exported class: the file and line that define it."""

    name: str
    path: str
    line: int

    @property
    def place(self) -> Location:
        return Location(self.path, self.line, self.name)


@check("service_classes_have_unit_tests", ServiceClassesHaveUnitTests)
def service_classes_have_unit_tests(
    sources: Sources, facts: Facts, subject: Subject, parameters: ServiceClassesHaveUnitTests
) -> Finding:
    """Each class that the service's class files export is used by a test file whose cases passed.

    A test file that replaces the file of a class by another shows nothing of it.
    """
    pattern, lost = sources.fill(parameters.classes, subject), list[Lost]()
    classes = sorted(_exported(sources, pattern, lost), key=lambda each: (each.path, each.line))
    names = sorted(each.name for each in classes)
    if not classes and not lost:
        message = f"No file of {pattern} exports a class; export the service's classes there."
        return unknown(Reason.NO_EVIDENCE, message, digest([subject.name, []]))
    unread = list[Lost]()
    used = _used(sources, facts, subject, parameters, unread)
    demands = {each: Demand(each.name, tuple(used.get((each.path, each.line), ()))) for each in classes}
    faults = {each: demand.fault for each, demand in demands.items() if demand.fault is not None}
    judged = digest([subject.name, list[object](names), sorted(each.name for each in faults)])
    certain = {each: fault for each, fault in faults.items() if demands[each].cases or not unread}
    if certain:
        message = (
            f"{subject.name} lacks a passed unit test of {listed(list(certain.values()))}; write one that uses it."
        )
        return unmet(message, judged, [each.place for each in certain], classes=names)
    lost += unread if faults else []
    if lost:
        return _hidden(subject, lost, judged)
    places = [place for demand in demands.values() for place in places_of(sources, demand.cases[:1])]
    return met(f"Passed tests use {listed(names)}.", judged, places, classes=names)


def _hidden(subject: Subject, lost: Sequence[Lost], judged: str) -> Finding:
    where = f"{lost[0].path}:{lost[0].line}" if lost[0].line else lost[0].path
    message = f"Whether all classes of {subject.name} have tests cannot be told: at {where} {lost[0].why.rstrip('.')}."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in lost])


def _exported(sources: Sources, pattern: str, lost: list[Lost]) -> Iterator[_Class]:
    code = sources.code()
    for path in sources.paths(pattern):
        try:
            names = [*code.module(path).exports, *_passed_on(sources, path, lost)]
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
            continue
        for name in names:
            found = code.exported(path, name)
            if isinstance(found, Lost):
                lost += [found] if code.type_of(path, name) is None else []
            elif isinstance(found, Found) and isinstance(found.expression, Class):
                yield _Class(found.expression.name or name, found.path, found.expression.line)


def _passed_on(sources: Sources, path: str, lost: list[Lost]) -> Iterator[str]:
    """The names of ``export * from``."""
    for star in sources.code().module(path).star_exports:
        target = sources.code().resolve(path, star.specifier or "")
        if isinstance(target, File):
            yield from (name for name in sources.code().module(target.path).exports if name != "default")
        else:
            lost.append(Lost(f"what {star.specifier!r} exports cannot be told", path, star.line))


def _used(
    sources: Sources, facts: Facts, subject: Subject, parameters: ServiceClassesHaveUnitTests, lost: list[Lost]
) -> Mapping[tuple[str, int], list[Reported]]:
    """The cases of the test files that use a class, by its file and line."""
    code, files = sources.fill(parameters.code, subject), sources.fill(parameters.files, subject)
    replacers = Replacers(frozenset(parameters.mock_calls))
    found: dict[tuple[str, int], list[Reported]] = defaultdict(list)
    for test in ran_files(sources, facts, parameters.artefact, parameters.tests, files):
        try:
            side = own_side(sources, test.path, code)
            for key in set(_classes_in(sources, side, _replaced(sources, side, replacers))):
                found[key] += test.cases
        except PrrError as fault:
            lost.append(Lost(str(fault), test.path, 0))
    return found


def _replaced(sources: Sources, side: Iterable[str], replacers: Replacers) -> set[str]:
    return {each.target.path for each in replaced_in(sources, side, replacers) if isinstance(each.target, File)}


def _classes_in(sources: Sources, paths: Iterable[str], replaced: set[str]) -> Iterator[tuple[str, int]]:
    for path in paths:
        module = sources.code().module(path)
        for expression in _candidates(module):
            found = sources.code().follow(path, expression)
            if isinstance(found, Found) and isinstance(found.expression, Class) and found.path not in replaced:
                yield found.path, found.expression.line


def _candidates(module: Module) -> Iterator[Expression]:
    """What stands first where something is called, constructed or given to a call: ``Grants``, or ``all.Grants``."""
    names = dict.fromkeys(names_called(module))
    wholes = {local for each in module.imports for local, name in each.names.items() if name == "*"}
    types = {local for each in module.imports if each.kind == "type" for local in each.names}
    for name, member in names:
        if name in types:
            continue
        if name in wholes and member is not None:
            yield Member(Name(name, 0), member, 0)
        elif name not in wholes:
            yield Name(name, 0)
