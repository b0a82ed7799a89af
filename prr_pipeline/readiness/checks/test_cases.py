"""Test cases that name a subject, and passed: by topic, by mode, by version."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, unmet
from prr_pipeline.readiness.mentions import Mentions, mentions_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.previous_minor import FirstVersion, NoBaseline, baseline_of
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, Reported, cases_of, flaky_titles, places_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.subjects import Subject

Version = Literal["current", "previous_minor"]
ITSELF = "the whole"
"""What a demand is called that asks for any case at all."""
_HOLE = "\0"
_SEMVER = re.compile(r"v?(\d+\.\d+)\.\d+")


class TestCasesPassed(Parameters):
    """``tests``: glob of all test files; ``files``: glob of those that count, where not all do.

    One case at least must name the subject; further, one for each of the ``topics`` (by itself or by one of its
    ``topic_words``), one for each of the ``versions``, and one for each of the ``modes`` under the same title.
    """

    __test__ = False

    artefact: str
    tests: str
    files: str | None = None
    topics: list[str] | None = None
    topic_words: dict[str, list[str]] | None = None
    modes: list[str] | None = None
    versions: list[Version] | None = None


@check("test_cases_passed", TestCasesPassed)
def test_cases_passed(sources: Sources, facts: Facts, subject: Subject, parameters: TestCasesPassed) -> Finding:
    """Test cases that name the subject ran and passed: for each topic, mode and version that is asked for.

    A case that failed, in any run that the report holds, counts against its topic; one that was skipped for nothing.
    """
    cases = cases_of(sources, facts, subject, parameters.artefact, parameters.tests, parameters.files)
    demands = list(_demands(sources, subject, parameters, cases))
    faults = [demand for demand in demands if demand.fault is not None]
    # Titles stay out of the digest: another test of the same operation voids nothing that was signed.
    judged = digest([sources.subject_digest(subject), [demand.name for demand in faults]])
    values = {"cases": len(cases), "flaky": flaky_titles(cases)}
    where = f" in {parameters.files}" if parameters.files else ""
    if faults:
        lacking = listed([demand.fault or "" for demand in faults])
        message = f"{subject.name} lacks a passed test{where} for {lacking}; write one whose title names both."
        # What does not pass comes first; where there is nothing yet, what is there shows where a case belongs.
        shown = [each for demand in faults for each in demand.cases] or list(cases)
        return unmet(message, judged, _ordered(sources, shown), **values)
    shaky = f" Flaky: {listed(flaky_titles(cases))}." if flaky_titles(cases) else ""
    names = listed([demand.name for demand in demands])
    return met(
        f"{subject.name} has passed tests{where} for {names}.{shaky}", judged, _shown(sources, demands), **values
    )


def _ordered(sources: Sources, cases: Sequence[Reported]) -> list[Location]:
    passed_last = sorted(cases, key=lambda each: each.case.outcome is CaseOutcome.PASSED)
    return list(dict.fromkeys(places_of(sources, passed_last)))


def _shown(sources: Sources, demands: Sequence[Demand]) -> list[Location]:
    return list(dict.fromkeys(place for demand in demands for place in places_of(sources, demand.cases[:1])))


def _demands(
    sources: Sources, subject: Subject, parameters: TestCasesPassed, cases: Sequence[Reported]
) -> Iterator[Demand]:
    mentions = mentions_of(sources, subject)
    words = parameters.topic_words or {}
    for topic in parameters.topics or ():
        yield Demand(topic, _about([topic, *words.get(topic, ())], mentions, cases))
    for name, written in _versions(sources, subject, parameters.versions or ()).items():
        yield Demand(name, tuple(each for each in cases if any(_holds(w, each.case.title) for w in written)))
    if parameters.modes:
        yield from _modes(parameters.modes, mentions, cases)
    if not (parameters.topics or parameters.versions or parameters.modes):
        yield Demand(ITSELF, tuple(cases))


def _about(words: Sequence[str], mentions: Mentions, cases: Sequence[Reported]) -> tuple[Reported, ...]:
    """The cases whose title holds one of the words; hyphens, underscores and blanks are alike, and the subject's own
    name is no topic."""
    wanted = [f" {_plain(word)} " for word in words]
    return tuple(
        each for each in cases if any(word in f" {_plain(mentions.without(each.case.title))} " for word in wanted)
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _modes(modes: Sequence[str], mentions: Mentions, cases: Sequence[Reported]) -> Iterator[Demand]:
    """One demand per mode, of the titles that are there in every mode; else of the one that is in most of them."""
    stems: dict[str, dict[str, list[Reported]]] = defaultdict(lambda: defaultdict(list))
    for each in cases:
        title = mentions.without(each.case.title).casefold()
        for mode in modes:
            for found in re.finditer(rf"(?<!\w){re.escape(mode.casefold())}(?!\w)", title):
                stems[title[: found.start()] + _HOLE + title[found.end() :]][mode].append(each)
    complete = [stem for stem in stems.values() if len(stem) == len(set(modes))]
    chosen = complete or sorted(stems.values(), key=len, reverse=True)[:1]
    for mode in modes:
        yield Demand(f"{mode} mode", tuple(each for stem in chosen for each in stem.get(mode, ())))


def _versions(sources: Sources, subject: Subject, versions: Sequence[Version]) -> Mapping[str, tuple[str, ...]]:
    """How sentences call each version that must be tested, and how titles may write it.

    An operation that the previous minor did not have cannot be called there; it is tested at the current one.
    """
    if not versions:
        return {}
    try:
        baseline = baseline_of(sources)
        known = {"current": baseline.current}
        if subject.name in parse_spec(baseline.base).operations:
            known["previous_minor"] = baseline.version
    except FirstVersion:
        info = mapping(sources.spec().document.get("info"))
        known = {"current": str(info.get("version"))}
    except NoBaseline as fault:
        raise NotSeen(Reason.NO_BASELINE, str(fault)) from None
    return {f"version {known[each]}": _written(known[each]) for each in versions if each in known}


def _written(version: str) -> tuple[str, ...]:
    """The version itself, and of a release also its minor, each with a ``v`` or without."""
    release = _SEMVER.fullmatch(version)
    plain = [version.removeprefix("v")] + ([release[1]] if release else [])
    return tuple(form for each in plain for form in (each, f"v{each}"))


def _holds(version: str, title: str) -> bool:
    """Whether the title names just that version: ``1.2`` stands neither in ``1.20`` nor in ``1.2.7``."""
    return re.search(rf"(?<![\w.-]){re.escape(version)}(?![\w-])(?!\.\d)", title) is not None
