"""The matrix of the full checklist: six clean subjects meet its 86 lines, and each edit moves its own line alone."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from msgspec.structs import replace

from prr_pipeline.readiness.catalogue import Catalogue
from tests.mutations.edits import Edit, NoSuchEdit, edits, exceptions
from tests.mutations.examples import RECORDED, after, examples
from tests.mutations.judging import Judged, judge
from tests.mutations.loop import LOOP, SUBJECTS, sample
from tests.mutations.state import World

NUMBERS = [f"L{n}" for n in range(1, 87)]
COUPLED_ONLY = ("L3", "L6", "L11", "L26", "L34", "L51", "L58")
"""Lines that share by nature what they look at with another one; see the table's exceptions."""


@pytest.fixture(scope="module")
def world() -> World:
    """The sample at its newest release."""
    return sample()


@pytest.fixture(scope="module")
def baseline(world: World) -> Judged:
    """How it stands without any edit."""
    return judge(world)


def test_the_clean_subjects_meet_every_line(baseline: Judged) -> None:
    """A service, an endpoint, an event, a job, an integration and a deploy, each judged by its own lines."""
    assert dict(baseline.vector) == dict.fromkeys(NUMBERS, "met")
    assert [len(report.results) for report in baseline.reports] == [49, 7, 7, 6, 11, 6]
    assert tuple(report.subject for report in baseline.reports) == SUBJECTS


@pytest.mark.parametrize("edit", edits(LOOP), ids=lambda edit: edit.id)
def test_an_edit_changes_its_own_line_alone(baseline: Judged, edit: Edit) -> None:
    """The vector over all 86 lines is compared, and the line's sentence names what was edited."""
    judged = after(LOOP, edit)
    assert dict(judged.vector) == edit.expected(baseline.vector)
    if edit.line is not None:
        assert edit.says in judged.result(edit.line).finding.message


def test_each_line_has_an_edit_to_unmet_and_one_to_unknown_or_not_applicable() -> None:
    """Edits that move their own line alone; what cannot be so by nature is among the exceptions, with its reason."""
    alone: dict[str | None, set[str]] = {number: set() for number in NUMBERS}
    coupled: dict[str | None, set[str]] = {number: set() for number in NUMBERS}
    for edit in edits(LOOP):
        if edit.line is not None:
            (coupled if edit.coupled else alone)[edit.line].add(str(edit.outcome).partition(":")[0])
    ways = (("unmet", {"unmet"}), ("unknown", {"unknown", "not_applicable"}))
    lacking = {(number, asked) for number in NUMBERS for asked, each in ways if not each & alone[number]}
    assert lacking == {(row["line"], row["never"]) for row in exceptions(LOOP)}
    assert {number for number, _ in lacking} == set(COUPLED_ONLY)
    shown = {(number, asked) for number in NUMBERS for asked, each in ways if each & coupled[number]}
    assert lacking <= shown


def test_rows_prove_something(baseline: Judged) -> None:
    """Ids are unique; an outcome is not the sample's, has a sentence, and seldom moves a second line."""
    rows = edits(LOOP)
    assert len(rows) >= 200
    assert [name for name, count in Counter(edit.id for edit in rows).items() if count > 1] == []
    assert sum(bool(edit.coupled) for edit in rows) * 10 <= len(rows)
    for edit in rows:
        assert edit.line is None or (edit.says and edit.outcome != baseline.vector[edit.line])
        assert not {number for number, outcome in edit.coupled.items() if outcome == baseline.vector[number]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answer": "paging/none.json", "gone": True}, "No service answers at paging/none.json"),
        ({"answer": "paging/incidents-of/jobs.json", "at": ["value", 3], "gone": True}, "Nothing to change"),
        ({"file": "manifest", "find": "status: golden", "put": ""}, "0 times, not once"),
    ],
)
def test_an_edit_that_does_not_fit_the_sample_fails(world: World, change: dict[str, object], words: str) -> None:
    """A row that the sample outgrew is found at once."""
    with pytest.raises(NoSuchEdit, match=words):
        Edit.model_validate({"id": "x", "does": "Something that does not fit.", "change": [change]}).applied(world)


def test_a_check_that_reacts_to_the_wrong_thing_is_found(world: World, baseline: Judged) -> None:
    """A planted fault: L57 asks the registry instead of the family's file, so an edit of the registry moves it too."""
    registry = LOOP.catalogue.line("L58")
    planted = {"check": registry.check, "parameters": registry.parameters}
    lines = tuple(replace(line, **planted) if line.number == "L57" else line for line in LOOP.catalogue.lines)
    edit = next(edit for edit in edits(LOOP) if edit.id == "the registry holds no schema for the event")
    assert dict(judge(world, Catalogue(lines)).vector) == dict(baseline.vector)
    assert dict(judge(edit.applied(world), Catalogue(lines)).vector) != edit.expected(baseline.vector)


def test_nobody_asked_leaves_each_line_about_services_unknown(world: World, baseline: Judged) -> None:
    """Without services no line that rests on their answers is met; the account's alarms are declared in code too."""
    edit = Edit.model_validate(
        {"id": "x", "does": "Nobody asks any service.", "change": [{"circumstance": "nobody may be asked"}]}
    )
    judged = judge(edit.applied(world)).vector
    asked = ("L27", "L30", "L32", "L40", "L41", "L42", "L43", "L44", "L45", "L47", "L70", "L82", "L83", "L86")
    changed = {number: outcome for number, outcome in judged.items() if outcome != baseline.vector[number]}
    assert changed == dict.fromkeys(asked, "unknown: not_declared")


def test_the_pages_of_the_lines_show_what_is_judged() -> None:
    """`python -m tests.mutations --record` renews the examples, `catalogue_page` the pages."""
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert {line: each for line, each in recorded.items() if line in LOOP.numbers} == examples((LOOP,))
