"""The tests of a service, its consent texts and its SDK's consumers (L19 to L22, L36, L49)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.readiness.facts import AttestationFact, Capacity, Facts
from prr_pipeline.readiness.findings import SEEN_INSTEAD
from prr_pipeline.readiness.model import Outcome, Reason
from prr_pipeline.readiness.overlays import attest
from tests.readiness.checks.identity import (
    AUDIT,
    CANARY,
    CASES,
    CONSENT,
    ERRORS,
    FILES,
    ROOT,
    ROUTE_TESTS,
    ROUTES,
    SCOPES,
    SERVICE,
    SET_UP,
    edited,
    facts,
    reported,
)
from tests.readiness.checks.identity_edits import EDITS, Edit
from tests.readiness.checks.platform import CATALOGUE, IDENTITY, judged, judged_all
from tests.readiness.fakes import NOW
from tests.readiness.filed import absent, filed, junit

LINES = ("L19", "L20", "L21", "L22", "L36", "L49")
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}


def vector(*edits: Edit, known: Facts | None = None) -> str:
    """The outcomes of the six lines after some edits: m(et), U(nmet), ?, n(ot applicable)."""
    return "".join(SIGNS[each.outcome] for each in judged_all(LINES, edited(*edits), IDENTITY, known or facts()))


@pytest.mark.parametrize(("edits", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edits: list[Edit], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(*edits) == expected


# What CI says of cases, by the start of their titles; then the outcomes.
REPORTS: list[tuple[str, dict[str, str | None], str]] = [
    ("a unit test failed", {"refuses_a": "failure"}, "UmmUmm"),
    ("all unit tests were skipped", {"refuses_a": "skipped", "does_not": "skipped"}, "UmmUmm"),
    ("one unit test was skipped", {"does_not": "skipped"}, "mmmUmm"),
    ("a unit test passed when it was run again", {"refuses_a": "flakyFailure"}, "mmmmmm"),
    ("unit tests did not run", {"refuses_a": None, "does_not": None}, "UmmUmm"),
    ("a route's test failed", {"shows": "failure"}, "mUmmmm"),
    ("a route's only test was skipped", {"exports": "skipped"}, "mUmmmm"),
    ("a route's only test did not run", {"exports": None}, "mUmmmm"),
    ("one row of a case failed", {"refuses_{}": "failure"}, "mUmUmm"),
    ("a conformance case failed", {"hides": "failure"}, "mmUmmm"),
    ("a conformance case was skipped", {"asks": "skipped"}, "mmUmmm"),
    ("a conformance suite did not run", {"holds": None}, "mmUmmm"),
    ("the canary failed", {"lists": "failure"}, "mmmmmU"),
    ("the canary was skipped", {"lists": "skipped"}, "mmmmmm"),
]


@pytest.mark.parametrize(("changes", "expected"), [each[1:] for each in REPORTS], ids=[each[0] for each in REPORTS])
def test_each_line_hears_of_its_own_cases(changes: dict[str, str | None], expected: str) -> None:
    """A case of one line says nothing of another."""
    assert vector(known=facts(reported(**changes))) == expected


def test_the_place_of_a_fault_is_told() -> None:
    """File, line and way out."""
    idle = judged("L19", edited((SERVICE, "export type", "export class Idle {}\nexport type")), IDENTITY, facts())
    assert idle.message == "identity lacks a passed unit test of Idle (no case); write one that uses it."
    assert [(each.path, each.line) for each in idle.locations] == [(SERVICE, 24)]
    replaced = judged("L20", edited((SET_UP, "", 'vi.mock("@platform/events");')), IDENTITY, facts())
    assert f"POST /v1/grants ({SET_UP}:1 replaces the event publishing)" in replaced.message
    thrown = judged("L22", edited((SERVICE, '"grant_exists"', '"grant_taken"')), IDENTITY, facts())
    assert thrown.message == (
        f"No passed test of identity asserts grant_taken ({SERVICE}:7); add a case that provokes each."
    )
    text = judged("L36", edited((CONSENT, '"write:grants"', '"write:others"')), IDENTITY, facts())
    assert "CONSENT_TEXT in packages/scopes/src/consent.ts lacks write:grants;" in text.message
    assert text.locations[0].path == ROUTES


def test_a_title_may_name_the_route() -> None:
    """A case whose request cannot be followed still says what it is about."""
    files = edited((ROUTE_TESTS, "app.request(`/v1/grants/${id}?view=full`)", "show(id)"))
    titled = (
        *(each for each in CASES if each[0] != "shows a grant"),
        ("GET /v1/grants/:id > shows a grant", ROUTE_TESTS),
    )
    assert judged("L20", files, IDENTITY, facts(junit(*titled))).outcome is Outcome.MET
    elsewhere = (*titled[:-1], ("POST /v1/grants/:id > shows a grant", ROUTE_TESTS))
    assert judged("L20", files, IDENTITY, facts(junit(*elsewhere))).outcome is Outcome.UNMET


@pytest.mark.parametrize(
    ("path", "title", "outcome"),
    [
        (f"{ROOT}/tests/conformance/all.test.ts", "audit > writes a row", Outcome.MET),
        (f"{ROOT}/tests/conformance/all.test.ts", "conformance > writes an audit row", Outcome.MET),
        (f"{ROOT}/tests/audit.test.ts", "conformance > writes a row", Outcome.MET),
        (f"{ROOT}/tests/audit.test.ts", "writes a row", Outcome.UNMET),
        (f"{ROOT}/tests/conformance/all.test.ts", "audits > writes a row", Outcome.UNMET),
        (f"{ROOT}/tests/conformance/brand.test.ts", "writes an audit row", Outcome.UNMET),
        ("services/orders/tests/conformance/audit.test.ts", "writes a row", Outcome.UNMET),
    ],
)
def test_a_suite_is_named_by_its_file_or_the_suites_around(path: str, title: str, outcome: Outcome) -> None:
    """A case of one suite may speak of another; another service's suite is no evidence."""
    files = {each: text for each, text in FILES.items() if each != AUDIT}
    report = junit(*(each for each in CASES if each[1] != AUDIT), (title, path))
    assert judged("L21", {**files, path: f'it("{title}", () => {{}});'}, IDENTITY, facts(report)).outcome is outcome


