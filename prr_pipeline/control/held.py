"""Signed records as they counted at an earlier instant: those that have only run out since still count there."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.facts import AttestationFact, Facts, JustificationFact

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Since:
    """The instant of a base. Everything is judged now but this: a record that ended after ``at`` still counts.

    ``ended`` collects those records, digest to sentence, while facts pass through `still`.
    """

    at: datetime
    ended: dict[str, str] = field(default_factory=dict)

    def verified_at(self, ends_at: datetime, now: datetime) -> datetime:
        """The instant at which to verify a record: now, or its last one if it ended between the base and now."""
        return ends_at - _TICK if self.at < ends_at <= now else now

    def still(self, facts: Facts) -> Facts:
        """The facts, with the records that ended between the base and now in force."""
        return replace(
            facts,
            attestations=tuple(self._attestation(fact, facts.now) for fact in facts.attestations),
            justifications=tuple(self._justification(fact, facts.now) for fact in facts.justifications),
        )

    def _attestation(self, fact: AttestationFact, now: datetime) -> AttestationFact:
        if not self.at < fact.expires_at <= now:
            return fact
        self.ended[fact.digest] = (
            f"The attestation of {fact.person} ended at {instant_text(fact.expires_at)}; attest it anew."
        )
        return replace(fact, expires_at=now + _TICK)

    def _justification(self, fact: JustificationFact, now: datetime) -> JustificationFact:
        if not self.at < fact.expires_at <= now:
            return fact
        self.ended[fact.digest] = (
            f"The justification by {fact.author} ended at {instant_text(fact.expires_at)}; justify it anew or mend it."
        )
        return replace(fact, expires_at=now + _TICK)
