"""Who accepts, with a signature, that a rung's sample is too small: two persons, for one stay, until an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from prr_pipeline.canonical import digest
from prr_pipeline.control.agreement import hands_of
from prr_pipeline.control.attested import attestations_in
from prr_pipeline.control.standing import read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import EventType
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import claim_for
from prr_pipeline.rollout.dwell import step_of
from prr_pipeline.rollout.sample import Exit
from prr_pipeline.rollout.state import PromotionState

CLAIM = "sample_is_accepted"
"""What the record attests. It is no line of a checklist: it speaks of one stay on one rung."""


def stay_digest(state: PromotionState) -> str:
    """What a decision is bound to: promotion, attempt, rung, and the instant that this stay began."""
    return digest([CLAIM, state.key, step_of(state), state.exposure.name])


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepts the sample of the present stay, each once; ``until`` is when the first of them no longer does."""

    persons: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    until: datetime | None = None

    def within(self, way_out: Exit) -> Exit:
        """The way out with this decision in it."""
        return replace(way_out, approvers=self.persons, reason="; ".join(self.reasons), until=self.until)


def sample_acceptance(work: Workplace, state: PromotionState, now: datetime) -> Acceptance:
    """The decisions in the ledger that hold now, for this very stay. Raises `PrrError` where the roster is unreadable.

    Nobody counts who had a hand in what is promoted, or whom the roster no longer gives a role.
    """
    if not work.ledger.events(stream=state.key, types=(EventType.ATTESTATION_ACCEPTED,)):
        return Acceptance()  # where nobody signs there may be no roster
    roster, bound = work.roster, stay_digest(state)
    excluded = hands_of(roster, state, read_standing(work, state.key))
    found: dict[str, Attestation] = {}
    for _, one in attestations_in(work, state, roster):
        claim, envelope = claim_for(one.lines, CLAIM), one.envelope
        holds = claim is not None and claim.subject_digest == bound and now < envelope.expires_at
        if holds and envelope.person not in excluded:
            found[envelope.person] = one
    persons = tuple(sorted(found))
    reasons = tuple(dict.fromkeys(found[person].statement.strip() for person in persons))
    return Acceptance(persons, reasons, min((one.envelope.expires_at for one in found.values()), default=None))
