"""An attestation: a person's signed statement for the part of a line that only a person can know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable
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


@dataclass(frozen=True, slots=True)
class Attestation:
    """The signer states that ``statement`` holds for each of ``lines``, until the envelope's ``expires_at``."""

    envelope: Envelope
    lines: tuple[LineClaim, ...]
    statement: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", line_claims(self.lines))
        if not self.statement.strip():
            raise Refused("An attestation needs a statement in words; say what you checked and how.")

    def to_bytes(self) -> bytes:
        """The bytes to show and to sign."""
        body = {"lines": claims_data(self.lines), "statement": self.statement}
        return record_bytes(Record(RecordKind.ATTESTATION, self.envelope, claims_digest(self.lines), body))

    @classmethod
    def from_bytes(cls, data: bytes) -> Attestation:
        """Read what `to_bytes` writes. Raises `Unreadable` for anything else."""
        return cls.from_record(parse_record(data))

    @classmethod
    def from_record(cls, record: Record) -> Attestation:
        """The attestation in a record whose form was read."""
        if record.kind is not RecordKind.ATTESTATION:
            raise Unreadable(f"The record is of the kind {record.kind}, not attestation.")
        fields = Fields(record.statement, "The attestation")
        claims, statement = read_claims(fields, record.evidence_digest), fields.text("statement")
        fields.close()
        return cls(record.envelope, claims, statement)

    def covers(
        self,
        line_id: str,
        subject_digest: str,
        now: datetime,
        *,
        signer_roles: Collection[str],
        needs: Collection[str] = (),
    ) -> Coverage:
        """Whether it supplies the person's part of a line.

        ``signer_roles`` are the roles that the roster gives the signer now (empty: left the roster); ``needs`` are
        the roles of which the line asks for one, empty for any person of the roster.
        """
        person = self.envelope.person
        claim = claim_for(self.lines, line_id)
        if claim is None:
            return Coverage(False, f"The attestation of {person} does not name {line_id}.")
        if claim.subject_digest != subject_digest:
            return Coverage(
                False, f"The attestation of {person} is about another state of what was reviewed; attest it again."
            )
        if now >= self.envelope.expires_at:
            return Coverage(
                False,
                f"The attestation of {person} ended at {instant_text(self.envelope.expires_at)}; attest it again.",
            )
        if not signer_roles:
            return Coverage(False, f"{person} is no longer in the roster, so the attestation counts no more.")
        if needs and not set(needs) & set(signer_roles):
            return Coverage(False, f"{person} is not in the role that {line_id} needs ({', '.join(sorted(needs))}).")
        return Coverage(True, f"Attested by {person} until {instant_text(self.envelope.expires_at)}: {self.statement}")
