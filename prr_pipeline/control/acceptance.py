"""Take signed records from the monorepo's tracked ref into the ledger, each verified once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field

from prr_pipeline.canonical import canonical_bytes, digest, instant_text
from prr_pipeline.control.attested import justification_policy
from prr_pipeline.control.monorepo import open_head
from prr_pipeline.control.notices import notify
from prr_pipeline.control.on_call import holds_shift
from prr_pipeline.control.undecided import SEEN, is_decided, may_pass, note_refusal, tell_waiting
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.identities import no_person
from prr_pipeline.review.justification import Justification
from prr_pipeline.review.paths import document_path, records_folder, records_root
from prr_pipeline.review.records import RecordKind, parse_record, record_digest
from prr_pipeline.review.signoff import SignoffStatement
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode
from prr_pipeline.signatures.verify import SIGNOFF_MAX_AGE, VerifiedRecord, verify_record

_EVENT = {
    RecordKind.SIGNOFF: EventType.SIGNOFF_ACCEPTED,
    RecordKind.ATTESTATION: EventType.ATTESTATION_ACCEPTED,
    RecordKind.JUSTIFICATION: EventType.JUSTIFICATION_ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at the records brought: paths of the accepted ones, and of the others with the reason.

    A refused one is booked; a waiting one could not be judged yet, and is looked at again by itself.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, str]
    waiting: Mapping[str, str] = field(default_factory=dict)


def accept_records(work: Workplace, key: str, actor: str) -> Intake:
    """Verify every new record of one promotion at the head of the tracked ref; book it, or book why not, once.

    A verifier that does not answer, and a time that has not come, refuse nothing: the record waits.
    """
    state = work.state(key)
    head = open_head(work)
    accepted: list[str] = []
    refused: dict[str, str] = {}
    waiting: dict[str, str] = {}
    for path, kind in record_paths(work, head, state):
        try:
            if _accept(work, state, head, path, kind, actor):
                accepted.append(path)
        except PrrError as fault:
            if may_pass(fault):
                waiting[path] = str(fault)
                continue
            refused[path] = str(fault)
            _book_refusal(work, state, path, str(fault), actor)
            note_refusal(work, head, _seen_name(head, path), fault)
    tell_waiting(work, key, waiting)
    return Intake(tuple(accepted), refused, waiting)


def new_records(work: Workplace, head: Snapshot, state: PromotionState) -> list[str]:
    """Records at the head that are not decided in their present form. Cheap: no signature is checked."""
    seen = work.ledger.counters.all(SEEN)
    paths = (path for path, _ in record_paths(work, head, state))
    return [path for path in paths if not is_decided(work, head, seen.get(_seen_name(head, path)))]


def record_paths(work: Workplace, head: Snapshot, state: PromotionState) -> Iterator[tuple[str, RecordKind]]:
    """Paths of all records of one promotion at the head, with their kinds."""
    root = records_root(document_path(work.profile_at(head).value("paths.prr_document"), state.subject))
    folder = records_folder(root, state.subject, state.target)
    for kind in RecordKind:
        for path in head.paths(f"{folder}/{kind.folder}/*.json"):
            yield path, kind


def _accept(work: Workplace, state: PromotionState, head: Snapshot, path: str, kind: RecordKind, actor: str) -> bool:
    data = head.read(path).data
    name = record_digest(data)
    known = work.ledger.counters.get(SEEN, _accepted_name(name))
    if known is not None:
        work.ledger.counters.put(SEEN, _seen_name(head, path), known)
        return False
    booked = _booked(work, state)
    if name not in booked:
        signature = head.read(f"{path}.sig").data
        nonces = {*_nonces(work), *booked.values()}
        council = work.settings.council
        # A shorter limit is judged below; only a time-lapse has a longer one than the form's own.
        max_age = max(SIGNOFF_MAX_AGE, council.signoff_max_age) if council else SIGNOFF_MAX_AGE
        verified = verify_record(
            work.roster, data, signature, kind=kind, at=work.now(), path=path, seen_nonces=nonces, max_age=max_age
        )
        _require_may(work, verified)
        draft = Draft(state.key, _EVENT[kind], _payload(work, state, verified, data, path), actor)
        work.ledger.append([draft])
    row = {"nonce": booked.get(name) or verified.statement.envelope.nonce, "state": "accepted"}
    work.ledger.counters.put_many(SEEN, {_accepted_name(name): row, _seen_name(head, path): row})
    return name not in booked


def _booked(work: Workplace, state: PromotionState) -> dict[str, str]:
    """Digest to nonce of every record that the chain holds: the mutable table may be lost, and nothing counts twice."""
    events = work.ledger.events(stream=state.key, types=_EVENT.values())
    return {
        str(e.payload["record_digest"]): parse_record(canonical_bytes(e.payload["statement"])).envelope.nonce
        for e in events
    }


def _require_may(work: Workplace, verified: VerifiedRecord) -> None:
    """What the form cannot say: an approver's role, and a sign-off's age where the settings allow less than a week."""
    one = verified.statement
    roles = justification_policy(work).approver_roles
    if isinstance(one, Justification) and not verified.person.roles & roles:
        wanted = ", ".join(sorted(roles))
        why = f"{verified.person.id} may not approve a justification; that takes the role {wanted}."
        raise RecordRefused(RefusalCode.WRONG_PERSON, why)
    if isinstance(one, Justification) and (why := no_person(work.roster, "author", one.author)):
        raise RecordRefused(RefusalCode.WRONG_PERSON, why)
    council = work.settings.council
    if isinstance(one, SignoffStatement) and council and work.now() - one.signed_at > council.signoff_max_age:
        raise RecordRefused(
            RefusalCode.TOO_OLD,
            f"The sign-off is of {instant_text(one.signed_at)}; here one counts that is at most "
            f"{council.signoff_max_age} old when it is taken in. Sign it again.",
        )


def _payload(
    work: Workplace, state: PromotionState, verified: VerifiedRecord, data: bytes, path: str
) -> dict[str, object]:
    statement = verified.statement
    envelope = statement.envelope
    payload: dict[str, object] = {
        "attempt": envelope.attempt,
        "path": path,
        "person": verified.person.id,
        "record_digest": verified.record_digest,
        "role": envelope.role,
        "statement": json.loads(data),
    }
    if isinstance(statement, SignoffStatement):
        payload |= {"on_call": holds_shift(work, verified.person, work.now()), "rung": statement.rung}
    elif isinstance(statement, Attestation):
        payload["on_call"] = holds_shift(work, verified.person, work.now())
    return payload


def _book_refusal(work: Workplace, state: PromotionState, path: str, why: str, actor: str) -> None:
    """Each reason once: the file may become acceptable later, when the roster or the clock says so."""
    name = f"refused/{digest([path, why])}"
    if work.ledger.counters.get(SEEN, name) is not None:
        return
    work.ledger.append([Draft(state.key, EventType.RECORD_REFUSED, {"path": path, "cause": why}, actor)])
    work.ledger.counters.put(SEEN, name, {"state": "refused"})
    notify(work, "warn", f"A record of {state.key} was refused", f"{path}: {why}", state.key, name)


def _nonces(work: Workplace) -> set[str]:
    return {str(row["nonce"]) for row in work.ledger.counters.all(SEEN).values() if "nonce" in row}


def _accepted_name(name: str) -> str:
    return f"accepted/{name}"


def _seen_name(head: Snapshot, path: str) -> str:
    return f"seen/{path}@{head.blob_id(path)}/{head.blob_id(path + '.sig')}"
