"""Whether what an operation replaces, or a deprecated operation itself, has a plan with enough notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from posixpath import normpath
from typing import Any

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.checks.dated_records import day_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, not_applicable, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.naming import in_prose
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.repository.openapi import MISSING, Operation
from prr_pipeline.subjects import Subject

_EMPTY: tuple[object, ...] = (MISSING, None, False, "", {}, [])


class ReplacementIsPlanned(Parameters):
    """``plan``: where plans lie; its ``{words}`` stand for anything.

    ``replaces`` and ``replaced_by``: extensions that name operations. ``sunset``: extensions with a date, or a mapping
    that holds one. ``announced_fields``, ``sunset_fields``: keys of a plan's front matter (and of such a mapping).
    """

    plan: str
    replaces: list[str] = field(default_factory=list)
    replaced_by: list[str] = field(default_factory=list)
    sunset: list[str] = field(default_factory=list)
    plan_fields: list[str] = field(default_factory=list)
    announced_fields: list[str]
    sunset_fields: list[str]
    notice_days: int
    months: int = 0


@dataclass(frozen=True, slots=True)
class _Ending:
    """An operation that goes away, why we say so, and where the spec says it."""

    name: str
    why: str
    place: Location


@check("replacement_is_planned", ReplacementIsPlanned)
def replacement_is_planned(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ReplacementIsPlanned
) -> Finding:
    """A plan with dates exists for each operation that goes away because of this one, and for itself if deprecated."""
    operation = sources.operation(subject)
    endings = list(_endings(sources, operation, parameters))
    own = [subject.name, sorted([ending.name, ending.why] for ending in endings)]
    if not endings:
        asked = ["deprecated", *parameters.replaces, *parameters.replaced_by, *parameters.sunset]
        here = Location(operation.spec.path, operation.line, operation.operation_id)
        message = f"{subject.name} replaces nothing and is not deprecated: the specification has none of"
        return not_applicable(f"{message} {', '.join(asked)} for it.", digest(own), [here])
    plans = {ending.name: _plan_of(sources, ending.name, parameters) for ending in endings}
    known = {name: sources.snapshot.blob_id(plan.path) for name, plan in plans.items() if plan is not None}
    judged = digest([*own, known])
    faults = [fault for ending in endings for fault in _faults(sources, ending, plans[ending.name], parameters)]
    if faults:
        return unmet(f"{listed([text for text, _ in faults])}.", judged, [place for _, place in faults])
    places = [Location(plan.path) for plan in plans.values() if plan is not None]
    return met(f"The end of {listed(sorted(known))} is planned with its dates.", judged, places)


def _endings(sources: Sources, operation: Operation, parameters: ReplacementIsPlanned) -> Iterator[_Ending]:
    """What ends: once per operation and reason."""
    spec, name = operation.spec, operation.operation_id
    here = Location(spec.path, operation.line, name)
    for extension in parameters.replaces:
        for old in _texts(operation.extension(extension)):
            yield _Ending(old, f"{name} has {extension}: {old}", here)
    for other in spec.operations.values():
        for extension in parameters.replaced_by:
            if other.operation_id != name and name in _texts(other.extension(extension)):
                place = Location(spec.path, other.line, other.operation_id)
                yield _Ending(other.operation_id, f"{other.operation_id} has {extension}: {name}", place)
    marks = ["deprecated: true"] if operation.data.get("deprecated") is True else []
    marks += [each for each in (*parameters.replaced_by, *parameters.sunset) if operation.extension(each) not in _EMPTY]
    if marks:
        yield _Ending(name, f"{name} has {', '.join(marks)}", here)


def _plan_of(sources: Sources, name: str, parameters: ReplacementIsPlanned) -> Document | None:
    """The plan that the spec names for the operation, else the newest by name that speaks of it."""
    operation = sources.spec().operations.get(name)
    for extension in parameters.sunset if operation is not None else ():
        for key in parameters.plan_fields:
            path = mapping(operation.extension(extension)).get(key) if operation is not None else None
            if isinstance(path, str) and sources.exists(normpath(path)):
                return sources.document(normpath(path))
    pattern = "".join("*" if i % 2 else part for i, part in enumerate(_split(parameters.plan)))
    faults: list[PrrError] = []
    for path in sorted(sources.paths(pattern), reverse=True):
        try:
            document = sources.document(path)
        except PrrError as fault:
            faults.append(fault)
            continue
        if _speaks_of(document, name, operation):
            return document
    if faults:
        raise faults[0]
    return None


def _split(template: str) -> list[str]:
    """Plain parts and placeholders of a template, in turn."""
    parts: list[str] = []
    rest = template
    while "{" in rest and "}" in rest:
        before, _, rest = rest.partition("{")
        word, _, rest = rest.partition("}")
        parts += [before, word]
    return [*parts, rest]


def _speaks_of(document: Document, name: str, operation: Operation | None) -> bool:
    """Whether the front matter names it; a text may mention many. Without front matter the headings count."""
    if name in {text for value in document.front_matter.values() for text in _texts(value)}:
        return True
    heads = "\n".join(section.heading for section in document.sections)
    return operation is not None and in_prose(operation).search(heads) is not None


def _faults(
    sources: Sources, ending: _Ending, plan: Document | None, parameters: ReplacementIsPlanned
) -> Iterator[tuple[str, Location]]:
    if plan is None:
        yield f"no plan at {parameters.plan} names {ending.name} ({ending.why}); file one", ending.place
        return
    place = Location(plan.path)
    announced, sunset = (_day(plan.front_matter, f) for f in (parameters.announced_fields, parameters.sunset_fields))
    for day, fields in ((announced, parameters.announced_fields), (sunset, parameters.sunset_fields)):
        if day is None:
            yield f"{plan.path} has no date under {' or '.join(fields)}; write 2026-01-31", place
    if announced is None or sunset is None:
        return
    notice = (sunset - announced).days
    if notice < parameters.notice_days:
        yield f"{plan.path} gives {notice} days of notice; at least {parameters.notice_days} are due", place
    elif _months(announced, sunset) < parameters.months:
        yield f"{plan.path} ends it on {sunset}, less than {parameters.months} months after {announced}", place
    for told in _told(sources, ending.name, parameters):
        if told != sunset:
            yield f"the specification ends {ending.name} on {told}, {plan.path} on {sunset}; make them equal", place


def _told(sources: Sources, name: str, parameters: ReplacementIsPlanned) -> Iterator[date]:
    """The sunset dates that the spec gives the operation."""
    operation = sources.spec().operations.get(name)
    for extension in parameters.sunset if operation is not None else ():
        value = operation.extension(extension) if operation is not None else None
        day = _day(value, parameters.sunset_fields) if isinstance(value, Mapping) else day_of(value)
        if day is not None:
            yield day


def _day(values: Mapping[str, Any], fields: list[str]) -> date | None:
    return next((day for field in fields if (day := day_of(values.get(field))) is not None), None)


def _months(start: date, end: date) -> int:
    """Whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _texts(value: object) -> list[str]:
    """The names in an extension: one, or a list of them."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item]
