"""What people add to a finding: attestations for the person's part, justifications of an unmet line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.facts import AttestationFact, Capacity, Facts, JustificationFact
from prr_pipeline.readiness.findings import SEEN_INSTEAD
from prr_pipeline.readiness.model import Finding, Outcome, Reason

SPEAKERS: dict[Capacity, str] = {
    "on_call": "the person on call",
    "owning_context": "an engineer of the owning context",
    "consent_reviewer": "a reviewer of consent texts",
}
"""What a sentence calls those of whom a line asks a statement."""


@dataclass(frozen=True, slots=True)
class Attested:
    """The finding with the person's part in it, and the digests of the attestations that took part."""

    finding: Finding
    attestations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Justified:
    """The justification that covers the line (digest, and what it says), or why a present one does not (a sentence)."""

    digest: str | None = None
    text: str | None = None
    note: str | None = None


def attest(line: Line, finding: Finding, facts: Facts, due_at: datetime | None = None) -> Attested:
    """Add the person's part. A line without a check is judged by it alone; else both parts must hold.

    ``due_at``: when a line after GA fell due.
    """
    if not _asks_a_person(line, finding):
        return Attested(finding)
    named = [fact for fact in facts.attestations if line.id in fact.lines]
    faults = [_fault(fact, line, finding, facts, due_at) for fact in named]
    valid = [fact for fact, fault in zip(named, faults, strict=True) if fault is None]
    if not valid:
        return Attested(_not_attested(line, finding, [fault or "" for fault in faults]))
    people = " and ".join(sorted({f"{fact.person} ({fact.role})" for fact in valid}))
    said = f"Attested by {people}: {valid[0].statement.strip().rstrip('.')}."
    message = f"Attested, not checked. {said}" if line.check is None else f"{finding.message} {said}"
    values = finding.values if line.check else {**finding.values, "attested_only": True}
    exempt = finding.outcome is Outcome.NOT_APPLICABLE
    outcome = Outcome.NOT_APPLICABLE if exempt else Outcome.MET
    found = replace(finding, outcome=outcome, reason=None, message=message, values=values)
    return Attested(found, tuple(sorted(fact.digest for fact in valid)))


def _asks_a_person(line: Line, finding: Finding) -> bool:
    """What a check saw to be wrong, or could not see, no statement mends; what does not apply seldom needs one."""
    if line.check is None or not line.has_person_part:
        return line.has_person_part
    if line.attested_unless_seen and finding.values.get(SEEN_INSTEAD):
        return False
    exempt = finding.outcome is Outcome.NOT_APPLICABLE and line.exemption_attested
    return exempt or finding.outcome is Outcome.MET


def justify(line: Line, finding: Finding, facts: Facts) -> Justified:
    """Find the justification that covers an unmet line, or say why one that is there does not."""
    named = [fact for fact in facts.justifications if line.id in fact.lines]
    if not named:
        return Justified()
    if not line.justifiable:
        return Justified(note="This line says who must agree; it is never justified away.")
    if finding.outcome is Outcome.UNKNOWN:
        return Justified(
            note="A justification never covers what is unknown; supply the evidence, declare it or attest it."
        )
    if finding.outcome is not Outcome.UNMET:
        return Justified(note=f"The line is {finding.outcome}: its justification is no longer needed; delete it.")
    notes = []
    for fact in named:
        note = _void(fact, line.id, finding, facts)
        if note is None:
            return Justified(digest=fact.digest, text=_words(fact))
        notes.append(note)
    return Justified(note=notes[-1])


def _words(fact: JustificationFact) -> str:
    until = instant_text(fact.expires_at)
    return f"Justified by {fact.author}, approved by {fact.approver}, until {until}: {fact.reason.strip()}"


def _fault(fact: AttestationFact, line: Line, finding: Finding, facts: Facts, due_at: datetime | None) -> str | None:
    if line.attested_by is not None and line.attested_by not in fact.capacities:
        return f"{fact.person} signed and was not {SPEAKERS[line.attested_by]}"
    if line.attested_when_due and due_at is not None and fact.signed_at < due_at:
        return f"{fact.person} signed at {instant_text(fact.signed_at)}, before it was due at {instant_text(due_at)}"
    if fact.lines[line.id] != finding.subject_digest:
        return f"what {fact.person} attested has changed since"
    if facts.now >= fact.expires_at:
        return f"the attestation of {fact.person} ended at {instant_text(fact.expires_at)}"
    return None


def _void(fact: JustificationFact, line_id: str, finding: Finding, facts: Facts) -> str | None:
    if fact.author == fact.approver:
        return f"{fact.author} justified this and approved it alone; another person must approve."
    if fact.lines[line_id] != finding.subject_digest:
        return f"What {fact.author} justified has changed since; justify it anew or mend it."
    if facts.now >= fact.expires_at:
        return (
            f"The justification by {fact.author} ended at {instant_text(fact.expires_at)}; justify it anew or mend it."
        )
    return None


def _not_attested(line: Line, finding: Finding, faults: Sequence[str]) -> Finding:
    seen = "No check covers this line yet, so a person states it" if line.check is None else finding.message.rstrip(".")
    void = f" ({faults[-1]})" if faults else ""
    speaker = f" by {SPEAKERS[line.attested_by]}" if line.attested_by is not None else ""
    message = f"{seen}; no valid attestation{speaker} says so{void}: sign one with `prr attest` for {line.id}."
    return replace(finding, outcome=Outcome.UNKNOWN, reason=Reason.NOT_ATTESTED, message=message)
