"""Property tests of operations that bear invariants."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, run, spec
from tests.readiness.filed import filed, having, junit

M15 = load_catalogue().line("M15")
TEST = "apps/api/__tests__/properties/grants.test.ts"
HARNESS = "apps/api/lib/saga-property.ts"
SAGA = 'import fc from "fast-check";\nexport const sagaProperty = (saga) => fc.property(fc.array(saga), () => true);'
TITLE = "invariants > createGrant: fits the pool"
FC = 'import fc from "fast-check";\n'


def written(body: str, head: str = FC) -> str:
    return f'{head}describe("invariants", () => {{\n  it("createGrant: fits the pool", {body});\n}});'


def judged(
    source: str,
    report: Any = None,
    invariants: Any = ("granted fits the pool",),
    **more: str,
) -> Finding:
    facts = report if isinstance(report, Facts) else having(junit=report or junit((TITLE, TEST)))
    document = spec(x_invariants=list(invariants) if isinstance(invariants, tuple) else invariants)
    files = {
        SPEC: document,
        TEST: source,
        HARNESS: SAGA,
        **{name.replace("__", "/"): text for name, text in more.items()},
    }
    return run(M15.check, M15.parameters, files, facts)


PROPERTY = "() => { fc.assert(fc.property(fc.nat(), (n) => n >= 0)); }"
FORMS = {
    "in place": written(PROPERTY),
    "async": written("async () => { await fc.assert(fc.asyncProperty(fc.nat(), async () => true)); }"),
    "property kept in a constant": written(
        "() => { const holds = fc.property(fc.nat(), () => true); fc.assert(holds, { numRuns: 500 }); }"
    ),
    "names imported": written(
        "() => { assert(property(nat(), () => true)); }", 'import { assert, property, nat } from "fast-check";\n'
    ),
    "namespace": written(PROPERTY, 'import * as fc from "fast-check";\n'),
    "saga harness": written(
        "() => { fc.assert(sagaProperty({ initial })); }",
        FC + 'import { sagaProperty } from "../../lib/saga-property";\n',
    ),
    "function of the file": written(
        "() => { holds(); }", FC + "function holds() { fc.assert(fc.property(fc.nat(), () => true)); }\n"
    ),
    "body by name": written("holds", FC + "const holds = () => fc.assert(fc.property(fc.nat(), () => true));\n"),
    "made-up arguments": 'import { test, fc } from "@fast-check/vitest";\n'
    'test.prop([fc.nat()])("createGrant: fits the pool", (n) => n >= 0);',
}


@pytest.mark.parametrize("source", FORMS.values(), ids=FORMS)
def test_a_property_that_ran_is_met(source: str) -> None:
    """However it is written; the place is that of the case."""
    finding = judged(source)
    assert finding.outcome is Outcome.MET, finding.message
    place = finding.locations[0]
    assert (place.path, source.splitlines()[place.line - 1].count("createGrant: fits the pool")) == (TEST, 1)


NO_PROPERTY = {
    "an example": written("() => { expect(1).toBe(1); }"),
    "a property that nothing asserts": written("() => { fc.property(fc.nat(), () => true); }"),
    "an assertion on nothing that was made": written("() => { fc.assert(something); }"),
    "another assert": written(
        "() => { assert(fc.property(fc.nat(), () => true)); }", FC + 'import assert from "node:assert";\n'
    ),
    "in a comment": written("() => { /* fc.assert(fc.property(fc.nat(), () => true)) */ }"),
    "in a string": written("() => { log('fc.assert(fc.property(fc.nat()))'); }"),
    "in a case beside it": written("() => {}") + f'\nit("something else", {PROPERTY});',
    "harness of another file": written(
        "() => { fc.assert(sagaProperty({})); }", FC + 'import { sagaProperty } from "./my-saga";\n'
    ),
}


@pytest.mark.parametrize("source", NO_PROPERTY.values(), ids=NO_PROPERTY)
def test_what_asserts_no_property_is_unmet(source: str) -> None:
    """The words alone prove nothing."""
    finding = judged(source)
    assert finding.outcome is Outcome.UNMET, finding.message
    assert "no test whose title names it asserts a property" in finding.message
    assert finding.locations[0].path == SPEC


@pytest.mark.parametrize(
    ("inside", "outcome", "message"),
    [
        ("<failure/>", Outcome.UNMET, "does not hold"),
        ("<skipped/>", Outcome.UNMET, "were skipped"),
        ("<flakyFailure/>", Outcome.MET, "hold"),
    ],
)
def test_the_property_must_have_run_and_held(inside: str, outcome: Outcome, message: str) -> None:
    """A property that is skipped is a wish."""
    finding = judged(FORMS["in place"], junit((TITLE, TEST, inside)))
    assert finding.outcome is outcome
    assert message in finding.message
    assert finding.locations[0].path == TEST


def test_a_property_that_failed_is_unmet_though_another_held() -> None:
    """Each of them is an invariant."""
    source = FORMS["in place"] + f'\nit("createGrant: sums up", {PROPERTY});'
    finding = judged(source, junit((TITLE, TEST), ("createGrant: sums up", TEST, "<failure/>")))
    assert finding.outcome is Outcome.UNMET


def test_a_table_of_operations_names_each() -> None:
    """The report holds the title that the table gave."""
    source = f'{FC}it.each([["createGrant"], ["listOther"]])("%s: fits the pool", {PROPERTY});'
    assert judged(source, junit(("createGrant: fits the pool", TEST))).outcome is Outcome.MET
    assert judged(source, junit(("listOther: fits the pool", TEST))).outcome is Outcome.UNMET


@pytest.mark.parametrize("invariants", [[], False, {}])
def test_an_operation_declared_to_bear_none_needs_no_property(invariants: Any) -> None:
    """The declaration is the evidence, and stands where the spec says so; no report is needed for it."""
    finding = judged(FORMS["in place"], having(), invariants)
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.locations[0].path == SPEC
    assert finding.locations[0].line > 0


@pytest.mark.parametrize("invariants", [None, "", "  "])
def test_an_operation_that_says_nothing_is_not_declared(invariants: Any) -> None:
    """Else leaving the list out would be the way around the line."""
    finding = judged(FORMS["in place"], None, invariants)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert "write an empty list if it bears none" in finding.message


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (having(), Reason.NO_EVIDENCE),
        (having(junit=filed(junit((TITLE, TEST)), current=False)), Reason.STALE),
        (having(junit="<testsuites/>"), Reason.UNREADABLE),
    ],
)
def test_without_a_report_of_this_code_nobody_knows(facts: Facts, reason: Reason) -> None:
    """That the source is there does not show that it ran."""
    finding = judged(FORMS["in place"], facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_a_test_file_that_cannot_be_read_is_unknown() -> None:
    """The property may stand in it."""
    finding = judged("import fc from 'fast-check'; it(")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert TEST in finding.message