def test_a_suite_that_the_report_does_not_know_was_not_run() -> None:
    """Beside others of its suite that passed."""
    idle = f"{ROOT}/tests/conformance/audit-exports.test.ts"
    found = judged("L21", {**FILES, idle: 'it("writes a row", () => {});'}, IDENTITY, facts())
    assert found.outcome is Outcome.UNMET
    assert f"audit (not run: {idle})" in found.message


@pytest.mark.parametrize("number", ["L19", "L20", "L21", "L22"])
@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (Facts(now=NOW), Reason.NO_EVIDENCE),
        (Facts(now=NOW, artefacts={"junit": absent()}), Reason.NO_EVIDENCE),
        (Facts(now=NOW, artefacts={"junit": filed(reported(), current=False)}), Reason.STALE),
        (Facts(now=NOW, artefacts={"junit": filed("<testsuites/>")}), Reason.UNREADABLE),
        (Facts(now=NOW, artefacts={"junit": filed(junit(("x", "AllTests")))}), Reason.NO_EVIDENCE),
    ],
)
def test_without_a_report_of_the_judged_code_nothing_is_known(number: str, known: Facts, reason: Reason) -> None:
    """None, another commit's, an empty one, and one without files."""
    found = judged(number, FILES, IDENTITY, known)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, reason)


def test_without_coverage_nobody_can_say_what_is_realistic() -> None:
    """But a code that no case asserts is a fault without it."""
    known = Facts(now=NOW, artefacts={"junit": filed(reported())})
    assert judged("L22", FILES, IDENTITY, known).reason is Reason.NO_EVIDENCE
    wrong = edited((SERVICE, '"grant_exists"', '"grant_taken"'))
    assert judged("L22", wrong, IDENTITY, known).outcome is Outcome.UNMET
    assert judged("L22", FILES, IDENTITY, facts()).values["branches_not_run"] == [f"{SERVICE} (9 of 10 ran)"]


def test_errors_without_a_code_are_shown() -> None:
    """To the person who says whether the tests are realistic."""
    found = judged("L22", edited((SERVICE, "throw error;", 'throw new Error("broken");')), IDENTITY, facts())
    assert found.values["without_code"] == [f"{SERVICE}:20"]


