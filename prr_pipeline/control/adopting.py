"""Adopt a maturity that operations already have: prepare a statement, let the council sign it, book it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from prr_pipeline.control.agreement import council_policy
from prr_pipeline.control.listing import maturity_text
from prr_pipeline.control.monorepo import operation_facts
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.repository.history import resolve
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Snapshot, open_commit
from prr_pipeline.review.adoption import (
    NAMESPACE,
    AdoptedOperation,
    AdoptionStatement,
    adoption_gap,
    adoption_rows,
    below,
)
from prr_pipeline.review.people import COUNCIL
from prr_pipeline.rollout.maturity import LADDER
from prr_pipeline.signatures.ssh import fresh_nonce, sign, verify
from prr_pipeline.subjects import Subject, SubjectKind, Target, encode_id

_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class AdoptRequest:
    """What shall be adopted. ``commit`` None: the head of the tracked ref; ``context`` is for those not in the map."""

    operations: tuple[str, ...]
    target: Target
    statement: str
    commit: str | None = None
    context: str | None = None
    lasts: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was booked, and whose signatures stand behind it."""

    operations: tuple[str, ...]
    target: Target
    signers: tuple[str, ...]
    statement_digest: str


def prepare_adoption(work: Workplace, request: AdoptRequest, out: Path | None) -> Path:
    """Write the statement to sign. Raises `Refused` when an operation's maturity there is below the target."""
    commit = resolve(work.repository, request.commit or work.settings.repository.ref)
    snapshot = open_commit(work.repository, commit)
    now = work.now()
    statement = AdoptionStatement(
        operations=tuple(_operation(work, snapshot, name, request) for name in request.operations),
        target=request.target,
        commit=commit,
        statement=request.statement,
        nonce=fresh_nonce(),
        prepared_at=now,
        expires_at=now + request.lasts,
        roster_digest=work.roster.digest,
    )
    path = out or Path(f"adoption-{request.target}-{statement.nonce[:8]}.json")
    if path.exists():
        raise Refused(f"{path} exists already; give --out another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(statement.to_bytes())
    return path


def rows_of(path: Path) -> tuple[tuple[str, str], ...]:
    """What the statement in a file says, row by row."""
    return adoption_rows(_read(path))


def sign_adoption(work: Workplace, path: Path, person_id: str, key: Path) -> Path:
    """Put one council member's signature beside the statement. Raises `Refused` for anybody else, or another's key."""
    person = work.roster.person(person_id)
    if COUNCIL not in person.roles:
        raise Refused(f"{person.id} is not in the council; only its members adopt a maturity.")
    data = _read(path)
    AdoptionStatement.from_bytes(data)
    signature = sign(key, data, NAMESPACE)
    signer = _signer(work, data, signature)
    if signer != person.id:
        raise Refused(f"The key {key} is {signer}'s, not {person.id}'s.")
    target = _signature_path(path, person.id)
    target.write_bytes(signature)
    return target


def apply_adoption(work: Workplace, path: Path, by: str) -> Adopted:
    """Verify every signature and the specification again, then book one event per operation. Once only."""
    if not by.strip():
        raise Refused("An adoption needs the name of the person who applies it.")
    data = _read(path)
    statement = AdoptionStatement.from_bytes(data)
    signers = _signers(work, path, data)
    gap = adoption_gap(statement, signers, work.roster, council_policy(work.settings.council), work.now())
    if gap:
        raise Refused(
            f"The adoption {path.name} does not count yet: {gap}. Signed so far: {', '.join(signers) or 'nobody'}."
        )
    _refuse_repeat(work, statement)
    _recheck(work, statement)
    work.ledger.append([_draft(statement, one, signers, by) for one in statement.operations])
    return Adopted(tuple(o.operation_id for o in statement.operations), statement.target, signers, statement.digest)


def _operation(work: Workplace, snapshot: Snapshot, name: str, request: AdoptRequest) -> AdoptedOperation:
    subject = Subject(SubjectKind.OPERATION, name)
    context = operation_facts(work, snapshot, subject).context or request.context
    if not context:
        raise Refused(f"No bounded context is known for {name}; give --context or add it to the context map.")
    maturity, subtree = _in_spec(work, snapshot, name, request.target)
    _refuse_known(work, subject, request.target)
    return AdoptedOperation(name, context, maturity, subtree)


def _in_spec(work: Workplace, snapshot: Snapshot, name: str, target: Target) -> tuple[str, str]:
    """The maturity that the specification gives an operation, and the digest of its subtree."""
    profile = work.profile_at(snapshot)
    operation = parse_spec(snapshot.read(str(profile.value("paths.openapi")))).operation(name)
    maturity = maturity_text(operation.extension(profile.maturity_extension))
    if maturity is None or below(maturity, target, profile.value("maturity.names") or LADDER):
        raise Refused(
            f"{name} is {maturity or 'without a maturity'} in the specification at {snapshot.label} "
            f"({profile.maturity_extension}); {target} cannot be adopted for it. Promote it instead: prr open."
        )
    return maturity, operation.subtree_digest(frozenset({profile.maturity_extension}))


def _recheck(work: Workplace, statement: AdoptionStatement) -> None:
    """The file came from outside: what it says of the specification is read again."""
    snapshot = open_commit(work.repository, statement.commit)
    for one in statement.operations:
        if _in_spec(work, snapshot, one.operation_id, statement.target) != (one.maturity, one.spec_subtree_digest):
            raise Refused(f"The specification at {statement.commit[:12]} says something else of {one.operation_id}.")


def _refuse_repeat(work: Workplace, statement: AdoptionStatement) -> None:
    booked = work.ledger.events(types=(EventType.MATURITY_ADOPTED,))
    if any(event.payload.get("statement_digest") == statement.digest for event in booked):
        raise Refused("This adoption was applied already; it counts once.")
    for one in statement.operations:
        _refuse_known(work, Subject(SubjectKind.OPERATION, one.operation_id), statement.target)


def _refuse_known(work: Workplace, subject: Subject, target: Target) -> None:
    known = recorded_maturity(work, subject)
    if known in (str(target), str(Target.GA)):
        raise Refused(f"{subject.name} is at {known} already, as the ledger records; there is nothing to adopt.")


def _signers(work: Workplace, path: Path, data: bytes) -> tuple[str, ...]:
    """People whose signatures beside the statement are good. A bad one is an error, so that nobody counts on it."""
    found: dict[str, Path] = {}
    for file in sorted(path.parent.glob(f"{path.name}.*.sig")):
        try:
            found[_signer(work, data, file.read_bytes())] = file
        except PrrError as fault:
            raise Refused(f"The signature {file.name} does not count: {fault}") from None
    return tuple(sorted(found))


def _signer(work: Workplace, data: bytes, signature: bytes) -> str:
    principal = verify(work.roster.allowed_signers_text, (), NAMESPACE, signature, data, work.now())
    person = work.roster.person_of_principal(principal)
    if person is None:
        raise Refused(f"The key {principal!r} is nobody's in the roster.")
    return person.id


def _draft(statement: AdoptionStatement, one: AdoptedOperation, signers: Sequence[str], by: str) -> Draft:
    subject = Subject(SubjectKind.OPERATION, one.operation_id)
    payload: Mapping[str, object] = {
        "commit": statement.commit,
        "context": one.context,
        "maturity": one.maturity,
        "signers": list(signers),
        "spec_subtree_digest": one.spec_subtree_digest,
        "statement": statement.statement,
        "statement_digest": statement.digest,
        "subject": str(subject),
        "target": str(statement.target),
    }
    stream = f"subject/{subject.kind}/{encode_id(subject.name)}"
    return Draft(stream, EventType.MATURITY_ADOPTED, payload, f"person:{by}")


def _signature_path(path: Path, person_id: str) -> Path:
    return path.with_name(f"{path.name}.{encode_id(person_id)}.sig")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as fault:
        raise Unreadable(
            f"The adoption {path} cannot be read ({fault.strerror}); make one with prr adopt prepare."
        ) from None
    return data
