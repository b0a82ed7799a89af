"""Whether the canary for personal data knows every personal field that is new since the previous minor, and ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.personal_fields import Marking, personal_fields
from prr_pipeline.readiness.previous_minor import FirstVersion, NoBaseline, baseline_of
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, cases_of, flaky_titles, places_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.typescript.literals import Literal
from prr_pipeline.subjects import Subject


class CanaryCoversNewFields(Parameters):
    """How the spec marks personal fields, the literal of canaries, and the tests that send them.

    ``operation_fields``, ``field_fields``: fields of an entry that name an operation and a field of it.
    """

    prefix: str
    extension: str
    fields_key: str
    none_words: list[str] = field(default_factory=list)
    canary: str
    canary_name: str
    operation_fields: list[str]
    field_fields: list[str]
    artefact: str
    tests: str
    canary_tests: str


@check("canary_covers_new_fields", CanaryCoversNewFields)
def canary_covers_new_fields(
    sources: Sources, facts: Facts, subject: Subject, parameters: CanaryCoversNewFields
) -> Finding:
    """Each personal field that the previous minor did not have has a canary, and the canary's test passed."""
    operation = sources.operation(subject)
    words = frozenset(word.lower() for word in parameters.none_words)
    marking = Marking(parameters.prefix + parameters.extension, parameters.fields_key, words)
    now = personal_fields(operation, marking)
    before, version = _before(sources, subject, marking)
    new = {name: place for name, place in now.items() if name not in before}
    sets = {"fields": list(now), "previous": sorted(before), "previous_version": version or "none"}
    if not new:
        since = f"since {version}" if version else "at all"
        message = f"{subject.name} has no new personal field {since} ({listed(list(now)) or 'it has none'})."
        here = Location(operation.spec.path, operation.line, subject.name)
        return not_applicable(message, digest([subject.name, list(now), sorted(before)]), [here], **sets)
    if not sources.exists(parameters.canary):
        message = f"{parameters.canary} does not exist; write canaries for {listed(list(new))}."
        return unmet(message, digest([subject.name, list(new)]), [Location(parameters.canary)], **sets)
    literal = sources.literal(parameters.canary, parameters.canary_name)
    known = _canaries(literal, subject.name, parameters)
    missing = [name for name in new if name not in known]
    judged = digest([subject.name, list(now), sorted(before), missing])
    if missing:
        return _uncovered(literal, missing, judged, [new[name] for name in missing], sets)
    return _ran(sources, facts, subject, parameters, judged, {**sets, "new": list(new)})


def _before(sources: Sources, subject: Subject, marking: Marking) -> tuple[frozenset[str], str | None]:
    """The personal fields of the previous minor, and which one that is; none of both where this minor is the first."""
    try:
        baseline = baseline_of(sources)
    except FirstVersion:
        return frozenset(), None
    except NoBaseline as fault:
        raise NotSeen(Reason.NO_BASELINE, str(fault)) from None
    spec = parse_spec(baseline.base)
    if subject.name not in spec.operations:
        return frozenset(), baseline.version
    return frozenset(personal_fields(spec.operation(subject.name), marking)), baseline.version


def _canaries(literal: Literal, operation: str, parameters: CanaryCoversNewFields) -> frozenset[str]:
    """The fields of the operation that have a canary.

    Entries are objects (one without an operation counts for all), texts ``operation.field``, or lists by operation.
    """
    found: set[str] = set()
    for entry in literal.entries:
        value = entry.value
        if isinstance(value, str) and literal.kind == "array":
            found |= {value.removeprefix(f"{operation}.")} if value.startswith(f"{operation}.") else set()
        elif literal.kind == "object" and entry.key == operation:
            found |= set(_names(value))
        elif isinstance(value, Mapping):
            names = [value[name] for name in parameters.operation_fields if name in value]
            if not names or operation in names:
                found |= {text for name in parameters.field_fields if isinstance(text := value.get(name), str)}
    return frozenset(found)


def _names(value: object) -> Iterator[str]:
    """The fields under an operation: a list of names, or a mapping by name."""
    if isinstance(value, list | Mapping):
        yield from (name for name in value if isinstance(name, str))


def _uncovered(
    literal: Literal, missing: list[str], judged: str, places: list[Location], sets: Mapping[str, object]
) -> Finding:
    place = Location(literal.path, literal.line, literal.name)
    if literal.gaps:
        gap = literal.gaps[0]
        message = (
            f"{literal.name} in {literal.path} has no plain canary for {listed(missing)}, and line {gap.line} "
            f"({gap.source}) is told only by running it; write the canaries out."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [place, *places], **sets)
    message = f"{literal.name} in {literal.path} has no canary for {listed(missing)}; add one each."
    return unmet(message, judged, [place, *places], **sets)


def _ran(
    sources: Sources,
    facts: Facts,
    subject: Subject,
    parameters: CanaryCoversNewFields,
    judged: str,
    values: Mapping[str, object],
) -> Finding:
    """Whether the canary's own test of this operation ran and passed at the judged code."""
    cases = cases_of(sources, facts, subject, parameters.artefact, parameters.tests, parameters.canary_tests)
    fault = Demand("the canary's test", cases).fault
    if fault is not None:
        message = f"The canaries of {subject.name} are there, but {fault} in {parameters.canary_tests}; run it green."
        places = places_of(sources, cases) or [Location(parameters.canary)]
        return unmet(message, digest([judged, fault.partition(" (")[0]]), places, **values)
    message = f"The canary covers each field that is new since {values['previous_version']}, and its test passed."
    return met(message, judged, places_of(sources, cases), **values, flaky=flaky_titles(cases))
