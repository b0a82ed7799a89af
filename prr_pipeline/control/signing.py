"""Sign: judge at the tracked ref, make the record, sign its very bytes, verify them, file both in a working tree."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.agreement import binding_now
from prr_pipeline.control.checklist import Judgement
from prr_pipeline.control.council import convene
from prr_pipeline.control.monorepo import prr_folder
from prr_pipeline.control.on_call import holds_shift
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, UnknownName
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.review.paths import record_path
from prr_pipeline.review.people import COUNCIL, ENGINEER, Person
from prr_pipeline.review.records import Envelope, RecordKind
from prr_pipeline.review.signoff import SignoffDecision, SignoffRole, SignoffStatement
from prr_pipeline.review.summary import signoff_summary
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.signatures.ssh import fresh_nonce, sign
from prr_pipeline.signatures.verify import verify_record


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, with which SSH key, for how long (None: what the settings say)."""

    person: str
    key: Path
    expires: timedelta | None = None
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record before it is signed. ``rows`` are (what, value) as read back from ``data``, the bytes to sign."""

    kind: RecordKind
    envelope: Envelope
    data: bytes
    rows: tuple[tuple[str, str], ...]
    folder: str

    @property
    def path(self) -> str:
        """Where the record belongs in the monorepo; the signature lies beside it with ``.sig`` added."""
        return record_path(self.folder, self.kind, self.envelope)


@dataclass(frozen=True, slots=True)
class Filed:
    """The two files, relative to ``tree``."""

    tree: Path
    path: str
    signature_path: str


def prepare_signoff(
    work: Workplace,
    key: str,
    signer: Signer,
    *,
    role: str | None = None,
    rung: str | None = None,
    decision: str = SignoffDecision.APPROVE,
) -> Prepared:
    """Judge now and bind everything a sign-off is about. Raises `Refused` while some of it cannot be told."""
    judgement = judged(work, key, signer)
    state, person = judgement.state, work.roster.person(signer.person)
    if rung is not None:
        state.ladder.index_of(rung)
    binding = binding_now(state, judgement.standing, work.roster, attempt_of(state, signer.attempt))
    envelope = envelope_for(work, state, signer, _role(work, state, person, role))
    statement = SignoffStatement(
        binding, judgement.standing.commit, SignoffRole(envelope.role), _decision(decision), rung,
        envelope.person, envelope.nonce, envelope.signed_at, envelope.expires_at,
    )  # fmt: skip
    _refuse_unknown_lines(judgement)
    data = statement.to_bytes()
    rows = signoff_summary(data, _previous(state, signer.person))
    return Prepared(RecordKind.SIGNOFF, envelope, data, rows, prr_folder(judgement.profile, state.subject))


def judged(work: Workplace, key: str, signer: Signer) -> Judgement:
    """The promotion as it stands at the tracked ref, with every record there taken in first."""
    work.roster.person(signer.person)
    return convene(work, key, f"person:{signer.person}").judgement


def sign_and_file(work: Workplace, prepared: Prepared, key: Path, tree: Path) -> Filed:
    """Sign the prepared bytes and write record and signature into the working tree; nothing is committed.

    The signature is verified first, so that a key of somebody else, or none of the roster's, files nothing.
    """
    signature = sign(key, prepared.data, prepared.kind.namespace)
    verify_record(
        work.roster, prepared.data, signature, kind=prepared.kind, at=work.now(), path=prepared.path
    )  # fmt: skip
    file = (tree / prepared.path).resolve()
    if not file.is_relative_to(tree.resolve()):
        raise Refused(f"The record {prepared.path} would lie outside {tree}; a link in its path leads away.")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(prepared.data)
    file.with_name(file.name + ".sig").write_bytes(signature)
    return Filed(tree, prepared.path, f"{prepared.path}.sig")


def attempt_of(state: PromotionState, asked: int | None) -> int:
    """The attempt to sign for: the present one, or the next after a roll back. Raises `Refused` for any other."""
    rolled_back = state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK
    attempt = asked or state.attempt + rolled_back
    if attempt not in (state.attempt, state.attempt + 1):
        raise Refused(f"{state.key} is in attempt {state.attempt}; sign for that or the next one, not for {attempt}.")
    return attempt


def envelope_for(work: Workplace, state: PromotionState, signer: Signer, role: str) -> Envelope:
    """What every record says of itself, as of now."""
    council = work.settings.council
    now = work.now()
    usual = council.signoff_expiry if council else timedelta(days=60)
    lasts = usual if signer.expires is None else signer.expires
    if lasts <= timedelta(0):
        raise Refused("A record must last some time; give --expires such as 60d.")
    return Envelope(
        promotion=state.key,
        attempt=attempt_of(state, signer.attempt),
        person=signer.person,
        role=role,
        nonce=fresh_nonce(),
        signed_at=now,
        expires_at=now + lasts,
        roster_digest=work.roster.digest,
    )


def _role(work: Workplace, state: PromotionState, person: Person, asked: str | None) -> str:
    """The role asked for, else the first that roster and rota give. Shown only: what counts is derived anew."""
    if asked is not None:
        if asked not in list(SignoffRole):
            raise UnknownName("role", asked, SignoffRole)
        return asked
    if holds_shift(work, person, work.now()):
        return SignoffRole.ON_CALL_LEAD
    if ENGINEER in person.roles:
        return SignoffRole.OWNING_CONTEXT if state.context in person.contexts else SignoffRole.OTHER_CONTEXT
    if COUNCIL in person.roles:
        return SignoffRole.COUNCIL
    raise Refused(f"The roster gives {person.id} no role that signs; give --role, or let the roster name one.")


def _decision(text: str) -> SignoffDecision:
    if text not in list(SignoffDecision):
        raise UnknownName("decision", text, SignoffDecision)
    return SignoffDecision(text)


def _refuse_unknown_lines(judgement: Judgement) -> None:
    if judgement.standing.report_digest is not None:
        return
    blind = [r for r in judgement.report.counted if r.outcome is Outcome.UNKNOWN]
    raise Refused(
        f"Nothing can be signed while {len(blind)} line(s) are unknown: {', '.join(r.line_id for r in blind)}. "
        f"Settle them first (prr check {judgement.state.key}; prr attest for those that wait for a person)."
    )


def _previous(state: PromotionState, person: str) -> bytes | None:
    """The person's last sign-off of this promotion, as bytes."""
    own = [one for one in state.signoffs if one.person == person]
    return canonical_bytes(own[-1].statement) if own else None
