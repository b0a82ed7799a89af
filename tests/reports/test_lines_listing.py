"""`prr lines`: every line with all that is known of it, and counts that add up."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from prr_pipeline.readiness.catalogue import BUILT_IN, Line, load_catalogue
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.lines_listing import COUNTING, WAYS, counts, kinds, lines_data, lines_screen, way_of
from tests.reports.made import line

CATALOGUE = load_catalogue()
DATA = lines_data(CATALOGUE, LinePages())
ROOT = Path(__file__).resolve().parents[2]


def of_kind(kind: str, check: str | None = "operation_has") -> Line:
    """A line of a kind."""
    return replace(line("met"), kind=kind, check=check)


def test_no_line_of_the_endpoint_checklist_lacks_a_check_a_remedy_or_a_page() -> None:
    """A team can rely on each of the 38: it is judged, it says how to mend it, and there is a page about it."""
    endpoint = [row for row in DATA["lines"] if row["checklist"] == "endpoint"]
    assert len(endpoint) == 38
    for row in endpoint:
        assert row["check"], row["id"]
        assert row["checks"], row["id"]
        assert len(row["if_unmet"].split()) > 4, row["id"]
        assert (ROOT / row["page"]).read_text("utf-8").startswith(f"# {row['number']} `{row['id']}`"), row["id"]


def test_every_line_that_a_person_judges_has_the_statement_that_they_sign() -> None:
    """And no other has one."""
    for row in DATA["lines"]:
        asks = CATALOGUE.line(row["id"]).has_person_part
        assert (row["statement"] is not None) is asks
        assert not (row["and_a_person"] and row["check"] is None)


@pytest.mark.parametrize(
    ("kind", "check", "way"),
    [
        ("A", "operation_has", "automatic"),
        ("A+P", "operation_has", "automatic"),
        ("A or X", "operation_has", "automatic"),
        ("D+P", "operation_has", "declared"),
        ("X+P", "operation_has", "external"),
        ("P", "dated_record_exists", "person"),
        ("A", None, "person"),
        ("X", None, "person"),
    ],
)
def test_a_line_counts_by_its_first_kind_and_under_person_without_a_check(
    kind: str, check: str | None, way: str
) -> None:
    """What nobody automated yet is never called automatic."""
    assert way_of(of_kind(kind, check)) == way


def test_counts_add_up_in_each_checklist_and_in_total() -> None:
    """Each line once; those that need a statement besides are counted beside."""
    assert [one["name"] for one in DATA["checklists"]] == list(BUILT_IN)
    for one in [*(each["counts"] for each in DATA["checklists"]), DATA["counts"]]:
        assert sum(one[way] for way in WAYS.values()) == one["lines"]
    for key, value in DATA["counts"].items():
        assert sum(each["counts"][key] for each in DATA["checklists"]) == value
    some = [of_kind("A"), of_kind("A+P"), of_kind("P", None), of_kind("A+P", None)]
    assert counts(some) == {
        "lines": 4, "automatic": 2, "declared": 0, "external": 0, "person": 2, "and_a_person": 1,
    }  # fmt: skip
    assert "A+P" in COUNTING


def test_kinds_stand_beside_the_counts_as_the_checklist_writes_them() -> None:
    """In the document and on the screen; each line once, and both ways of counting agree."""
    assert kinds([of_kind("X"), of_kind("A or X"), of_kind("A"), of_kind("A")]) == {"A": 2, "X": 1, "A or X": 1}
    for one in [*DATA["checklists"], DATA]:
        assert sum(one["kinds"].values()) == one["counts"]["lines"]
        automatic = sum(number for kind, number in one["kinds"].items() if kind.startswith("A"))
        assert automatic == one["counts"]["automatic"]
    console = Console(width=400, file=StringIO())
    console.print(lines_screen(CATALOGUE))
    said = ", ".join(f"{number} {kind}" for kind, number in DATA["kinds"].items())
    assert isinstance(console.file, StringIO)
    assert f"by kind: {said}" in console.file.getvalue()


def test_a_line_has_the_page_where_the_documentation_is_published_or_the_one_that_it_names() -> None:
    """An own line without a page has none: ours say nothing of it."""
    shipped, own = line("met"), replace(line("met"), checklist="ours")
    named = replace(own, page="https://acme.example/a")
    pages, here = LinePages("https://docs.example"), LinePages()
    assert (pages.url(shipped), here.url(shipped)) == ("https://docs.example/docs/lines/met.md", None)
    assert [(one.url(own), one.path(own)) for one in (pages, here)] == [(None, None)] * 2
    assert [(one.url(named), one.path(named)) for one in (pages, here)] == [(named.page, named.page)] * 2
