"""Accept a sample that is too small, by one of two signatures: for one stay on one rung, with a reason and an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.agreement import hands_of
from prr_pipeline.control.claiming import role_of
from prr_pipeline.control.monorepo import open_head, prr_folder
from prr_pipeline.control.sample_acceptance import CLAIM, stay_digest
from prr_pipeline.control.signing import Prepared, Signer, envelope_for
from prr_pipeline.control.standing import read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import LineClaim
from prr_pipeline.review.records import RecordKind
from prr_pipeline.rollout.ladder import BOTTOM

LASTS = timedelta(days=14)
"""How long a decision counts unless it says otherwise."""


def prepare_sample_acceptance(work: Workplace, key: str, signer: Signer, reason: str) -> Prepared:
    """The record by which one of two persons accepts the sample of the present rung, as it will be signed.

    Raises `Refused` where nothing is exposed, for whoever had a hand in what is promoted, and without a reason.
    """
    state, person = work.state(key), work.roster.person(signer.person)
    if not state.is_open or state.rung == BOTTOM:
        raise Refused(f"{key} stands at {state.exposure.name}: nobody gets the new version, so there is no sample.")
    if not reason.strip():
        raise Refused("A decision needs a reason; say why too few requests are enough here.")
    if person.id in hands_of(work.roster, state, read_standing(work, key)):
        raise Refused(f"{person.id} had a hand in {key}; two others decide about its sample.")
    lasting = replace(signer, expires=LASTS if signer.expires is None else signer.expires, attempt=state.attempt)
    envelope = envelope_for(work, state, lasting, role_of(person))
    one = Attestation(envelope, (LineClaim(CLAIM, stay_digest(state)),), reason)
    since = instant_text(state.rung_since) if state.rung_since else "-"
    rows = (
        ("decision", "too few requests were seen, and they count as enough"),
        ("of", f"{key}, attempt {state.attempt}"),
        ("for", f"the stay at {state.exposure.name} since {since}, and no other"),
        ("reason", one.statement),
        ("signer", f"{envelope.person}, as {envelope.role}; it takes two persons"),
        ("signed at", instant_text(envelope.signed_at)),
        ("ends at", instant_text(envelope.expires_at)),
    )
    folder = prr_folder(work.profile_at(open_head(work)), state.subject)
    return Prepared(RecordKind.ATTESTATION, envelope, one.to_bytes(), rows, folder)
