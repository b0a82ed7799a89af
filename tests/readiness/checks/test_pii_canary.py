"""Personal fields that are new since the previous minor have a canary, and its test ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.repository.tree import Blob, blob_id_of
from tests.readiness.fakes import COMPONENTS, NOW, SPEC, profile, run, spec

M26 = load_catalogue().line("M26")
CANARY, TESTS = "apps/api/lib/pii-canary.ts", "apps/api/__tests__/pii-canary.test.ts"
BASE = "apps/docs/api-reference/versions/2026-05-01.yaml"
ENTRY = '{ operationId: "createGrant", field: "recipient_email", canary: "canary@example.org" }'
OLD, NEW = {"fields": ["recipient_name"]}, {"fields": ["recipient_name", "recipient_email"]}
CASE = f'<testcase classname="{TESTS}" file="{TESTS}" name="createGrant lets no canary out"'
GREEN, RED, SKIPPED = f"{CASE}/>", f"{CASE}><failure/></testcase>", f"{CASE}><skipped/></testcase>"


def report(cases: str, *, current: bool = True) -> ArtefactFact:
    data = f"<testsuites><testsuite name='vitest'>{cases}</testsuite></testsuites>".encode()
    return ArtefactFact(Blob("junit.xml", blob_id_of(data), data), "vitest", "3.2.4", NOW, "1" * 40, current)


def judged(
    pii: object = NEW,
    canaries: str | None = f"[{ENTRY}]",
    before: object = OLD,
    cases: str = GREEN,
    files: Mapping[str, str] | None = None,
    junit: ArtefactFact | ArtefactAbsent | None = None,
    **keys: Any,
) -> Finding:
    given = {SPEC: spec(x_pii=pii), BASE: spec("2026-05-01", x_pii=before), TESTS: "//", **(files or {})}
    given |= {CANARY: f"export const PII_CANARIES = {canaries} as const;"} if canaries is not None else {}
    facts = Facts(now=NOW, artefacts={"junit": junit or report(cases)})
    return run(M26.check, M26.parameters, {k: v for k, v in given.items() if v}, facts, using=profile(**keys))


def test_a_new_field_with_a_canary_whose_test_passed_is_met() -> None:
    """Both sets and the version of the older one are shown."""
    finding = judged()
    assert finding.outcome is Outcome.MET
    assert finding.values["new"] == ["recipient_email"]
    assert finding.values["previous"] == ["recipient_name"]
    assert finding.values["previous_version"] == "2026-05-01"


@pytest.mark.parametrize(
    ("now", "before"),
    [(OLD, OLD), ({"fields": []}, OLD), (False, OLD), ("none", None), (OLD, NEW), (["recipient_name"], OLD)],
    ids=["the same", "none left", "no", "a word for none", "fewer", "another form"],
)
def test_no_new_field_is_not_applicable_with_both_sets(now: object, before: object) -> None:
    """However the mark is written, then and now."""
    finding = judged(now, None, before, "")
    assert finding.outcome is Outcome.NOT_APPLICABLE, finding.message
    assert {"fields", "previous", "previous_version"} <= set(finding.values)
    assert finding.locations[0].line > 0


@pytest.mark.parametrize(
    "canaries",
    [
        '["createGrant.recipient_email"]',
        '{ createGrant: ["recipient_email"] }',
        '{ createGrant: { recipient_email: "canary@example.org" } }',
        '[{ operation: "createGrant", property: "recipient_email" }]',
        '[{ field: "recipient_email", canary: "x" }]',
        f"[...others, {ENTRY}]",
    ],
)
def test_canaries_are_read_in_every_usual_form(canaries: str) -> None:
    """Lists, maps, and entries that hold for every operation."""
    assert judged(canaries=canaries).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("canaries", "words"),
    [
        (None, "pii-canary.ts does not exist"),
        ("[]", "has no canary for recipient_email"),
        ('[{ operationId: "listOther", field: "recipient_email" }]', "has no canary for recipient_email"),
        ('["createGrant.recipient_email_domain"]', "has no canary"),
        ('[{ operationId: "createGrant", field: "recipient_name" }]', "has no canary"),
    ],
    ids=["no file", "none", "another operation's", "a longer name", "another field"],
)
def test_a_field_without_a_canary_is_unmet(canaries: str | None, words: str) -> None:
    """It would leak in silence."""
    finding = judged(canaries=canaries)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert finding.locations[0].path == CANARY


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (RED, "failed:"),
        (SKIPPED, "skipped:"),
        (GREEN + RED, "failed:"),
        (GREEN.replace("createGrant", "createGrants"), "(no case)"),
        (GREEN.replace("pii-canary.test.ts", "grants.test.ts") + RED.replace("createGrant", "x"), "(no case)"),
    ],
    ids=["red", "skipped", "both", "another operation", "another file"],
)
def test_a_canary_that_did_not_run_green_is_unmet(cases: str, words: str) -> None:
    """A list that nobody sends finds nothing."""
    finding = judged(cases=cases, files={"apps/api/__tests__/grants.test.ts": " "})
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message


@pytest.mark.parametrize(
    ("junit", "reason"),
    [
        (report(GREEN, current=False), Reason.STALE),
        (ArtefactAbsent("CI filed no junit; publish it.", Reason.NO_EVIDENCE), Reason.NO_EVIDENCE),
        (report("<testcase"), Reason.UNREADABLE),
        (report(""), Reason.UNREADABLE),
    ],
    ids=["of other code", "absent", "broken", "without cases"],
)
def test_a_report_that_proves_nothing_is_unknown(junit: ArtefactFact | ArtefactAbsent, reason: Reason) -> None:
    """Another commit's green is not this one's."""
    finding = judged(junit=junit)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_without_a_frozen_minor_it_is_unknown() -> None:
    """Nobody can say what is new; a shallow list is no list."""
    finding = judged(files={BASE: ""})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_BASELINE)
    finding = judged(paths__openapi_previous=None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_BASELINE)


def test_in_the_first_minor_every_field_is_new() -> None:
    """The list of versions was read, and none of them is earlier."""
    later = {BASE: "", BASE.replace("2026-05-01", "2026-06-10"): spec()}
    assert judged(files=later).outcome is Outcome.UNMET
    both = f'[{ENTRY}, "createGrant.recipient_name"]'
    finding = judged(canaries=both, files=later)
    assert finding.outcome is Outcome.MET
    assert finding.values["previous_version"] == "none"


def test_of_a_new_operation_every_field_is_new() -> None:
    """The previous minor did not have it at all."""
    before = spec("2026-05-01", operationId="another")
    finding = judged(files={BASE: before})
    assert finding.outcome is Outcome.UNMET
    assert finding.values["new" if "new" in finding.values else "fields"] == ["recipient_email", "recipient_name"]


def test_marks_on_properties_and_parameters_count() -> None:
    """An operation that says yes leaves it to the fields to say where."""
    components = json.loads(json.dumps(COMPONENTS))
    components["schemas"]["Grant"]["properties"]["recipient_email"] = {"type": "string", "x-matter-pii": "contact"}
    parameters = [{"name": "tax_id", "in": "query", "schema": {"type": "string", "x-matter-pii": True}}]
    text = spec(components=components, x_pii=True, parameters=parameters)
    finding = judged(files={SPEC: text}, before=False, canaries='["createGrant.recipient_email", "createGrant.tax_id"]')
    assert finding.outcome is Outcome.MET, finding.message
    assert finding.values["new"] == ["recipient_email", "tax_id"]


def test_personal_data_without_a_place_is_unknown() -> None:
    """Yes is no field."""
    finding = judged(True)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert finding.locations[0].path == SPEC


def test_a_list_that_must_be_run_is_unknown() -> None:
    """The canary may stand in the spread."""
    finding = judged(canaries="[...load()]")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_canaries_of_others_leave_the_digest_as_it_is() -> None:
    """The list belongs to all."""
    assert judged().subject_digest == judged(canaries=f'[{ENTRY}, "listOther.x"]').subject_digest
    assert judged().subject_digest != judged({"fields": ["recipient_email"]}).subject_digest
