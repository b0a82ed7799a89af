"""Signed claims as they lie in a repository, verified now: what `prr check` counts before the ledger has seen it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime

from prr_pipeline.control.attested import attestation_fact_of, justification_fact
from prr_pipeline.control.held import Since
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import AttestationFact, Capacity, JustificationFact
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.identities import no_person
from prr_pipeline.review.justification import Justification, JustificationPolicy
from prr_pipeline.review.paths import parse_record_path
from prr_pipeline.review.people import Person
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.statements import parse_statement
from prr_pipeline.signatures.verify import VerifiedRecord, verify_record


@dataclass(frozen=True, slots=True)
class Claims:
    """Verified claims, and the paths of those refused, each with the reason."""

    attestations: tuple[AttestationFact, ...] = ()
    justifications: tuple[JustificationFact, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def verify_claims(
    snapshot: Snapshot,
    paths: Sequence[str],
    roster: Roster,
    policy: JustificationPolicy,
    now: datetime,
    capacities: Callable[[Person], frozenset[Capacity]],
    since: Since | None = None,
) -> Claims:
    """Verify each record against the roster as of ``now``, with the capacities that its signer has now.

    ``since``: a record that ended between then and now is verified as of its last instant.
    """
    attestations: list[AttestationFact] = []
    justifications: list[JustificationFact] = []
    refused: dict[str, str] = {}
    for path in paths:
        try:
            verified = _verified(snapshot, path, roster, now, since)
        except PrrError as fault:
            refused[path] = str(fault)
            continue
        one = verified.statement
        if isinstance(one, Attestation):
            attestations.append(attestation_fact_of(verified.record_digest, one, capacities(verified.person)))
        elif isinstance(one, Justification) and (why := no_person(roster, "author", one.author)):
            refused[path] = why
        elif isinstance(one, Justification) and verified.person.roles & policy.approver_roles:
            justifications.append(justification_fact(verified.record_digest, one, policy))
        else:
            roles = ", ".join(sorted(policy.approver_roles))
            refused[path] = f"{verified.person.id} may not approve a justification; that takes the role {roles}."
    return Claims(tuple(attestations), tuple(justifications), refused)


def _verified(snapshot: Snapshot, path: str, roster: Roster, now: datetime, since: Since | None) -> VerifiedRecord:
    data, signature = snapshot.read(path).data, snapshot.read(f"{path}.sig").data
    at = since.verified_at(parse_statement(data).envelope.expires_at, now) if since is not None else now
    return verify_record(roster, data, signature, kind=parse_record_path(path).kind, at=at, path=path)
