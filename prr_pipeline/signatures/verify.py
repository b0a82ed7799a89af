"""Accept or refuse one signed record, with one sentence for each reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.review.paths import RecordPath, parse_record_path
from prr_pipeline.review.people import Person
from prr_pipeline.review.records import Envelope, RecordKind, record_digest
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.statements import Statement, kind_of, parse_statement
from prr_pipeline.signatures import ssh
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode

SIGNOFF_MAX_AGE = timedelta(days=7)
"""A sign-off older than this at acceptance says too little of the week whose on-call lead must agree."""
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class VerifiedRecord:
    """A record whose signature, signer, place and time were checked at one instant."""

    person: Person
    principal: str
    statement: Statement
    record_digest: str


def verify_record(
    roster: Roster,
    data: bytes,
    signature: bytes,
    *,
    kind: RecordKind,
    at: datetime,
    path: str,
    seen_nonces: Collection[str] = (),
    max_age: timedelta = SIGNOFF_MAX_AGE,
    program: str = ssh.PROGRAM,
) -> VerifiedRecord:
    """The record, if it counts at ``at`` (the instant of acceptance). Raises `RecordRefused` else.

    ``path`` is where it lay in the repository. ``seen_nonces`` are those of the records accepted before; leave out
    a record (by its digest) that was itself accepted before. Sign-offs older than ``max_age`` are refused.
    """
    try:
        statement, place = parse_statement(data), parse_record_path(path)
    except PrrError as fault:
        raise RecordRefused(RefusalCode.UNREADABLE, str(fault)) from None
    if kind_of(statement) is not kind:
        raise RecordRefused(RefusalCode.WRONG_KIND, f"The record is of the kind {kind_of(statement)}, not {kind}.")
    signers = roster.allowed_signers_text
    principal = ssh.verify(signers, (), kind.namespace, signature, data, at, program=program)
    envelope = statement.envelope
    person = _signer(roster, principal, envelope)
    _require_roster(roster, envelope)
    _require_place(place, kind, envelope)
    _require_time(kind, envelope, at, max_age)
    if envelope.nonce in seen_nonces:
        raise RecordRefused(RefusalCode.REPLAYED, f"The nonce {envelope.nonce} was used before; a record counts once.")
    return VerifiedRecord(person, principal, statement, record_digest(data))


def _signer(roster: Roster, principal: str, envelope: Envelope) -> Person:
    person = roster.person_of_principal(principal)
    if person is None:
        raise RecordRefused(RefusalCode.UNKNOWN_KEY, f"The key {principal!r} is nobody's in the roster.")
    if person.id != envelope.person:
        raise RecordRefused(
            RefusalCode.WRONG_PERSON,
            f"The record says {envelope.person!r}, but the key that signed it is {person.id!r}'s.",
        )
    return person


def _require_roster(roster: Roster, envelope: Envelope) -> None:
    if envelope.roster_digest != roster.digest:
        raise RecordRefused(
            RefusalCode.WRONG_ROSTER,
            f"The record was signed under the roster {envelope.roster_digest[:19]}..., now it "
            f"is {roster.digest[:19]}...; sign it again.",
        )


def _require_place(place: RecordPath, kind: RecordKind, envelope: Envelope) -> None:
    claims = (
        ("kind", place.kind, kind),
        ("promotion", place.promotion, envelope.promotion),
        ("attempt", place.attempt, envelope.attempt),
        ("person", place.person, envelope.person),
        ("nonce", place.nonce, envelope.nonce),
    )
    for what, there, inside in claims:
        if there != inside:
            raise RecordRefused(
                RefusalCode.WRONG_PATH,
                f"The record lies under the {what} {there}, but is signed for {inside}; move it back.",
            )


def _require_time(kind: RecordKind, envelope: Envelope, at: datetime, max_age: timedelta) -> None:
    if at >= envelope.expires_at:
        raise RecordRefused(
            RefusalCode.EXPIRED, f"The record ended at {instant_text(envelope.expires_at)}; sign a new one."
        )
    if envelope.signed_at > at + CLOCK_SKEW:
        raise RecordRefused(
            RefusalCode.FROM_THE_FUTURE,
            f"The record says it was signed at {instant_text(envelope.signed_at)}, which is more than 5 minutes ahead; "
            "check the signer's clock.",
        )
    if kind is RecordKind.SIGNOFF and at - envelope.signed_at > max_age:
        raise RecordRefused(
            RefusalCode.TOO_OLD,
            f"The sign-off is of {instant_text(envelope.signed_at)}, more than {max_age.days} days ago; sign it again.",
        )
