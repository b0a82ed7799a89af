"""Checks of other distributions run apart: whatever one of them does wrong costs its own line alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.apart import fault_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unknown
from prr_pipeline.readiness.judge import judge
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.subjects import Subject
from tests.readiness.fakes import CREATE, NOW, SPEC, FakeSnapshot, profile, run, spec

SOUND = met("It holds.", digest("x"), [Location("a.ts", 3, "x")])
Deed = Callable[[Sources, Facts, Subject, Any], object]
DEEDS: dict[str, Deed] = {}


class Does(Parameters):
    """``deed``: what the check of this test does."""

    deed: str
    names: list[str] = field(default_factory=list)


@check("test_apart_does", Does)
def does(sources: Sources, facts: Facts, subject: Subject, parameters: Does) -> Finding:
    """It does as it is told, like a check of another distribution."""
    return DEEDS[parameters.deed](sources, facts, subject, parameters)  # type: ignore[return-value]


def deed(function: Deed) -> Deed:
    """Something that the check can be told to do."""
    DEEDS[function.__name__] = function
    return function


@deed
def finds(sources: Sources, facts: Facts, subject: Subject, parameters: Does) -> Finding:
    """What every check does."""
    return met(f"{facts.now.year} {sources.operation(subject).method}", sources.subject_digest(subject))


@deed
def raises(*_given: object) -> Finding:
    """A fault of the check itself."""
    raise ZeroDivisionError("by zero")


@deed
def raises_half_a_character(*_given: object) -> Finding:
    """A fault whose words no report can hold."""
    raise ValueError("half \ud800")


@deed
def sees_nothing_at_no_place(*_given: object) -> Finding:
    """What could not be seen, with what are no places."""
    raise NotSeen(Reason.NO_EVIDENCE, "Nothing to see.", ["a.ts"])  # type: ignore[list-item]


@deed
def leaves(*_given: object) -> Finding:
    """The end of the whole process."""
    sys.exit(0)


@deed
def returns_nothing(*_given: object) -> None:
    """A forgotten return."""


@deed
def prints(*_given: object) -> Finding:
    """What would spoil a JSON document on stdout."""
    print("debugging")
    return SOUND


@deed
def changes_the_operation(sources: Sources, _facts: Facts, subject: Subject, _parameters: Does) -> Finding:
    """What others read from then on."""
    data: Any = sources.operation(subject).data
    data["x-matter-slo"] = "gone"
    return SOUND


@deed
def changes_a_fact(_sources: Sources, facts: Facts, _subject: Subject, _parameters: Does) -> Finding:
    """The artefacts of every other line."""
    facts.artefacts["coverage"] = None  # type: ignore[index]
    return SOUND


@deed
def replaces_a_fact(_sources: Sources, facts: Facts, _subject: Subject, _parameters: Does) -> Finding:
    """Time itself."""
    facts.now = NOW  # type: ignore[misc]
    return SOUND


@deed
def measures_a_fraction(*_given: object) -> Finding:
    """Canonical JSON holds no fractions."""
    return replace(SOUND, values={"share": 0.5})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "failed on this input (ZeroDivisionError: by zero)"),
        ("raises_half_a_character", "(ValueError: half ?)"),
        ("sees_nothing_at_no_place", "its locations are no tuple of Location"),
        ("leaves", "it tried to end the process"),
        ("returns_nothing", "it returned a NoneType instead of a Finding"),
        ("prints", "it printed 'debugging'"),
        ("changes_the_operation", "it changed the specification"),
        ("changes_a_fact", "does not support item assignment"),
        ("replaces_a_fact", "it tried to change the fact now"),
        ("measures_a_fraction", "$.share is a float"),
    ],
)
def test_what_a_check_does_wrong_makes_its_own_line_unknown(
    name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence that names it and what brings it; nothing is printed."""
    found = run("test_apart_does", {"deed": name}, {})
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert words in found.message
    assert "check test_apart_does of tests" in found.message
    assert capsys.readouterr().out == ""


def test_what_a_check_changed_nobody_else_sees_and_it_starts_anew() -> None:
    """The lines before and after it, and its own next one, read what the file says."""
    sources, facts = Sources(FakeSnapshot({SPEC: spec()}), profile()), Facts(now=NOW)
    before = sources.subject_digest(CREATE)
    spoiled = judge("test_apart_does", {"deed": "changes_the_operation"}, sources, facts, CREATE).finding
    after = judge("test_apart_does", {"deed": "finds"}, sources, facts, CREATE).finding
    assert spoiled.outcome is Outcome.UNKNOWN
    assert (after.outcome, after.message, after.subject_digest) == (Outcome.MET, "2026 post", before)
    assert sources.operation(CREATE).data["x-matter-slo"] != "gone"
    anew = Sources(FakeSnapshot({SPEC: spec()}), profile())
    assert anew.operation(CREATE).data["x-matter-slo"] != "gone"


def test_what_a_check_reads_apart_is_noted_as_read() -> None:
    """A remembered verdict of a plug-in's check must not outlive the file that it read."""
    sources = Sources(FakeSnapshot({SPEC: spec()}), profile())
    with sources.tracker.frame() as frame:
        judge("test_apart_does", {"deed": "finds"}, sources, Facts(now=NOW), CREATE)
    marks = [mark for part in (frame.reads, *map(sources.tracker.known.get, frame.reads.parts)) for mark in part.marks]
    assert ("blob", SPEC) in {(kind, key) for kind, key, _ in marks}


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (replace(SOUND, outcome="met"), "its outcome is 'met'"),
        (replace(SOUND, outcome=Outcome.PENDING), "give Outcome.MET"),
        (replace(SOUND, reason=Reason.STALE), "give a Reason exactly when it is unknown"),
        (replace(SOUND, outcome=Outcome.UNKNOWN), "give a Reason exactly when it is unknown"),
        (replace(SOUND, message=" "), "says nothing"),
        (replace(SOUND, message=None), "says nothing"),
        (replace(SOUND, subject_digest="abc"), "holds no digest"),
        (replace(SOUND, locations=["a.ts"]), "no tuple of Location"),
        (replace(SOUND, locations=(Location("a.ts", -1),)), "no tuple of Location"),
        (replace(SOUND, values=[1]), "instead of a mapping"),
        (replace(SOUND, values={1: 2}), "cannot stand in a report"),
        (replace(SOUND, values={"n": 2**70}), "its values cannot stand in a report: Integer exceeds 64-bit range"),
        (replace(SOUND, values={"n": "half \ud800"}), "half of one (a surrogate)"),
        (replace(SOUND, message="half \ud800"), "its message cannot stand in a report"),
        (replace(SOUND, locations=(Location("a.ts", 2**70),)), "no tuple of Location"),
        (replace(SOUND, locations=(Location("a.ts", 1, "\ud800"),)), "no tuple of Location"),
    ],
)
def test_a_finding_that_no_report_can_hold_is_refused(finding: Finding, words: str) -> None:
    """The sentence says what to give instead."""
    assert words in (fault_of(finding) or "")


def test_a_sound_finding_passes() -> None:
    """Met, and unknown with its reason."""
    assert fault_of(SOUND) is None
    assert fault_of(unknown(Reason.STALE, "Too old.", digest("x"))) is None
