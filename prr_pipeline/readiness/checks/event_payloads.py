"""Tests that hold producer and schema together: the schema accepts a payload that the producer's code built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.discovery import at_key, manifest_of, service_names
from prr_pipeline.readiness.event_calls import Publishers, Publishing, published_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.members import exported_members
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.payload_origin import Origin, origin_of
from prr_pipeline.readiness.payload_tests import AcceptForms, Accepting, accepting_calls
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Reported, source_of
from prr_pipeline.readiness.requests_made import functions_of
from prr_pipeline.readiness.sent_payloads import is_sent
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.tested_files import cases_by_file
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.repository.typescript.cases import SourceCase, cases_in
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.subjects import Subject


class PayloadIsAccepted(Parameters):
    """``registry`` and ``name``: the schemas by event. ``accepting``: methods of a schema; ``validating``: functions
    that take the event's name. ``code``: a service's code, of which ``calls`` and ``outbox`` publish; ``key``: where a
    manifest lists what its service publishes. ``assertions``: what an assertion begins with."""

    registry: str
    name: str
    accepting: list[str]
    validating: list[str]
    assertions: list[str]
    code: str
    key: str
    calls: list[str]
    outbox: str | None = None
    artefact: str
    tests: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """An accepting call, where its payload comes from, and the reported cases that run it."""

    accepting: Accepting
    origin: Origin
    sent: bool | None = None
    """Whether the producer publishes what was built: None where it cannot be told, and for what was captured."""
    cases: tuple[Reported, ...] = ()

    @property
    def place(self) -> Location:
        return Location(self.accepting.path, self.accepting.site.line, self.accepting.site.callee)


@check("event_schema_accepts_tested_payload", PayloadIsAccepted)
def event_schema_accepts_tested_payload(
    sources: Sources, facts: Facts, subject: Subject, parameters: PayloadIsAccepted
) -> Finding:
    """A passed case lets the event's schema accept a payload that the code of the event's producer built.

    What the test itself wrote says how the test sees the event. Where a payload was captured, such as a row of the
    outbox, it counts if the file runs the producer's code.
    """
    forms = AcceptForms(frozenset(parameters.accepting), frozenset(parameters.validating), tuple(parameters.assertions))
    schema = _schema(sources, subject, parameters)
    found = accepting_calls(sources, parameters.tests, forms)
    calls = (*found.by_key.get((schema.path, schema.expression.line), ()), *found.by_key.get(subject.name, ()))
    asserting = [each for each in calls if each.asserts]
    producers = _producers(sources, subject, parameters) if asserting else ()
    places = [each for code in producers for each in published_in(sources, code, _publishers(parameters)).places]
    seen = [_traced(sources, subject, each, producers, places) for each in asserting]
    ran = [
        replace(each, cases=tuple(_cases(sources, facts, each.accepting, parameters)))
        for each in seen
        if each.origin in ("built", "captured")
    ]
    judged = digest([subject.name, schema.path, sorted({each.path for each in calls})])
    return _finding(subject, calls, seen, ran, found.lost, judged)


def _traced(
    sources: Sources, subject: Subject, accepting: Accepting, producers: Sequence[str], places: Sequence[Publishing]
) -> _Judged:
    """Where the payload comes from; what was built must also be what is published."""
    origin, builders = origin_of(sources, accepting.path, accepting.payload, accepting.site.start, producers)
    if origin != "built":
        return _Judged(accepting, origin)
    # A place of which the event cannot be told may publish this one as well.
    told = [(each.event, is_sent(sources, each, builders)) for each in places if each.event in (subject.name, None)]
    sent = True if (subject.name, True) in told or (None, True) in told else None
    if told and all(each == (subject.name, False) for each in told):
        sent = False
    return _Judged(accepting, origin, sent)


def _finding(
    subject: Subject,
    calls: Sequence[Accepting],
    seen: Sequence[_Judged],
    ran: Sequence[_Judged],
    lost: Sequence[Lost],
    judged: str,
) -> Finding:
    failed = [each for each in ran if any(case.case.outcome is CaseOutcome.FAILED for case in each.cases)]
    passed = [each for each in ran if any(case.case.outcome is CaseOutcome.PASSED for case in each.cases)]
    if failed:
        message = f"The schema of {subject.name} refused what its producer builds, or the test of it failed; mend it."
        return unmet(message, judged, [each.place for each in failed])
    apart = [each for each in passed if each.origin == "built" and each.sent is not True]
    if passed and len(apart) == len(passed):
        return _apart(subject, apart, judged)
    if passed:
        passed = [each for each in passed if each not in apart]
        titles = listed(sorted({case.case.title for each in passed for case in each.cases})[:3])
        message = f"The schema of {subject.name} accepts what its producer builds: {titles}."
        return met(message, judged, [each.place for each in passed])
    unseen = [each.place for each in seen if each.origin == "unseen"]
    if unseen or lost:
        at = [*unseen, *(Location(each.path, each.line) for each in lost)]
        message = f"Whether a test lets the schema of {subject.name} accept the producer's payload cannot be told at"
        return unknown(
            Reason.NOT_RESOLVABLE, f"{message} {at[0].path}:{at[0].line}; build it by a plain call.", judged, at
        )
    places = [*(each.place for each in seen), *(Location(each.path, each.site.line) for each in calls)]
    message = f"No passed test lets the schema of {subject.name} accept what its producer builds"
    return unmet(f"{message}: {_why(calls, seen, ran)}.", judged, list(dict.fromkeys(places)))


def _apart(subject: Subject, apart: Sequence[_Judged], judged: str) -> Finding:
    """What is said where the tests let the schema accept what is not seen to be published."""
    places = [each.place for each in apart]
    if all(each.sent is False for each in apart):
        message = (
            f"The tests let the schema of {subject.name} accept what its producer builds and does not publish; publish "
            "what the tested function builds."
        )
        return unmet(message, judged, places)
    message = (
        f"Whether what is built at {places[0].path}:{places[0].line} is what is published as {subject.name} cannot be "
        "told; publish it by a plain call that is handed what that function builds."
    )
    return unknown(Reason.NOT_RESOLVABLE, message, judged, places)


def _publishers(parameters: PayloadIsAccepted) -> Publishers:
    return Publishers(frozenset(parameters.calls), parameters.outbox)


def _why(calls: Sequence[Accepting], seen: Sequence[_Judged], ran: Sequence[_Judged]) -> str:
    if ran:
        skipped = any(each.cases for each in ran)
        return (
            "the case that does was skipped; let it run" if skipped else "the case that does did not run; let CI run it"
        )
    if seen:
        return "the tests parse what they wrote themselves; build the payload by the producer's own function"
    if calls:
        return "the tests assert no acceptance; parse the payload, or assert that success is true"
    return "no test parses anything with it; add one that builds the payload as the producer does"


def _schema(sources: Sources, subject: Subject, parameters: PayloadIsAccepted) -> Found:
    """The definition of the event's schema. Raises `NotSeen` where the registry does not lead to one."""
    members = exported_members(sources, parameters.registry, parameters.name)
    placed = members.entries.get(subject.name)
    if placed is None:
        message = f"{parameters.name} has no plain entry for {subject.name}, so no schema can be tested; register it."
        raise NotSeen(Reason.NO_EVIDENCE, message, [members.location()])
    found = sources.code().follow(placed.path, placed.value, placed.at)
    if not isinstance(found, Found):
        message = f"What {parameters.name} holds for {subject.name} could not be followed; import a schema."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [members.location(subject.name)])
    return found


