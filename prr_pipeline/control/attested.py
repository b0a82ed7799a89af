"""Signed claims in the ledger: attestations and justifications of one promotion, as the judgement reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.readiness.facts import AttestationFact, Capacity, JustificationFact
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.justification import Justification, JustificationPolicy
from prr_pipeline.review.people import CONSENT_REVIEWER, ENGINEER, Person
from prr_pipeline.review.roster import Roster
from prr_pipeline.rollout.state import PromotionState

WATCH_LINE = "first_week_alerts_are_reviewed"
FEEDBACK_LINE = "month_one_feedback_is_reviewed"


def attestations_of(work: Workplace, state: PromotionState) -> tuple[AttestationFact, ...]:
    """Every accepted attestation whose signer is still in the roster. Who may say what is judged per line."""
    roster = work.roster
    found = []
    for event, one in attestations_in(work, state, roster):
        person = roster.people[one.envelope.person]
        capacities = capacities_of(person, state.context, on_call=event.payload.get("on_call") is True)
        found.append(attestation_fact_of(str(event.payload["record_digest"]), one, capacities))
    return tuple(found)


def justifications_of(work: Workplace, state: PromotionState) -> tuple[JustificationFact, ...]:
    """Every accepted justification whose approver may still approve, its expiry cut to what policy allows."""
    roster, policy = work.roster, justification_policy(work)
    found = []
    for event in work.ledger.events(stream=state.key, types=(EventType.JUSTIFICATION_ACCEPTED,)):
        one = Justification.from_bytes(_bytes(event))
        if roster.roles_of(one.approver) & policy.approver_roles:
            found.append(justification_fact(str(event.payload["record_digest"]), one, policy))
    return tuple(found)


def capacities_of(person: Person, context: str | None, *, on_call: bool) -> frozenset[Capacity]:
    """In what capacities a person speaks of a subject of that context. ``on_call``: when the record was taken in."""
    found: set[Capacity] = {"on_call"} if on_call else set()
    if context in person.contexts and ENGINEER in person.roles:
        found.add("owning_context")
    if CONSENT_REVIEWER in person.roles:
        found.add("consent_reviewer")
    return frozenset(found)


def attestation_fact_of(record_digest: str, one: Attestation, capacities: frozenset[Capacity]) -> AttestationFact:
    """A verified attestation as the judgement reads it."""
    envelope = one.envelope
    lines = {claim.line_id: claim.subject_digest for claim in one.lines}
    return AttestationFact(
        record_digest, lines, envelope.person, envelope.role, one.statement, envelope.signed_at, envelope.expires_at,
        capacities,
    )  # fmt: skip


def justification_fact(record_digest: str, one: Justification, policy: JustificationPolicy) -> JustificationFact:
    """A verified justification as the judgement reads it; lines that nobody may justify are left out."""
    lines = {claim.line_id: claim.subject_digest for claim in one.lines if claim.line_id not in policy.never}
    return JustificationFact(record_digest, lines, one.reason, one.author, one.approver, one.ends_at(policy))


def justification_policy(work: Workplace) -> JustificationPolicy:
    """What this deployment accepts."""
    council = work.settings.council
    return JustificationPolicy(max_validity=council.justification_max) if council else JustificationPolicy()


def attested_line(work: Workplace, state: PromotionState, line_id: str, *, signed_after: datetime) -> bool:
    """Whether an engineer of the owning context attested the line, in a record taken in at or after ``signed_after``.

    For stages after 100%: the statement is about time that has passed, so it is not bound to a digest of code.
    """
    roster = work.roster
    for event, one in attestations_in(work, state, roster):
        envelope = one.envelope
        owns = _owns(roster, state, envelope.person)
        late = event.at >= signed_after and envelope.signed_at >= signed_after
        if owns and late and work.now() < envelope.expires_at and line_id in {c.line_id for c in one.lines}:
            return True
    return False


def _owns(roster: Roster, state: PromotionState, person_id: str) -> bool:
    return "owning_context" in capacities_of(roster.people[person_id], state.context, on_call=False)


def attestations_in(work: Workplace, state: PromotionState, roster: Roster) -> Iterator[tuple[Event, Attestation]]:
    """Every accepted attestation whose signer the roster still gives a role, with the event that took it in."""
    for event in work.ledger.events(stream=state.key, types=(EventType.ATTESTATION_ACCEPTED,)):
        one = Attestation.from_bytes(_bytes(event))
        if roster.roles_of(one.envelope.person):
            yield event, one


def _bytes(event: Event) -> bytes:
    return canonical_bytes(event.payload["statement"])