def test_a_service_that_throws_no_code_is_unknown() -> None:
    """An empty set proves nothing."""
    plain = {path: text for path, text in FILES.items() if path not in (SERVICE, ERRORS, ROUTES)}
    found = judged("L22", plain, IDENTITY, facts())
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_what_is_new_is_told_by_the_last_release() -> None:
    """Without a base nobody knows; before the first release every scope is new."""
    assert judged("L36", FILES, IDENTITY, Facts(now=NOW)).reason is Reason.NO_BASELINE
    assert judged("L36", FILES, IDENTITY, facts(released={})).values["texts"] == {
        "read:grants": "See which apps you gave access",
        "write:grants": "Change your apps Give an app access, or take it away.",
    }
    hidden = {SCOPES: "export const SCOPES = { ...others };"}
    assert judged("L36", FILES, IDENTITY, facts(released=hidden)).reason is Reason.NOT_RESOLVABLE


def test_a_new_wording_of_a_consent_text_voids_what_was_signed() -> None:
    """The digest holds the texts of the new scopes, and of no other."""
    before = judged("L36", FILES, IDENTITY, facts()).subject_digest
    worded = judged("L36", edited((CONSENT, "Change your apps", "Change your applications")), IDENTITY, facts())
    assert worded.subject_digest != before
    other = judged("L36", edited((CONSENT, "See which apps", "See which applications")), IDENTITY, facts())
    assert other.subject_digest == before


@pytest.mark.parametrize(
    ("number", "report", "outcome"),
    [
        ("L49", reported(), Outcome.MET),
        ("L49", reported(lists="skipped"), Outcome.UNKNOWN),
        ("L22", reported(), Outcome.UNKNOWN),
        ("L36", reported(), Outcome.UNKNOWN),
    ],
)
def test_a_person_is_asked_unless_the_canary_said_it(number: str, report: str, outcome: Outcome) -> None:
    """A call that passed in CI is what a person would else state; texts and tests only a person can weigh."""
    known = facts(report)
    found = judged(number, FILES, IDENTITY, known)
    assert found.outcome is Outcome.MET
    assert attest(CATALOGUE.line(number), found, known).finding.outcome is outcome


def test_the_canary_may_run_code_of_its_workspace() -> None:
    """A case that imports what calls the package shows as much; one that imports nothing of it shows nothing."""
    source = "apps/sdk-canary/src/round.ts"
    calling = FILES[CANARY].partition("it(")[0] + "export const round = () => identity.grants.list();"
    test = 'import { round } from "../src/round";\nit("lists grants", async () => { await round(); });'
    files = {**FILES, source: calling, CANARY: test}
    assert judged("L49", files, IDENTITY, facts()).values["seen_instead"] == "lists grants"
    alone = {**files, CANARY: 'it("lists grants", () => {});'}
    found = judged("L49", alone, IDENTITY, facts(reported(lists="failure")))
    assert (found.outcome, found.values.get("seen_instead")) == (Outcome.MET, None)


@pytest.mark.parametrize(
    ("capacity", "outcome"), [("consent_reviewer", Outcome.MET), ("owning_context", Outcome.UNKNOWN)]
)
def test_consent_texts_are_reviewed_by_whose_role_it_is(capacity: Capacity, outcome: Outcome) -> None:
    """An engineer who wrote the text, or works with who did, is not the one who reads it as a patient will."""
    found = judged("L36", FILES, IDENTITY, facts())
    line, until = CATALOGUE.line("L36"), NOW + timedelta(days=30)
    signed = AttestationFact(
        "sha256:a", {line.id: found.subject_digest}, "ada", "x", "I read it.", NOW, until, frozenset({capacity})
    )
    told = attest(line, found, replace(facts(), attestations=(signed,)))
    assert told.finding.outcome is outcome


def test_what_a_check_says_it_saw_spares_no_person_where_the_line_does_not_let_it() -> None:
    """Who must speak, the checklist says and not the check."""
    found = judged("L22", FILES, IDENTITY, facts())
    telling = replace(found, values={SEEN_INSTEAD: "a canary"})
    assert attest(CATALOGUE.line("L22"), telling, facts()).finding.reason is Reason.NOT_ATTESTED


def test_another_services_files_leave_the_digests() -> None:
    """What was signed for one service holds while others come."""
    more = {path.replace(ROOT, "services/orders"): text for path, text in FILES.items() if path.startswith(ROOT)}
    before = judged_all(LINES, FILES, IDENTITY, facts())
    after = judged_all(LINES, {**more, **FILES}, IDENTITY, facts())
    assert [each.subject_digest for each in before] == [each.subject_digest for each in after]
    assert [each.outcome for each in after] == [Outcome.MET] * 6
