"""A justification: why an unmet line is accepted, by whom, until when. It never covers what is unknown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.review.claims import (
    Coverage,
    LineClaim,
    claim_for,
    claims_data,
    claims_digest,
    line_claims,
    read_claims,
)
from prr_pipeline.review.fields import Fields
from prr_pipeline.review.records import Envelope, Record, RecordKind, parse_record, record_bytes

NEVER_JUSTIFIED = frozenset(
    {
        "promotion_approved_by_owning_context",
        "promotion_approved_outside_owning_context",
        "promotion_approved_by_oncall_lead",
        "council_quorum_signed",
    }
)
"""The lines that say who must agree: nobody can justify agreement away."""


@dataclass(frozen=True, slots=True)
class JustificationPolicy:
    """What a deployment accepts: how long at most, and approvers in which roles (empty: anybody in the roster)."""

    max_validity: timedelta = timedelta(days=90)
    approver_roles: frozenset[str] = frozenset({"council"})
    never: frozenset[str] = NEVER_JUSTIFIED


@dataclass(frozen=True, slots=True)
class Justification:
    """``author`` gives the reason, the envelope's person approves and signs: two people."""

    envelope: Envelope
    lines: tuple[LineClaim, ...]
    author: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", line_claims(self.lines))
        if not self.reason.strip():
            raise Refused("A justification needs a reason in words; say why the unmet line is accepted for now.")
        if self.author == self.envelope.person:
            raise Refused(f"{self.author} cannot approve a justification of their own; ask another person to sign it.")

    @property
    def approver(self) -> str:
        """Who accepted the reason: the signer."""
        return self.envelope.person

    def to_bytes(self) -> bytes:
        """The bytes to show and to sign."""
        body = {"lines": claims_data(self.lines), "author": self.author, "reason": self.reason}
        return record_bytes(Record(RecordKind.JUSTIFICATION, self.envelope, claims_digest(self.lines), body))

    @classmethod
    def from_bytes(cls, data: bytes) -> Justification:
        """Read what `to_bytes` writes. Raises `PrrError` for anything else."""
        return cls.from_record(parse_record(data))

    @classmethod
    def from_record(cls, record: Record) -> Justification:
        """The justification in a record whose form was read. Raises `Refused` if author and approver are one."""
        if record.kind is not RecordKind.JUSTIFICATION:
            raise Unreadable(f"The record is of the kind {record.kind}, not justification.")
        fields = Fields(record.statement, "The justification")
        claims = read_claims(fields, record.evidence_digest)
        author, reason = fields.text("author"), fields.text("reason")
        fields.close()
        return cls(record.envelope, claims, author, reason)

    def covers(
        self,
        line_id: str,
        subject_digest: str,
        outcome: Outcome,
        now: datetime,
        *,
        approver_roles: Collection[str],
        policy: JustificationPolicy | None = None,
    ) -> Coverage:
        """Whether the unmet line may pass. ``approver_roles``: what the roster gives the approver now (empty: gone)."""
        policy = policy or JustificationPolicy()
        claim = claim_for(self.lines, line_id)
        if claim is None:
            return Coverage(False, f"The justification approved by {self.approver} does not name {line_id}.")
        if line_id in policy.never:
            return Coverage(False, f"{line_id} says who must agree; it is never justified away.")
        if outcome is Outcome.UNKNOWN:
            return Coverage(
                False, "A justification never covers what is unknown; supply the evidence, declare it or attest it."
            )
        if outcome is not Outcome.UNMET:
            return Coverage(False, f"The line is {outcome}: the justification is no longer needed; delete it.")
        if claim.subject_digest != subject_digest:
            return Coverage(
                False, "The justification is about another state of what was reviewed; justify it anew or mend it."
            )
        return self._valid_at(now, set(approver_roles), policy)

    def ends_at(self, policy: JustificationPolicy) -> datetime:
        """When it stops to count: its own expiry, or earlier by policy."""
        return min(self.envelope.expires_at, self.envelope.signed_at + policy.max_validity)

    def _valid_at(self, now: datetime, roles: set[str], policy: JustificationPolicy) -> Coverage:
        ends = instant_text(self.ends_at(policy))
        if now >= self.ends_at(policy):
            return Coverage(False, f"The justification ended at {ends}; mend the line or justify it anew.")
        if not roles or (policy.approver_roles and not roles & policy.approver_roles):
            return Coverage(
                False, f"{self.approver}, who approved the justification, is not or no longer in a role that may."
            )
        return Coverage(True, f"Accepted by {self.approver} until {ends}: {self.reason}")
