"""What the sources of tests do: a property test for each operation that bears invariants, and that it ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Reported, cases_of, places_of, source_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import MISSING, Operation
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.repository.typescript.cases import SourceCase
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function
from prr_pipeline.subjects import Subject


class TestSourceHas(Parameters):
    """``marker``: the operation's extension that lists what the test is for. ``calls`` and ``makers``:
    ``package#name``; a test must call one of each. ``harness``: a file whose exports count as makers."""

    __test__ = False

    artefact: str
    tests: str
    marker: str
    calls: list[str]
    makers: list[str]
    harness: str | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The reported cases that hold, and sentences on what could not be read."""

    holding: tuple[Reported, ...]
    lost: tuple[str, ...]


@check("test_source_has", TestSourceHas)
def test_source_has(sources: Sources, facts: Facts, subject: Subject, parameters: TestSourceHas) -> Finding:
    """If the operation lists invariants, a test that names it asserts a property over generated input, and passed.

    An operation that bears none says so with an empty list. One that says nothing is not declared: else whoever
    forgets the list would be free of the test.
    """
    operation = sources.operation(subject)
    here = Location(operation.spec.path, operation.line, subject.name)
    judged = sources.subject_digest(subject)
    bears = _bears(operation, parameters.marker)
    if bears is None:
        message = (
            f"{subject.name} does not say whether it bears invariants; list them under {parameters.marker}, or write "
            "an empty list if it bears none."
        )
        return unknown(Reason.NOT_DECLARED, message, judged, [here])
    if not bears:
        message = f"{subject.name} is declared to bear no invariant ({parameters.marker} is empty)."
        return not_applicable(message, judged, [here])
    cases = cases_of(sources, facts, subject, parameters.artefact, parameters.tests)
    return _finding(sources, subject, parameters, _look(sources, cases, parameters), digest([judged, "bears"]), here)


def _finding(
    sources: Sources, subject: Subject, parameters: TestSourceHas, seen: _Seen, judged: str, here: Location
) -> Finding:
    failed = [each for each in seen.holding if each.case.outcome is CaseOutcome.FAILED]
    passed = [each for each in seen.holding if each.case.outcome is CaseOutcome.PASSED]
    values = {"property_tests": len(passed)}
    if failed:
        message = f"A property of {subject.name} does not hold: {failed[0].case.title!r} failed; mend the code."
        return unmet(message, judged, places_of(sources, failed), **values)
    if passed:
        message = f"Properties of {subject.name} were tested and hold: {listed([each.case.title for each in passed])}."
        return met(message, judged, places_of(sources, passed), **values)
    if seen.holding:
        message = f"The property tests of {subject.name} were skipped ({seen.holding[0].case.title!r}); let them run."
        return unmet(message, judged, places_of(sources, seen.holding), **values)
    if seen.lost:
        message = f"No property test of {subject.name} was found, and not all could be read: {seen.lost[0]}"
        return unknown(Reason.UNREADABLE, message, judged, [here], **values)
    forms = listed([*parameters.makers, *([parameters.harness] if parameters.harness else [])])
    message = (
        f"{subject.name} lists invariants, and no test whose title names it asserts a property ({forms}); write one "
        "for each invariant."
    )
    return unmet(message, judged, [here], **values)


def _bears(operation: Operation, marker: str) -> bool | None:
    """Whether the marker lists anything; None where it is absent or says nothing."""
    value: Any = operation.extension(marker)
    if value is MISSING or value is None:
        return None
    if isinstance(value, str):
        return bool(value.strip()) or None
    return bool(value)


def _look(sources: Sources, cases: Sequence[Reported], parameters: TestSourceHas) -> _Seen:
    holding, lost = [], []
    for reported in cases:
        try:
            case = source_of(sources, reported)
            if case is not None and _asserts(sources, case, parameters):
                holding.append(reported)
        except PrrError as fault:
            lost.append(str(fault))
    return _Seen(tuple(holding), tuple(lost))


def _asserts(sources: Sources, case: SourceCase, parameters: TestSourceHas) -> bool:
    """Whether the case calls an assertion on something that a maker made, itself or in a function that it calls."""
    if case.generated:
        specifiers = {each.specifier for each in sources.code().module(case.path).imports}
        return any(f"{specifier}#prop" in parameters.calls for specifier in specifiers)
    if case.body is None:
        return False
    called = set(_origins(sources, case.path, case.body, parameters.harness))
    made = called & set(parameters.makers) or (parameters.harness is not None and parameters.harness in called)
    return bool(made) and bool(called & set(parameters.calls))


def _origins(sources: Sources, path: str, body: Expression, harness: str | None) -> Iterator[str]:
    """What the body calls, and what functions of the repository do that it calls: ``package#name``, or the harness."""
    code = sources.code()
    start = body.callee if isinstance(body, Call) else body
    found = Found(path, body) if isinstance(body, Function) else code.follow(path, start)
    if not isinstance(found, Found) or not isinstance(found.expression, Function):
        return
    for function, at in _reached(sources, found.path, found.expression):
        for site in code.module(at).calls_in(function):
            target = code.follow(at, site.call.callee)
            if isinstance(target, Outside):
                yield f"{target.package}#{target.name.rpartition('.')[2]}"
            elif isinstance(target, Found) and target.path == harness:
                yield target.path


def _reached(sources: Sources, path: str, function: Function) -> Iterator[tuple[Function, str]]:
    """The function, and the functions of the repository that it calls by name."""
    yield function, path
    for site in sources.code().module(path).calls_in(function):
        target = sources.code().follow(path, site.call.callee)
        if isinstance(target, Found) and isinstance(target.expression, Function):
            yield target.expression, target.path
