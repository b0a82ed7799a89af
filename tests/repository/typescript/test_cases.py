"""Test cases as their sources declare them."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.cases import SourceCase, cases_in
from prr_pipeline.repository.typescript.expressions import Function, Name
from prr_pipeline.repository.typescript.module_reader import read_module


def cases(source: str) -> tuple[SourceCase, ...]:
    data = source.encode()
    return cases_in(read_module(Blob("a.test.ts", blob_id_of(data), data)))


def only(source: str) -> SourceCase:
    (found,) = cases(source)
    return found


@pytest.mark.parametrize(
    "call",
    [
        'it("works", () => {})',
        "it('works', async () => {})",
        "it(`works`, function () {})",
        'test("works", { timeout: 5 }, () => {})',
        'specify("works", () => {}, 5000)',
        'it /* why */ ("works", // note\n () => {})',
        'it<number>("works", () => {})',
        'it.concurrent("works", () => {})',
    ],
)
def test_every_way_to_write_a_case_is_one(call: str) -> None:
    """Quote styles, comments, options and type arguments change nothing."""
    found = only(call)
    assert (found.text, found.mode, found.line) == ("works", "run", 1)
    assert isinstance(found.body, Function)


def test_suites_around_a_case_lead_its_title() -> None:
    """Nesting is told by what lies in what; a suite that is closed leads nothing."""
    found = cases(
        'describe("a", () => {\n  describe("b", () => {\n    it("one", () => {});\n  });\n  it("two", () => {});\n});\n'
        'it("three", () => {});'
    )
    assert [(case.text, case.line) for case in found] == [("a > b > one", 3), ("a > two", 5), ("three", 7)]


@pytest.mark.parametrize(
    ("source", "mode"),
    [
        ('it.skip("x", () => {})', "skip"),
        ('xit("x", () => {})', "skip"),
        ('xtest("x", () => {})', "skip"),
        ('test.fixme("x", () => {})', "skip"),
        ('it.todo("x")', "todo"),
        ('it.only("x", () => {})', "only"),
        ('fit("x", () => {})', "only"),
        ('it.skipIf(process.env.CI)("x", () => {})', "conditional"),
        ('it.runIf(true)("x", () => {})', "conditional"),
        ('it.concurrent.skip("x", () => {})', "skip"),
        ('describe.skip("s", () => { it("x", () => {}) })', "skip"),
        ('xdescribe("s", () => { it.only("x", () => {}) })', "skip"),
        ('describe.only("s", () => { it("x", () => {}) })', "only"),
        ('test.describe.skip("s", () => { test("x", () => {}) })', "skip"),
        ('describe.skip.each([1])("s %i", () => { it("x", () => {}) })', "skip"),
    ],
)
def test_what_does_not_run_is_told(source: str, mode: str) -> None:
    """A suite that is skipped skips all that it holds."""
    assert only(source).mode == mode


@pytest.mark.parametrize(
    "source",
    [
        'map.it("x", () => {})',
        "it.each([1, 2])",
        'items.test("x")',
        'new it("x")',
        "it()",
        'expect(it).toBe("x")',
        "it.each(rows)",
    ],
)
def test_other_calls_are_no_cases(source: str) -> None:
    """A method of the same name belongs to something else."""
    assert cases(source) == ()


@pytest.mark.parametrize(
    "imported",
    [
        'import { it as check } from "vitest"; check("x", () => {})',
        'import { test as check } from "@jest/globals"; check("x", () => {})',
        'import * as vitest from "vitest"; vitest.it("x", () => {})',
        'import test from "node:test"; test("x", () => {})',
    ],
)
def test_a_case_under_another_name_is_found(imported: str) -> None:
    """What is imported counts, not what it is called here."""
    assert only(imported).text == "x"


@pytest.mark.parametrize(
    ("title", "reported", "same"),
    [
        ('"answers"', "answers", True),
        ('"answers"', "outer > answers", True),
        ('"answers"', "outer answers", True),
        ('"answers"', "answers twice", False),
        ('"answers"', "reanswers", False),
        ('"a (b) [c] $5.*"', "a (b) [c] $5.*", True),
        ("`mode ${mode} works`", "mode live works", True),
        ("`mode ${mode} works`", "mode live breaks", False),
        ("TITLE", "whatever it is", True),
    ],
)
def test_a_reported_title_is_the_declared_one_or_ends_with_it(title: str, reported: str, same: bool) -> None:
    """Characters with a meaning elsewhere mean themselves."""
    assert only(f"it({title}, () => {{}})").title.ends(reported) is same


@pytest.mark.parametrize(
    ("title", "reported"),
    [
        ("%s answers in %s mode", "createGrant answers in live mode"),
        ("case %# of %i: %j", 'case 3 of 7: {"a":1}'),
        ("$operation in $mode.name", "createGrant in live"),
        ("100%% of %d", "100% of 7"),
    ],
)
def test_the_places_of_a_table_stand_for_anything(title: str, reported: str) -> None:
    """printf, and names of fields."""
    found = only(f'it.each(ROWS)("{title}", () => {{}})')
    assert found.title.ends(f"suite > {reported}")
    assert not found.title.ends("something else")
    assert not found.title.is_plain
    assert isinstance(found.rows, Name)


def test_a_tagged_table_is_one_too() -> None:
    """``each`` with a template."""
    assert only("it.each`a|b\n${1}|${2}`('$a and $b', () => {})").title.ends("1 and 2")


def test_a_case_that_a_library_makes_up_is_told() -> None:
    """`test.prop` of @fast-check/vitest."""
    found = only('import { test, fc } from "@fast-check/vitest"; test.prop([fc.integer()])("holds", (n) => n === n);')
    assert found.generated
    assert found.text == "holds"


def test_a_body_by_name_is_kept_as_it_is_written() -> None:
    """Whoever judges it follows the name."""
    assert isinstance(only('it("x", checkAll)').body, Name)


def test_a_hostile_title_is_matched_in_linear_time() -> None:
    """Many places, and a long report that almost fits."""
    found = only(f'it.each(ROWS)("{"%s a " * 60}end", () => {{}})')
    assert not found.title.ends("a " * 20_000)
