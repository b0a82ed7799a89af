"""Signed records: one in-toto-shaped statement in canonical JSON, whatever it states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from prr_pipeline.canonical import canonical_bytes, digest_bytes, instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.review.fields import Fields, read_canonical
from prr_pipeline.subjects import parse_promotion_key, promotion_key

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
NONCE = re.compile(r"[0-9a-f]{16,64}\Z")
_PREDICATE_TYPE = re.compile(r"urn:prr-pipeline:([a-z]+):v(\d{1,3})\Z")
_VERSION = 1


class RecordKind(StrEnum):
    """What a record states."""

    SIGNOFF = "signoff"
    ATTESTATION = "attestation"
    JUSTIFICATION = "justification"

    @property
    def folder(self) -> str:
        """The folder that records of this kind lie in."""
        return f"{self.value}s"

    @property
    def predicate_type(self) -> str:
        """The in-toto predicate type, with the version of the form."""
        return f"urn:prr-pipeline:{self.value}:v{_VERSION}"

    @property
    def namespace(self) -> str:
        """The signature namespace: a signature for one kind is worth nothing for another."""
        return f"prr-{self.value}-v{_VERSION}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every record says: about which promotion, who signs, when, until when, under which roster.

    ``role`` is what the person claims; what counts is derived from the roster and the rota. ``nonce`` has at least
    16 hex digits and is used once.
    """

    promotion: str
    attempt: int
    person: str
    role: str
    nonce: str
    signed_at: datetime
    expires_at: datetime
    roster_digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record before its statement is read. ``evidence_digest`` is the in-toto subject's digest."""

    kind: RecordKind
    envelope: Envelope
    evidence_digest: str
    statement: Mapping[str, Any]
    """The predicate's fields beside the envelope."""


def record_digest(data: bytes) -> str:
    """The digest that names a record: SHA-256 of its bytes."""
    return digest_bytes(data)


def record_bytes(record: Record) -> bytes:
    """The bytes that are signed and filed: canonical JSON. Raises `Unreadable` for what `parse_record` would refuse."""
    data = canonical_bytes(_as_data(record))
    parse_record(data)
    return data


def parse_record(data: bytes) -> Record:
    """Read a record's form and envelope. Raises `Unreadable` for anything that `record_bytes` does not write."""
    outer = Fields(read_canonical(data, "The record"), "The record")
    if (form := outer.text("_type")) != STATEMENT_TYPE:
        outer.refuse("_type", form, STATEMENT_TYPE)
    kind = _kind(outer.text("predicateType"))
    name, evidence = _subject(outer.value("subject"))
    predicate = Fields(outer.value("predicate"), f"The {kind}")
    outer.close()
    envelope = _envelope(predicate)
    if name != envelope.promotion:
        raise Unreadable(
            f"The record is about {name!r} in its subject and {envelope.promotion!r} inside; sign it again."
        )
    return Record(kind, envelope, evidence, predicate.rest())


def _as_data(record: Record) -> dict[str, object]:
    envelope = record.envelope
    return {
        "_type": STATEMENT_TYPE,
        "predicateType": record.kind.predicate_type,
        "subject": [{"name": envelope.promotion, "digest": {"sha256": record.evidence_digest.removeprefix("sha256:")}}],
        "predicate": {
            **record.statement,
            "promotion": envelope.promotion,
            "attempt": envelope.attempt,
            "person": envelope.person,
            "role": envelope.role,
            "nonce": envelope.nonce,
            "signed_at": instant_text(envelope.signed_at),
            "expires_at": instant_text(envelope.expires_at),
            "roster_digest": envelope.roster_digest,
        },
    }


def _kind(predicate_type: str) -> RecordKind:
    found = _PREDICATE_TYPE.match(predicate_type)
    if not found or found[1] not in list(RecordKind):
        valid = ", ".join(kind.predicate_type for kind in RecordKind)
        raise Unreadable(f"The record states {predicate_type[:80]!r}, which is unknown. Valid: {valid}.")
    if int(found[2]) != _VERSION:
        raise Unreadable(f"The {found[1]} is written in version {found[2]}; this program reads version {_VERSION}.")
    return RecordKind(found[1])


def _subject(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 1:
        raise Unreadable("The record must be about exactly one promotion.")
    subject = Fields(value[0], "The record's subject")
    digests = Fields(subject.value("digest"), "The record's subject digest")
    name, digest = subject.text("name"), f"sha256:{digests.text('sha256')}"
    subject.close()
    digests.close()
    return name, Fields({"sha256": digest}, "The record's subject digest").digest("sha256")


def _envelope(fields: Fields) -> Envelope:
    envelope = Envelope(
        promotion=fields.text("promotion"),
        attempt=fields.positive("attempt"),
        person=fields.text("person"),
        role=fields.text("role"),
        nonce=fields.matching("nonce", NONCE, "16 to 64 hex digits"),
        signed_at=fields.instant("signed_at"),
        expires_at=fields.instant("expires_at"),
        roster_digest=fields.digest("roster_digest"),
    )
    if envelope.expires_at <= envelope.signed_at:
        fields.refuse("expires_at", instant_text(envelope.expires_at), "later than signed_at")
    try:
        exact = promotion_key(*parse_promotion_key(envelope.promotion)) == envelope.promotion
    except (PrrError, UnicodeError):
        exact = False
    if not exact:
        fields.refuse("promotion", envelope.promotion, "a promotion key like createGrant:ga")
    return envelope
