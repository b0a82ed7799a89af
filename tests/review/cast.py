"""The people, keys and statements that the tests of review and signatures share."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.review.question import Accepted
from prr_pipeline.review.records import Envelope, record_digest
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import Binding, SignoffDecision, SignoffRole, SignoffStatement

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NAMESPACES = 'namespaces="prr-signoff-v1,prr-attestation-v1,prr-justification-v1"'

PEOPLE = b"""
people:
  - {id: mara, contexts: [identity], roles: [engineer, council], keys: [mara@example.org, mara-yubikey@example.org]}
  - {id: owen, contexts: [identity], roles: [engineer, council], keys: [owen@example.org]}
  - {id: petra, contexts: [billing], roles: [engineer, council], keys: [petra@example.org]}
  - {id: lena, contexts: [platform], roles: [engineer, council, on_call_lead], keys: [lena@example.org]}
  - {id: tom, contexts: [billing], roles: [engineer], keys: [tom@example.org], emails: [Tom@Example.org]}
"""
PRINCIPALS = ("mara", "mara-yubikey", "owen", "petra", "lena", "tom")


def d(text: str) -> str:
    """A digest to tell apart by its text."""
    return digest_bytes(text.encode())


def public_key(name: str) -> str:
    """A well-formed ed25519 public key that nobody has the private half of."""
    blob = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + bytes.fromhex(d(name)[7:])
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


def signers(**keys: str) -> bytes:
    """allowed_signers of all principals; ``keys`` gives real public keys to some."""
    lines = (f"{p}@example.org {NAMESPACES} {keys.get(p.replace('-', '_'), public_key(p))}" for p in PRINCIPALS)
    return "".join(f"{line}\n" for line in lines).encode()


ROSTER = Roster.parse(signers(), PEOPLE)

BINDING = Binding(
    promotion="createGrant:ga",
    attempt=1,
    spec_subtree_digest=d("spec"),
    report_digest=d("report"),
    justification_digests=(d("justification"),),
    attestation_digests=(d("attestation 1"), d("attestation 2")),
    ladder_digest=d("ladder"),
    flag_key="createGrant-ga",
    environment="production",
    dependencies=("service identity",),
    prr_section_digest=d("section"),
    roster_digest=ROSTER.digest,
)


def statement(person: str = "mara", binding: Binding = BINDING, **other: Any) -> SignoffStatement:
    """An approval of ``binding``, signed an hour ago for thirty days."""
    made = SignoffStatement(
        binding=binding,
        commit="0" * 40,
        role=SignoffRole.COUNCIL,
        decision=SignoffDecision.APPROVE,
        rung=None,
        person=person,
        nonce=d(person)[7:39],
        signed_at=NOW - timedelta(hours=1),
        expires_at=NOW + timedelta(days=30),
    )
    return replace(made, **other)


def accepted(person: str, *, on_call: bool = False, at: datetime = NOW, **other: Any) -> Accepted:
    """A sign-off that the ledger took in."""
    made = statement(person, **other)
    return Accepted(record_digest(made.to_bytes()), made, person, at, on_call)


def envelope(person: str = "mara", **other: Any) -> Envelope:
    """An envelope of today, for thirty days."""
    return replace(statement(person).envelope, **{"role": "engineer", **other})