def _producers(sources: Sources, subject: Subject, parameters: PayloadIsAccepted) -> tuple[str, ...]:
    """Globs of the code that publishes the event: of services that declare it, else of those that are seen to."""
    names = service_names(sources)
    declaring = [name for name in names if subject.name in _listed(sources, name, parameters.key)]
    if not declaring:
        for name in names:
            places = published_in(sources, _code_of(name, parameters), _publishers(parameters)).places
            declaring += [name] if any(each.event == subject.name for each in places) else []
    if not declaring:
        message = f"No service publishes {subject.name} or declares it under {parameters.key}; name its producer there."
        raise NotSeen(Reason.NOT_DECLARED, message)
    return tuple(_code_of(name, parameters) for name in declaring)


def _listed(sources: Sources, service: str, key: str) -> Sequence[object]:
    try:
        value = at_key(manifest_of(sources, service), key)
    except PrrError:
        return ()
    return value if isinstance(value, list) else ()


def _code_of(service: str, parameters: PayloadIsAccepted) -> str:
    return parameters.code.replace("{service}", service)


def _cases(sources: Sources, facts: Facts, accepting: Accepting, parameters: PayloadIsAccepted) -> Iterator[Reported]:
    """The reported cases whose own code, or a helper of the file that they call, holds the call."""
    module = sources.code().module(accepting.path)
    held = {case.line: case for case in cases_in(module) if _holds(sources, case, accepting.site.start)}
    for each in cases_by_file(sources, facts, parameters.artefact, parameters.tests).get(accepting.path, ()):
        source = source_of(sources, each)
        if source is not None and source.line in held:
            yield each


def _holds(sources: Sources, case: SourceCase, at: int) -> bool:
    for function, path in functions_of(sources, case.path, case.body):
        if path != case.path:
            continue
        if function.start <= at < function.end:
            return True
        for site in sources.code().module(path).calls_in(function):
            helper = sources.code().follow(path, site.call.callee, site.start)
            inner = helper.expression if isinstance(helper, Found) and helper.path == path else None
            if isinstance(inner, Function) and inner.start <= at < inner.end:
                return True
    return False
