"""Conformance suites that every service runs: each has cases, all of which passed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Reported, flaky_titles, places_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import RanFile, ran_files
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.subjects import Subject

_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class ConformanceSuitesPass(Parameters):
    """``suites``: each to the words of which one names it. ``marks``: words of which one stands in the path or title
    of every case of a conformance suite. ``folder``: of the service, whose own name says nothing."""

    artefact: str
    tests: str
    files: str
    folder: str
    marks: Annotated[list[str], Meta(min_length=1)]
    suites: Annotated[dict[str, list[str]], Meta(min_length=1)]


@check("conformance_suites_pass", ConformanceSuitesPass)
def conformance_suites_pass(
    sources: Sources, facts: Facts, subject: Subject, parameters: ConformanceSuitesPass
) -> Finding:
    """Each suite ran with at least one case, and no case of it failed or was skipped.

    A file of a suite that the report does not know was not run.
    """
    files = sources.fill(parameters.files, subject)
    folder = sources.fill(parameters.folder, subject)
    ran = ran_files(sources, facts, parameters.artefact, parameters.tests, files)
    idle = sorted(set(sources.paths(files)) - {each.path for each in ran})
    cases = _by_suite(ran, folder, parameters)
    missing = _idle_by_suite(idle, folder, parameters)
    faults = {name: fault for name in parameters.suites if (fault := _fault(name, cases[name], missing[name]))}
    judged = digest([subject.name, sorted(parameters.suites), sorted(faults)])
    values = {"cases": {name: len(found) for name, found in cases.items()}}
    if faults:
        wrong = [each for name in faults for each in cases[name] if each.case.outcome is not CaseOutcome.PASSED]
        places = [*places_of(sources, wrong), *(Location(path) for name in faults for path in missing[name])]
        message = f"Conformance suites of {subject.name} lack {listed(list(faults.values()))}; run every case of them."
        return unmet(message, judged, list(dict.fromkeys(places)), **values)
    every = [each for found in cases.values() for each in found]
    shaky = f" Flaky: {listed(flaky_titles(every))}." if flaky_titles(every) else ""
    counts = listed([f"{name} ({len(found)} cases)" for name, found in cases.items()])
    shown = [place for found in cases.values() for place in places_of(sources, found[:1])]
    return met(f"Conformance suites of {subject.name} passed: {counts}.{shaky}", judged, shown, **values)


def _fault(name: str, cases: Sequence[Reported], missing: Sequence[str]) -> str | None:
    for outcome in (CaseOutcome.FAILED, CaseOutcome.SKIPPED):
        found = [each.case.title for each in cases if each.case.outcome is outcome]
        if found:
            return f"{name} ({outcome}: {found[0]!r})"
    if missing:
        return f"{name} (not run: {missing[0]})"
    return None if cases else f"{name} (no case)"


def _by_suite(files: Sequence[RanFile], folder: str, parameters: ConformanceSuitesPass) -> Mapping[str, list[Reported]]:
    found: dict[str, list[Reported]] = {name: [] for name in parameters.suites}
    for file in files:
        for each in file.cases:
            for name in _suites_of(file.path, each.case.title, folder, parameters):
                found[name].append(each)
    return found


def _idle_by_suite(paths: Sequence[str], folder: str, parameters: ConformanceSuitesPass) -> Mapping[str, list[str]]:
    """Test files whose path alone says that they are of a suite, and that were not run."""
    return {
        name: [path for path in paths if name in _suites_of(path, "", folder, parameters)] for name in parameters.suites
    }


def _suites_of(path: str, title: str, folder: str, parameters: ConformanceSuitesPass) -> Iterator[str]:
    """The suites that a case is of.

    Where its file or the suites around it name one, its own title says nothing: an audit case may speak of brands.
    """
    around, _, _own = title.rpartition(" > ")
    head = _words(path.removeprefix(f"{folder}/").rpartition(".test.")[0] or path) + _words(around)
    whole = head + _words(title)
    if not _names(whole, parameters.marks):
        return
    named = [name for name, words in parameters.suites.items() if _names(head, words)]
    yield from named or (name for name, words in parameters.suites.items() if _names(whole, words))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(_HUMP.sub(" ", text))]


def _names(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether one of the wanted words, or the words of one phrase in a row, stand there."""
    text = f" {' '.join(words)} "
    return any(f" {' '.join(_words(each))} " in text for each in wanted)
