"""Attest and justify: bind the lines that wait for a person, each at the digest that was judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.attested import capacities_of, justification_policy
from prr_pipeline.control.checklist import Judgement
from prr_pipeline.control.monorepo import prr_folder
from prr_pipeline.control.on_call import holds_shift
from prr_pipeline.control.signing import Prepared, Signer, envelope_for, judged
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused
from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.facts import Capacity
from prr_pipeline.readiness.model import LineResult, Outcome, Reason
from prr_pipeline.readiness.overlays import SPEAKERS
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import LineClaim
from prr_pipeline.review.identities import require_person
from prr_pipeline.review.justification import Justification
from prr_pipeline.review.people import ENGINEER, Person
from prr_pipeline.review.records import Envelope, RecordKind


def prepare_attestation(
    work: Workplace, key: str, signer: Signer, lines: Sequence[str], statement: str, *, every_open: bool = False
) -> Prepared:
    """Bind the named lines, or with ``every_open`` all that wait for an attestation which this person may give.

    Raises `Refused` for others.
    """
    judgement = judged(work, key, signer)
    person = work.roster.person(signer.person)
    speaks = capacities_of(person, judgement.state.context, on_call=holds_shift(work, person, work.now()))
    chosen = _open_results(judgement, speaks) if every_open else [_attestable(judgement, n, speaks) for n in lines]
    if not chosen:
        raise Refused(f"No line of {key} waits for an attestation by {person.id} now.")
    envelope = envelope_for(work, judgement.state, signer, role_of(person))
    one = Attestation(envelope, _claims(chosen), statement)
    rows = (
        ("statement", one.statement),
        *((line.number, f"{line.id}: {line.to_attest}") for line in (_line(judgement, r.line_id) for r in chosen)),
    )
    return _prepared(judgement, RecordKind.ATTESTATION, one.to_bytes(), envelope, rows)


def prepare_justification(
    work: Workplace, key: str, signer: Signer, lines: Sequence[str], reason: str, author: str
) -> Prepared:
    """Bind unmet lines to a reason that ``author`` gives and the signer approves. Raises `Refused` for others."""
    policy = justification_policy(work)
    person = work.roster.person(signer.person)
    if policy.approver_roles and not person.roles & policy.approver_roles:
        raise Refused(
            f"{person.id} may not approve a justification; that takes the role {', '.join(policy.approver_roles)}."
        )
    author = require_person(work.roster, "author", author.strip())
    judgement = judged(work, key, signer)
    chosen = [_justifiable(judgement, name) for name in lines]
    signer = replace(signer, expires=policy.max_validity) if signer.expires is None else signer
    envelope = envelope_for(work, judgement.state, signer, role_of(person))
    one = Justification(envelope, _claims(chosen), author, reason)
    rows = (
        ("reason", one.reason),
        ("given by", one.author),
        ("counts until", instant_text(one.ends_at(policy))),
        *((line.number, f"{line.id}: {r.finding.message}") for r in chosen for line in (_line(judgement, r.line_id),)),
    )
    return _prepared(judgement, RecordKind.JUSTIFICATION, one.to_bytes(), envelope, rows)


def _prepared(
    judgement: Judgement, kind: RecordKind, data: bytes, envelope: Envelope, rows: tuple[tuple[str, str], ...]
) -> Prepared:
    shared = (
        (str(kind), f"of {envelope.promotion}, attempt {envelope.attempt}"),
        ("signer", f"{envelope.person}, as {envelope.role}"),
        ("judged at", judgement.standing.commit),
    )
    times = (("signed at", instant_text(envelope.signed_at)), ("ends at", instant_text(envelope.expires_at)))
    return Prepared(
        kind, envelope, data, (*shared, *rows, *times), prr_folder(judgement.profile, judgement.state.subject)
    )


def _claims(results: Sequence[LineResult]) -> tuple[LineClaim, ...]:
    return tuple(LineClaim(result.line_id, result.finding.subject_digest) for result in results)


def _open_results(judgement: Judgement, speaks: frozenset[Capacity]) -> list[LineResult]:
    waiting = (r for r in judgement.report.results if r.finding.reason is Reason.NOT_ATTESTED)
    return [r for r in waiting if _line(judgement, r.line_id).attested_by in (None, *speaks)]


def _attestable(judgement: Judgement, name: str, speaks: frozenset[Capacity]) -> LineResult:
    line, result = _asked(judgement, name)
    if not line.has_person_part and line.stage != "after_ga":
        raise Refused(f"{line.id} is judged by its check ({line.check}) alone; an attestation would add nothing.")
    if line.attested_by is not None and line.attested_by not in speaks:
        raise Refused(f"{line.id} is attested by {SPEAKERS[line.attested_by]}; ask them to sign it.")
    return result


def _justifiable(judgement: Judgement, name: str) -> LineResult:
    line, result = _asked(judgement, name)
    if not line.justifiable:
        raise Refused(f"{line.id} is never justified away.")
    if result.outcome is Outcome.UNKNOWN:
        raise Refused(f"{line.id} is unknown ({result.finding.message}); a justification never covers what is unknown.")
    if result.outcome is not Outcome.UNMET:
        raise Refused(f"{line.id} is {result.outcome}; there is nothing to justify.")
    return result


def _asked(judgement: Judgement, name: str) -> tuple[Line, LineResult]:
    line = judgement.catalogue.line(name)
    result = next((r for r in judgement.report.results if r.line_id == line.id), None)
    if result is None:
        raise Refused(f"{line.id} is not asked of {judgement.state.key}.")
    return line, result


def _line(judgement: Judgement, line_id: str) -> Line:
    return judgement.catalogue.line(line_id)


def role_of(person: Person) -> str:
    """The role that stands in the record: engineer where the roster says so, else the person's first."""
    if not person.roles:
        raise Refused(f"The roster gives {person.id} no role, so nothing they sign would count.")
    return ENGINEER if ENGINEER in person.roles else min(person.roles)
