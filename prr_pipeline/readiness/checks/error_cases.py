"""Error paths: each code that a service throws or answers with is asserted by a test case that passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.artefacts import current_artefact
from prr_pipeline.readiness.asserted import asserted_in
from prr_pipeline.readiness.covered import coverage_of
from prr_pipeline.readiness.error_paths import ErrorForms, ErrorPaths, error_paths
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.pattern_texts import PatternText
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import ran_files
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.subjects import Subject


class ErrorPathsHaveCases(Parameters):
    """``code``: what may throw, without ``tests``. ``pattern``, ``keys``, ``plain`` and ``answers``: see `ErrorForms`.
    ``assertions``: what an assertion begins with, such as ``expect``. ``coverage``: the artefact of that name."""

    code: str
    artefact: str
    coverage: str
    tests: str
    files: str
    pattern: PatternText
    keys: list[str]
    plain: list[str]
    answers: list[str]
    assertions: list[str]


@check("error_paths_have_cases", ErrorPathsHaveCases, version=2)
def error_paths_have_cases(
    sources: Sources, facts: Facts, subject: Subject, parameters: ErrorPathsHaveCases
) -> Finding:
    """Every error code of the service stands in an assertion of a passed case, or the class that carries it does.

    Branches that no test ran are listed for the person who says whether the tests are realistic.
    """
    pattern = sources.fill(parameters.code, subject)
    paths = [path for path in sources.paths(pattern) if not matches(parameters.tests, path)]
    forms = ErrorForms(
        parameters.pattern, tuple(parameters.keys), frozenset(parameters.plain), frozenset(parameters.answers)
    )
    found, unread = error_paths(sources, paths, forms), list[Lost]()
    missing = _not_asserted(sources, facts, subject, parameters, found, unread) if found.codes else set[str]()
    judged = digest([subject.name, sorted(found.codes), sorted(missing)])
    values = {"codes": sorted(found.codes), "without_code": [_at(each) for each in found.bare]}
    if missing and not unread:
        wanted = listed([f"{name} ({_at(found.codes[name][0])})" for name in sorted(missing)])
        message = f"No passed test of {subject.name} asserts {wanted}; add a case that provokes each."
        return unmet(message, judged, [found.codes[name][0] for name in sorted(missing)], **values)
    lost = [*found.lost, *(unread if missing else ())]
    if lost:
        where = f"{lost[0].path}:{lost[0].line} {lost[0].why.rstrip('.')}"
        message = f"Whether every error path of {subject.name} has a case cannot be told: at {where}."
        places = [Location(each.path, each.line) for each in lost]
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places, **values)
    if not found.codes:
        message = f"No file of {pattern} throws or answers with an error code; declare errors.code_keys for yours."
        return unknown(Reason.NO_EVIDENCE, message, judged, found.bare, **values)
    return _all_asserted(subject, found, _not_run(sources, facts, parameters, paths), judged, values)


def _all_asserted(
    subject: Subject, found: ErrorPaths, idle: list[str], judged: str, values: Mapping[str, object]
) -> Finding:
    also = f" Branches not run: {listed(idle)}." if idle else ""
    also += f" Errors without a code: {listed([_at(each) for each in found.bare])}." if found.bare else ""
    message = f"Passed tests assert all {len(found.codes)} error codes of {subject.name}.{also}"
    places = [places[0] for places in found.codes.values()]
    return met(message, judged, places, **values, branches_not_run=idle)


def _not_asserted(
    sources: Sources,
    facts: Facts,
    subject: Subject,
    parameters: ErrorPathsHaveCases,
    found: ErrorPaths,
    lost: list[Lost],
) -> set[str]:
    words, classes = set[str](), set[tuple[str, int]]()
    files = sources.fill(parameters.files, subject)
    for test in ran_files(sources, facts, parameters.artefact, parameters.tests, files):
        try:
            asserted = asserted_in(sources, test, parameters.assertions)
        except PrrError as fault:
            lost.append(Lost(str(fault), test.path, 0))
            continue
        words |= asserted.words
        classes |= asserted.classes
    return {name for name in found.codes if name not in words and not found.classes.get(name, frozenset()) & classes}


def _not_run(sources: Sources, facts: Facts, parameters: ErrorPathsHaveCases, paths: Sequence[str]) -> list[str]:
    """The files with branches that no test ran, and how many of how many ran; files that were not measured."""
    rows = coverage_of(sources, current_artefact(facts, parameters.coverage), paths)
    counts = {path: rows[path].branches for path in paths if path in rows}
    return [
        f"{path} ({each.covered} of {each.total} ran)"
        for path, each in counts.items()
        if each is not None and each.covered < each.total
    ]


def _at(place: Location) -> str:
    return f"{place.path}:{place.line}"
