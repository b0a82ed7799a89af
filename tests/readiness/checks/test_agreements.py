"""The agreement with a partner who gets health data (L79)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.partner import DECLARATION, OAUTH, REGISTER, SRC, found

MET, UNMET, UNKNOWN, APART = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
QUIET = "export {};"


def agreement(declaration: str, code: str = QUIET, **others: str) -> Finding:
    """L79 of a declaration, with this code alone naming scopes."""
    more = {f"packages/scopes/src/{name}.ts": text for name, text in others.items()}
    return found("L79", {DECLARATION: declaration, OAUTH: code, **more})


PARTY = "partner: Fitbook Inc.\n"
SCOPES = [
    ("health data", PARTY + "scopes: [openid, read:biomarkers]", QUIET, MET),
    ("written health data", PARTY + "scopes: ['write:check_ins']", QUIET, MET),
    ("none of health data", PARTY + "scopes: [openid, read:account]", QUIET, APART),
    ("none", PARTY + "scopes: []", QUIET, APART),
    ("not declared", PARTY, QUIET, UNKNOWN),
    ("a text", PARTY + "scopes: openid", QUIET, UNKNOWN),
    ("more in code", PARTY + "scopes: [openid]", 'go({ scope: "openid read:wearables" });', MET),
    ("more in a template", PARTY + "scopes: [openid]", "go(`openid read:wearables ${more}`);", MET),
    ("a type alone", PARTY + "scopes: [openid]", 'type Known = "read:wearables" | "openid";', APART),
    ("another text with a colon", PARTY + "scopes: [openid]", 'log("note:biomarkers");', APART),
    ("a broken source", PARTY + "scopes: [openid]", "export const =", UNKNOWN),
    ("health data and a broken source", PARTY + "scopes: [read:protocols]", "export const =", MET),
    ("no partner of that name", "scopes: [read:biomarkers]", QUIET, UNMET),
]


@pytest.mark.parametrize(("declared", "code", "expected"), [e[1:] for e in SCOPES], ids=[e[0] for e in SCOPES])
def test_the_scopes_decide_whether_one_is_needed(declared: str, code: str, expected: Outcome) -> None:
    """Those that are declared, and those that the code asks for besides."""
    assert agreement(declared, code).outcome is expected


def test_scopes_by_constants_count() -> None:
    """Those of the platform's package too."""
    code = 'import { SCOPES } from "../../../packages/scopes/src/index";\ngo([SCOPES.READ_WEARABLES]);'
    constants = 'export const SCOPES = { READ_WEARABLES: "read:wearables", ALL: "read:biomarkers" } as const;'
    found_ = agreement(PARTY + "scopes: [openid]", code, index=constants)
    assert (found_.outcome, "for read:wearables." in found_.message) == (MET, True)


RECORD = "party: Fitbook Inc., signed_on: 2026-01-10, valid_from: 2026-01-15, valid_until: 2027-01-15"
RECORDS = [
    ("in force", RECORD, MET),
    ("with instants", RECORD.replace("2027-01-15", "2027-01-15T00:00:00Z"), MET),
    ("from today", RECORD.replace("2026-01-15", "2026-03-02"), MET),
    ("from tomorrow", RECORD.replace("2026-01-15", "2026-03-03"), UNMET),
    ("until today", RECORD.replace("2027-01-15", "2026-03-02"), MET),
    ("until yesterday", RECORD.replace("2027-01-15", "2026-03-01"), UNMET),
    ("not signed", RECORD.replace("signed_on: 2026-01-10, ", ""), UNMET),
    ("to be signed", RECORD.replace("2026-01-10", "2026-12-01"), UNMET),
    ("signed by no date", RECORD.replace("2026-01-10", "yes"), UNMET),
    ("without an end", RECORD.replace(", valid_until: 2027-01-15", ""), UNMET),
    ("of another party", RECORD.replace("Fitbook Inc.", "Fitbook"), UNMET),
]


@pytest.mark.parametrize(("record", "expected"), [each[1:] for each in RECORDS], ids=[each[0] for each in RECORDS])
def test_the_record_has_party_and_dates_and_holds_today(record: str, expected: Outcome) -> None:
    """Both ends are whole days."""
    assert found("L79", {REGISTER: f"agreements:\n  - {{{record}}}\n"}).outcome is expected


def test_one_of_several_records_is_enough() -> None:
    """A renewal stands beside what it renews."""
    ended = RECORD.replace("2027-01-15", "2026-02-01")
    renewed = found("L79", {REGISTER: f"agreements:\n  - {{{ended}}}\n  - {{{RECORD}}}\n"})
    assert (renewed.outcome, renewed.locations[0].line) == (MET, 3)


def test_the_partner_may_be_called_like_the_client() -> None:
    """Where the declaration names no other."""
    record = RECORD.replace("Fitbook Inc.", "fitbook")
    edits = {DECLARATION: "scopes: [read:biomarkers]", REGISTER: f"agreements: [{{{record}}}]"}
    assert found("L79", edits).outcome is MET


def test_a_register_of_another_form_is_unknown() -> None:
    """Nothing can be told of it."""
    for text in ("contracts: []", "agreements: {}", "- a", "agreements: ["):
        assert found("L79", {REGISTER: text}).reason is Reason.UNREADABLE, text
    assert found("L79", {REGISTER: None}).reason is Reason.NO_EVIDENCE
    assert found("L79", {DECLARATION: None}).reason is Reason.NOT_DECLARED


def test_findings_say_where_and_what_to_do() -> None:
    """The record and the declaration."""
    ended = found("L79", {REGISTER: f"agreements:\n  - {{{RECORD.replace('2027', '2026')}}}\n"})
    assert ended.message == (
        f"The agreement of Fitbook Inc. in {REGISTER}:2 ended on 2026-01-15; mend it before read:biomarkers."
    )
    assert [(each.path, each.line) for each in ended.locations] == [(REGISTER, 2), (DECLARATION, 3)]
    assert SRC in OAUTH
