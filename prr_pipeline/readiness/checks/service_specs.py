"""The description of a service: every route in it, each with prose and an example that are no stubs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.endpoints import spec_path
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.operation_prose import has_description, has_example
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_routes import lost_of, operation_at, operations_of, routes_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.subjects import Subject


class RoutesAreDescribed(Parameters):
    """``undescribed``: routes that the description may leave out, with the reason."""

    undescribed: dict[str, str]


class ProseIsNotStub(Parameters):
    """``stub_words``: what a description that is to be written yet holds. ``min_words``: of each description."""

    stub_words: list[str]
    min_words: int


@check("routes_are_described", RoutesAreDescribed)
def routes_are_described(sources: Sources, _facts: Facts, subject: Subject, parameters: RoutesAreDescribed) -> Finding:
    """The description exists, has every route of the code, and gives each a description and an example."""
    path = spec_path(sources.profile, subject.name) or ""
    if not sources.exists(path):
        message = f"{path} does not exist; generate it from the routes and commit it."
        return unmet(message, digest([path]), [Location(path)])
    operations = operations_of(sources, subject.name)
    wanted = {name: each for name, each in operations.items() if not _is_left_out(each, parameters)}
    faults = [fault for name, each in wanted.items() for fault in _faults(name, each)]
    routes = routes_of(sources, subject, frozenset())
    missing = [
        each
        for each in routes
        if operation_at(operations, each.route) is None and not each.is_one_of(parameters.undescribed)
    ]
    judged = digest([path, _digests(operations), sorted(each.name for each in routes)])
    texts = [*faults, *(f"{each.name} of {each.route.path} is missing" for each in missing)]
    places = [Location(path, each.line, name) for name, each in wanted.items() if [*_faults(name, each)]]
    places += [each.route.location for each in missing]
    if texts:
        return unmet(f"{path}: {listed(texts)}.", judged, places)
    lost = lost_of(sources, subject)
    if lost:
        where = f"{lost[0].path}:{lost[0].line} registers cannot be told ({lost[0].why})"
        message = f"{path} is whole, but which route {where}; register routes with plain paths."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in lost])
    return met(f"{path} has a description and an example for each of {len(wanted)} routes.", judged, [Location(path)])


@check("prose_is_not_stub", ProseIsNotStub)
def prose_is_not_stub(sources: Sources, _facts: Facts, subject: Subject, parameters: ProseIsNotStub) -> Finding:
    """Each route's description says something of its own, and it has an example."""
    path = spec_path(sources.profile, subject.name) or ""
    if not sources.exists(path):
        message = f"{path} does not exist; generate it from the routes and commit it."
        return unmet(message, digest([path]), [Location(path)])
    operations = operations_of(sources, subject.name)
    twins = Counter(_prose(each) for each in operations.values())
    found = {name: [*_faults(name, each), *_stubs(name, each, twins, parameters)] for name, each in operations.items()}
    judged = digest([path, _digests(operations)])
    texts = [fault for faults in found.values() for fault in faults]
    if texts:
        places = [Location(path, operations[name].line, name) for name, faults in found.items() if faults]
        return unmet(f"{path}: {listed(texts)}.", judged, places)
    return met(f"{path}: the prose of {len(operations)} routes is no stub.", judged, [Location(path)])


def _is_left_out(operation: Operation, parameters: RoutesAreDescribed) -> bool:
    return operation.path in parameters.undescribed


def _faults(name: str, operation: Operation) -> Iterator[str]:
    if not has_description(operation):
        yield f"{name} has no description"
    if not has_example(operation):
        yield f"{name} has no example"


def _stubs(name: str, operation: Operation, twins: Counter[str], parameters: ProseIsNotStub) -> Iterator[str]:
    prose = _prose(operation)
    words = prose.split()
    if not words:
        return
    stub = next((word for word in parameters.stub_words if word.casefold() in prose.split() or prose == word), None)
    if stub is not None:
        yield f"the description of {name} is still to be written ({stub})"
    elif len(words) < parameters.min_words:
        yield f"the description of {name} has {len(words)} of at least {parameters.min_words} words"
    elif prose == _folded(operation.data.get("summary")):
        yield f"the description of {name} is its summary again"
    elif twins[prose] > 1:
        yield f"the description of {name} is another route's too"


def _prose(operation: Operation) -> str:
    return _folded(operation.data.get("description"))


def _folded(text: object) -> str:
    """Lower case, one space between words, no punctuation at their ends."""
    words = str(text or "").casefold().split()
    return " ".join(word.strip(".,:;!?()[]") for word in words)


def _digests(operations: Mapping[str, Operation]) -> list[object]:
    return [[name, each.subtree_digest(frozenset())] for name, each in sorted(operations.items())]
