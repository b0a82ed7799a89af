"""A sign-off: one person's decision over exactly what they were shown."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable
from prr_pipeline.review.fields import Fields
from prr_pipeline.review.records import Envelope, Record, RecordKind, parse_record, record_bytes


class SignoffRole(StrEnum):
    """In which role a person says they sign. Shown; what counts is derived from the roster and the rota."""

    OWNING_CONTEXT = "owning_context"
    OTHER_CONTEXT = "other_context"
    ON_CALL_LEAD = "on_call_lead"
    COUNCIL = "council"


class SignoffDecision(StrEnum):
    """What a person decides. A council member's reject blocks until the same person approves later."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Binding:
    """Everything that a sign-off is about. Any changed field voids it.

    In the binding of now, None stands for "cannot be told" (a line became unknown, a document could not be read):
    the gate is then unknown, not void. A signed binding has no None.
    """

    promotion: str
    attempt: int
    spec_subtree_digest: str | None
    report_digest: str | None
    justification_digests: tuple[str, ...] | None
    attestation_digests: tuple[str, ...] | None
    ladder_digest: str
    flag_key: str
    environment: str
    dependencies: tuple[str, ...]
    prr_section_digest: str | None
    roster_digest: str

    def __post_init__(self) -> None:
        for name in ("justification_digests", "attestation_digests", "dependencies"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, tuple(sorted(set(value))))

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """The fields that cannot be told now, in words."""
        return tuple(FIELD_WORDS[f.name] for f in fields(self) if getattr(self, f.name) is None)


FIELD_WORDS = {
    "promotion": "the promotion",
    "attempt": "the attempt",
    "spec_subtree_digest": "the operation in the specification",
    "report_digest": "the report",
    "justification_digests": "the justifications",
    "attestation_digests": "the attestations",
    "ladder_digest": "the ladder",
    "flag_key": "the flag key",
    "environment": "the environment",
    "dependencies": "the dependencies",
    "prr_section_digest": "what people wrote in the PRR document",
    "roster_digest": "the roster",
}
"""Each field of a binding, as a person reads it."""


@dataclass(frozen=True, slots=True)
class SignoffStatement:
    """One sign-off. ``commit`` is shown and never compared; ``rung`` is set for a rung approval only."""

    binding: Binding
    commit: str
    role: SignoffRole
    decision: SignoffDecision
    rung: str | None
    person: str
    nonce: str
    signed_at: datetime
    expires_at: datetime

    @property
    def envelope(self) -> Envelope:
        """What this record shares with every other kind."""
        b = self.binding
        return Envelope(
            b.promotion,
            b.attempt,
            self.person,
            str(self.role),
            self.nonce,
            self.signed_at,
            self.expires_at,
            b.roster_digest,
        )

    def to_bytes(self) -> bytes:
        """The bytes to show and to sign. Raises `Refused` while a bound field cannot be told."""
        b = self.binding
        if b.unknown_fields or b.report_digest is None:
            raise Refused(
                f"Nothing can be signed while {', '.join(b.unknown_fields)} cannot be told; settle that first."
            )
        statement = {name: getattr(b, name) for name in _OWN_FIELDS}
        statement |= {"commit": self.commit, "decision": str(self.decision), "rung": self.rung}
        return record_bytes(Record(RecordKind.SIGNOFF, self.envelope, b.report_digest, statement))

    @classmethod
    def from_bytes(cls, data: bytes) -> SignoffStatement:
        """Read what `to_bytes` writes. Raises `Unreadable` for anything else."""
        return cls.from_record(parse_record(data))

    @classmethod
    def from_record(cls, record: Record) -> SignoffStatement:
        """The sign-off in a record whose form was read."""
        e, f = record.envelope, Fields(record.statement, f"The {record.kind}")
        if record.kind is not RecordKind.SIGNOFF:
            raise Unreadable(f"The record is of the kind {record.kind}, not signoff.")
        binding = _binding(e, f)
        commit, decision, rung = f.text("commit"), f.text("decision"), f.optional_text("rung")
        f.close()
        if decision not in list(SignoffDecision):
            f.refuse("decision", decision, " or ".join(SignoffDecision))
        if e.role not in list(SignoffRole):
            f.refuse("role", e.role, "one of " + ", ".join(SignoffRole))
        if record.evidence_digest != binding.report_digest:
            raise Unreadable("The sign-off's subject digest is not its report digest; sign it again.")
        role = SignoffRole(e.role)
        return cls(binding, commit, role, SignoffDecision(decision), rung, e.person, e.nonce, e.signed_at, e.expires_at)


_OWN_FIELDS = tuple(name for name in FIELD_WORDS if name not in ("promotion", "attempt", "roster_digest"))


def _binding(e: Envelope, f: Fields) -> Binding:
    return Binding(
        promotion=e.promotion,
        attempt=e.attempt,
        spec_subtree_digest=f.digest("spec_subtree_digest"),
        report_digest=f.digest("report_digest"),
        justification_digests=f.sorted_texts("justification_digests"),
        attestation_digests=f.sorted_texts("attestation_digests"),
        ladder_digest=f.digest("ladder_digest"),
        flag_key=f.text("flag_key"),
        environment=f.text("environment"),
        dependencies=f.sorted_texts("dependencies"),
        prr_section_digest=f.digest("prr_section_digest"),
        roster_digest=e.roster_digest,
    )


def compare(statement: SignoffStatement, now: Binding, *, ignore_attempt: bool = False) -> tuple[str, ...]:
    """The bound fields that are no longer what was signed, in words; empty when the sign-off holds.

    The commit never counts. A field that cannot be told now (None) is no difference: see `Binding.unknown_fields`.
    """
    signed = replace(statement.binding, attempt=now.attempt) if ignore_attempt else statement.binding
    return tuple(
        words
        for name, words in FIELD_WORDS.items()
        if getattr(now, name) is not None and getattr(signed, name) != getattr(now, name)
    )
