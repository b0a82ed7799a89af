"""Attestations and justifications: what they cover, and when they are void."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.facts import AfterGa, AttestationFact, Facts, JustificationFact, OnCall
from prr_pipeline.readiness.model import LineResult, Outcome, Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.subjects import Target
from tests.readiness.fakes import CREATE, NOW, SPEC, FakeSnapshot, profile, spec

SHIPPED = load_catalogue()
PERSON = "somebody_looked_at_it"
ALONE = {"id": PERSON, "number": "M99", "kind": "P", "check": None, "parameters": {}, "statement": "I looked at it."}
CATALOGUE = Catalogue((*SHIPPED.lines, structs.replace(SHIPPED.line("M7"), **ALONE)))
PARTLY, CHECKED = (SHIPPED.line(number).id for number in ("M7", "M29"))
TOOL = 'export const TOOLS = { matter_create_grant: { operationId: "createGrant", minTier: 2 } };'
FILES = {SPEC: spec(), "apps/mcp/src/tools/generated.ts": TOOL}
BARE = {**FILES, SPEC: spec().replace('"x-matter-explainer":"How many shares are granted."', '"x-nothing":1')}


def judged(line_id: str, files: dict[str, str] = FILES, using: Profile | None = None, **facts: object) -> LineResult:
    told = Facts(now=NOW, target=Target.GA, **facts)  # type: ignore[arg-type]
    report = evaluate(FakeSnapshot(files), CREATE, CATALOGUE, using or profile(), told)
    return next(result for result in report.results if result.line_id == line_id)


def attestation(line_id: str, files: dict[str, str] = FILES) -> AttestationFact:
    digest = judged(line_id, files).finding.subject_digest
    return AttestationFact("sha256:a", {line_id: digest}, "mara", "engineer", "I looked.", NOW, NOW + timedelta(days=9))


def justification(line_id: str, files: dict[str, str] = BARE) -> JustificationFact:
    digest = judged(line_id, files).finding.subject_digest
    return JustificationFact("sha256:j", {line_id: digest}, "next week", "noor", "ines", NOW + timedelta(days=9))


def test_a_line_without_a_check_is_met_by_an_attestation_and_says_so() -> None:
    """Attested is not checked, and the report never hides the difference."""
    result = judged(PERSON, attestations=(attestation(PERSON),))
    assert result.outcome is Outcome.MET
    assert result.finding.message.startswith("Attested, not checked.")
    assert (result.attestations, result.check, result.finding.values) == (("sha256:a",), None, {"attested_only": True})


def test_the_automatic_part_alone_is_not_met() -> None:
    """A line of kind A+P needs both parts."""
    alone = judged(PARTLY)
    assert (alone.outcome, alone.finding.reason) == (Outcome.UNKNOWN, Reason.NOT_ATTESTED)
    both = judged(PARTLY, attestations=(attestation(PARTLY),))
    assert both.outcome is Outcome.MET
    assert not both.finding.message.startswith("Attested, not checked.")


def test_an_attestation_does_not_mend_an_unmet_automatic_part() -> None:
    """What was seen to be wrong stays wrong."""
    files = {**FILES, "apps/mcp/src/tools/generated.ts": "export const TOOLS = {};"}
    assert judged(PARTLY, files, attestations=(attestation(PARTLY, files),)).outcome is Outcome.UNMET


def test_an_attestation_counts_for_nothing_where_no_person_is_asked() -> None:
    """A checked line cannot be talked into met."""
    result = judged(CHECKED, BARE, attestations=(attestation(CHECKED, BARE),))
    assert (result.outcome, result.attestations) == (Outcome.UNMET, ())


def test_a_changed_operation_voids_an_attestation_with_the_reason() -> None:
    """It was about another state of what is reviewed."""
    old = attestation(PERSON)
    result = judged(PERSON, {**FILES, SPEC: spec(summary="new")}, attestations=(old,))
    assert (result.outcome, result.finding.reason) == (Outcome.UNKNOWN, Reason.NOT_ATTESTED)
    assert "what mara attested has changed since" in result.finding.message


def test_an_expired_attestation_is_void_at_its_instant() -> None:
    """Until means before."""
    fact = attestation(PERSON)
    assert judged(PERSON, attestations=(replace(fact, expires_at=NOW),)).outcome is Outcome.UNKNOWN
    assert judged(PERSON, attestations=(replace(fact, expires_at=NOW + timedelta(seconds=1)),)).outcome is Outcome.MET


def test_an_unmet_line_stays_unmet_and_passes_when_justified() -> None:
    """A justification never changes the outcome underneath."""
    result = judged(CHECKED, BARE, justifications=(justification(CHECKED),))
    assert (result.outcome, result.justification, result.passes) == (Outcome.UNMET, "sha256:j", True)
    assert (result.justification_text or "").startswith("Justified by noor, approved by ")
    assert not judged(CHECKED, BARE).passes


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"expires_at": NOW}, "ended at"),
        ({"lines": {CHECKED: "sha256:other"}}, "has changed since"),
        ({"approver": "noor"}, "another person must approve"),
    ],
)
def test_a_void_justification_says_why(changes: dict[str, object], note: str) -> None:
    """Expired, about another state, or approved by its own author."""
    result = judged(CHECKED, BARE, justifications=(replace(justification(CHECKED), **changes),))  # type: ignore[arg-type]
    assert (result.justification, result.justification_text, result.passes) == (None, None, False)
    assert note in (result.justification_note or "")


def test_a_met_line_needs_its_justification_no_longer() -> None:
    """An exception that nobody needs is shown until it is deleted."""
    result = judged(CHECKED, justifications=(justification(CHECKED, FILES),))
    assert (result.outcome, result.justification) == (Outcome.MET, None)
    assert "no longer needed" in (result.justification_note or "")


def test_what_is_unknown_is_never_justified_away() -> None:
    """Supply the evidence, declare it, or attest it."""
    result = judged(PERSON, justifications=(justification(PERSON, FILES),))
    assert (result.outcome, result.justification, result.passes) == (Outcome.UNKNOWN, None, False)
    assert "never covers what is unknown" in (result.justification_note or "")


def test_agreement_is_never_justified_away() -> None:
    """Who must agree is not up to an exception."""
    line = "council_quorum_signed"
    fact = justification(line, FILES)
    unmet = {line: (Outcome.UNMET, "Nobody signed.")}
    result = judged(line, justifications=(fact,), approvals=unmet)
    assert (result.outcome, result.justification, result.passes) == (Outcome.UNMET, None, False)


def test_a_line_of_the_person_on_call_is_theirs_to_attest() -> None:
    """Whoever else signs it is named with what they were not."""
    line, facts = SHIPPED.line("M23").id, {"on_call": OnCall(("felix",), None, "rota.ics")}
    digest = judged(line, **facts).finding.subject_digest
    fact = AttestationFact("sha256:a", {line: digest}, "mara", "engineer", "I looked.", NOW, NOW + timedelta(days=9))
    result = judged(line, attestations=(fact,), **facts)
    assert (result.outcome, result.finding.reason) == (Outcome.UNKNOWN, Reason.NOT_ATTESTED)
    assert "mara signed and was not the person on call" in result.finding.message
    theirs = replace(fact, person="felix", capacities=frozenset({"on_call"}))
    assert judged(line, attestations=(fact, theirs), **facts).outcome is Outcome.MET


def test_what_was_signed_before_a_line_fell_due_says_nothing() -> None:
    """Nobody knows the month before it is over; the instant itself is late enough."""
    line, full = SHIPPED.line("M37").id, NOW - timedelta(days=40)
    facts = {"after_ga": AfterGa(full)}
    digest = judged(line, **facts).finding.subject_digest
    due = full + timedelta(days=30)
    fact = AttestationFact(
        "sha256:a", {line: digest}, "noor", "engineer", "Read all.", due, NOW + timedelta(days=9),
        frozenset({"owning_context"}),
    )  # fmt: skip
    assert judged(line, attestations=(fact,), **facts).outcome is Outcome.MET
    early = judged(line, attestations=(replace(fact, signed_at=due - timedelta(seconds=1)),), **facts)
    assert early.outcome is Outcome.UNKNOWN
    assert "before it was due at" in early.finding.message


def test_an_exemption_that_needs_a_reason_is_not_applicable_with_one_only() -> None:
    """Game days that never apply are a choice that somebody answers for."""
    line, facts = SHIPPED.line("M38").id, {"after_ga": AfterGa(NOW - timedelta(days=400))}
    never = profile(after_ga__game_day="never")
    alone = judged(line, using=never, **facts)
    assert (alone.outcome, alone.finding.reason) == (Outcome.UNKNOWN, Reason.NOT_ATTESTED)
    fact = AttestationFact(
        "sha256:a", {line: alone.finding.subject_digest}, "noor", "engineer", "A read.", NOW, NOW + timedelta(days=9)
    )
    attested = judged(line, using=never, attestations=(fact,), **facts)
    assert (attested.outcome, attested.attestations) == (Outcome.NOT_APPLICABLE, ("sha256:a",))
    assert "Attested by noor (engineer): A read." in attested.finding.message


def test_what_does_not_apply_needs_no_statement_elsewhere() -> None:
    """The check has proved it."""
    assert judged(SHIPPED.line("M32").id).outcome is Outcome.NOT_APPLICABLE
