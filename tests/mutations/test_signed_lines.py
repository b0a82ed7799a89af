"""The table of the lines about agreement: who signed what, and how every line of the sample then stands."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from prr_pipeline.readiness.catalogue import Catalogue
from tests.mutations.judging import Judged, judge
from tests.mutations.matter import finished
from tests.mutations.signed_lines import AGREEMENT, Agreed, agreed
from tests.mutations.state import World
from tests.mutations.world import catalogue

PEOPLE = ("M1", "M2", "M3", "M34")


@pytest.fixture(scope="module")
def world() -> World:
    """The sample after GA, with its document."""
    return finished()


@pytest.fixture(scope="module")
def baseline(world: World) -> Judged:
    """How it stands while everybody agrees."""
    return judge(world)


@pytest.mark.parametrize("row", agreed(), ids=lambda row: row.id)
def test_a_row_changes_the_lines_that_it_names_and_no_other(world: World, baseline: Judged, row: Agreed) -> None:
    """All 38 outcomes are compared, and what the row's lines say."""
    judged = judge(row.applied(world))
    assert dict(judged.vector) == {**baseline.vector, **row.expect}
    for number, words in row.says.items():
        assert words in judged.result(number).finding.message


def test_the_lines_are_those_that_signatures_settle() -> None:
    """What the table is about: every line that asks for approvals, and the document that is signed."""
    asked = {line.number for line in catalogue().lines if line.check in ("approved_by", "markdown_tasks_are_closed")}
    assert asked == set(AGREEMENT)


def test_each_of_the_lines_is_made_unmet_alone() -> None:
    """And the document unknown alone; the other four are unknown together, by the one verdict that they share."""
    alone = [dict(row.expect) for row in agreed() if len(row.expect) == 1]
    assert {number for each in alone for number, outcome in each.items() if outcome == "unmet"} == set(AGREEMENT)
    unknown = [{number for number, outcome in row.expect.items() if outcome.startswith("unknown")} for row in agreed()]
    assert [each for each in unknown if each and each not in ({"M33"}, set(PEOPLE))] == []
    assert {"M33"} in unknown
    assert set(PEOPLE) in unknown


def test_ids_are_unique_and_outcomes_are_other_ones(baseline: Judged) -> None:
    """A row that names an outcome names one that the sample does not have."""
    assert [name for name, count in Counter(row.id for row in agreed()).items() if count > 1] == []
    for row in agreed():
        assert not {number for number, outcome in row.expect.items() if outcome == baseline.vector[number]}


def test_a_line_that_asks_another_line_of_the_verdict_is_found(world: World, baseline: Judged) -> None:
    """A planted fault: M2 is settled by the owner's approval, so an outsider who is missing goes unseen."""
    owner = catalogue().line("M1")
    lines = tuple(
        replace(line, parameters=owner.parameters) if line.number == "M2" else line for line in catalogue().lines
    )
    row = next(row for row in agreed() if row.id == "nobody from outside")
    judged = judge(row.applied(world), Catalogue(lines))
    assert dict(judged.vector) != {**baseline.vector, **row.expect}
