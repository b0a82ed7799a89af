"""The mutation matrix: the sample meets every line, and each small edit changes the outcome of its own line alone."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from msgspec.structs import replace

from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import Outcome
from tests.mutations.edits import Edit, NoSuchEdit, edits, exceptions
from tests.mutations.examples import RECORDED, after, examples
from tests.mutations.judging import Judged, judge
from tests.mutations.matter import MATTER, finished
from tests.mutations.signed_lines import AGREEMENT
from tests.mutations.state import World
from tests.mutations.world import catalogue

NUMBERS = [line.number for line in catalogue().lines]
AFTER_GA = ("M36", "M37", "M38")
NOT_MET = {"M32": "not_applicable"}
"""createGrant replaces nothing."""


@pytest.fixture(scope="module")
def world() -> World:
    """The sample after GA, with its document."""
    return finished()


@pytest.fixture(scope="module")
def baseline(world: World) -> Judged:
    """How it stands without any edit."""
    return judge(world)


def test_the_sample_meets_every_line_that_can_be(baseline: Judged) -> None:
    """All 38 are judged; only what does not apply is not met."""
    assert [f"M{n}" for n in range(1, 39)] == NUMBERS
    assert dict(baseline.vector) == {number: NOT_MET.get(number, "met") for number in NUMBERS}


def test_before_full_exposure_the_last_lines_are_pending(world: World) -> None:
    """The vector that a promotion to GA is judged by."""
    expected = {number: NOT_MET.get(number, "pending" if number in AFTER_GA else "met") for number in NUMBERS}
    assert dict(judge(world.telling(after_ga=None)).vector) == expected


@pytest.mark.parametrize("edit", edits(MATTER), ids=lambda edit: edit.id)
def test_an_edit_changes_its_own_line_alone(baseline: Judged, edit: Edit) -> None:
    """The whole vector is compared, and the line's sentence names what was edited."""
    judged = after(MATTER, edit)
    assert dict(judged.vector) == edit.expected(baseline.vector)
    if edit.line is not None:
        assert edit.says in judged.result(edit.line).finding.message


@pytest.mark.parametrize("edit", edits(MATTER), ids=lambda edit: edit.id)
def test_an_edit_says_what_it_does_to_its_line(baseline: Judged, edit: Edit) -> None:
    """Its outcome is not the sample's, and a sentence of the report is asked for; else the row would prove nothing."""
    if edit.line is not None:
        assert edit.outcome != baseline.vector[edit.line]
        assert edit.says
    assert not {number for number, outcome in edit.coupled.items() if outcome == baseline.vector[number]}


def test_each_line_has_an_edit_to_unmet_and_one_to_unknown_or_not_applicable() -> None:
    """Edits that move their own line alone; what cannot be so by nature is among the exceptions, with its reason."""
    seen = {edit.line: set[str]() for edit in edits(MATTER)}
    for edit in edits(MATTER):
        if edit.line is not None and not edit.coupled:
            seen[edit.line].add(str(edit.outcome).partition(":")[0])
    lacking = {
        (number, asked)
        for number in NUMBERS
        if number not in AGREEMENT
        for asked, ways in (("unmet", {"unmet"}), ("unknown", {"unknown", "not_applicable"}))
        if not ways & seen.get(number, set())
    }
    assert lacking == {(row["line"], row["never"]) for row in exceptions(MATTER)}


def test_the_table_is_large_and_couplings_are_few() -> None:
    """Ids are unique; at most one row in twenty moves a second line."""
    rows = edits(MATTER)
    assert len(rows) >= 250
    assert [name for name, count in Counter(edit.id for edit in rows).items() if count > 1] == []
    assert sum(bool(edit.coupled) for edit in rows) * 20 <= len(rows)
    outcomes = {edit.outcome.partition(":")[0] for edit in rows if edit.outcome is not None}
    assert outcomes == {str(outcome) for outcome in Outcome}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"file": "route", "find": "withAuth(),", "put": ""}, "2 times, not once"),
        ({"file": "route", "find": "withNothing()", "put": ""}, "0 times, not once"),
        ({"file": "route", "find": 'withAudit("grant.create")', "put": 'withAudit("grant.create")'}, "stays as it is"),
        ({"file": "apps/none.ts", "gone": True}, "has no file apps/none.ts"),
        ({"artefact": "coverage", "at": ["none", "lines"], "put": 1}, "Nothing to change"),
        ({"artefact": "none", "gone": True}, "has no artefact none"),
    ],
)
def test_an_edit_that_does_not_fit_the_sample_fails(world: World, change: dict[str, object], words: str) -> None:
    """A row that the sample outgrew is found at once, and not taken for one that changes nothing."""
    row = {"id": "x", "does": "Something that does not fit.", "change": [change]}
    with pytest.raises(NoSuchEdit, match=words):
        Edit.model_validate(row).applied(world)


def test_a_check_that_reacts_to_the_wrong_thing_is_found(world: World, baseline: Judged) -> None:
    """A planted fault: M22 asks the list of drills instead of the registry, so an edit of a drill moves it too."""
    drill = catalogue().line("M24")
    planted = {"check": drill.check, "parameters": drill.parameters}
    lines = tuple(replace(line, **planted) if line.number == "M22" else line for line in catalogue().lines)
    edit = next(edit for edit in edits(MATTER) if edit.id == "drill comes back never")
    assert dict(judge(world, Catalogue(lines)).vector) == dict(baseline.vector)
    assert dict(judge(edit.applied(world), Catalogue(lines)).vector) != edit.expected(baseline.vector)


def test_the_pages_of_the_lines_show_what_is_judged() -> None:
    """`python -m tests.mutations --record` renews the examples, `catalogue_page` the pages."""
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert {line: each for line, each in recorded.items() if line in MATTER.numbers} == examples((MATTER,))
