"""What a deployment adds to `prr check`: what its ledger, its roster, its rota and CI's artefacts say of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from prr_pipeline.control.artefact_facts import gather_artefacts
from prr_pipeline.control.asking import AskedOnce
from prr_pipeline.control.filed_paths import list_claims
from prr_pipeline.control.monorepo import prr_folder
from prr_pipeline.control.oasdiff import gather_oasdiff
from prr_pipeline.control.on_call import on_call_fact
from prr_pipeline.control.released import with_release
from prr_pipeline.control.squawk import tools_of
from prr_pipeline.control.workplace import Workplace, ledger_url
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.glance import has_open_promotions
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.repository.artefacts import ArtefactStore
from prr_pipeline.repository.history import resolve
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind, Target, promotion_key

if TYPE_CHECKING:
    # What reads promotions and what people signed is imported where there is any: most runs have neither.
    from prr_pipeline.control.filed import Claims
    from prr_pipeline.control.held import Since
    from prr_pipeline.control.places import Place
    from prr_pipeline.readiness.facts import Capacity
    from prr_pipeline.review.people import Person
    from prr_pipeline.rollout.state import PromotionState

Own = tuple[Facts, tuple[str, ...]]
"""The facts of one subject, and a sentence for each record about it that does not count."""


class Deployed:
    """A place that is reviewed by a deployment, for one target (None: that of the open promotion).

    ``records``: where people's records are read, if not in the place itself.
    """

    def __init__(
        self,
        place: Place,
        work: Workplace,
        target: Target | None,
        since: Since | None,
        records: Snapshot | None = None,
    ) -> None:
        self._place = place
        self._records = records or place.snapshot
        self._work = work
        self._target = target
        self._since = since
        self._listed: dict[str, dict[str, list[str]]] = {}

    def shared(self, facts: Facts) -> Facts:
        """The facts with what the deployment knows alike of every subject."""
        place, work = self._place, self._work
        known = replace(
            facts,
            ladder=work.settings.ladder.ladder().as_data(),
            ladder_source="settings",
            oasdiff=gather_oasdiff(work, place.snapshot, place.profile),
            artefacts=gather_artefacts(work, place.repository, place.snapshot, place.profile),
            artefacts_complete=self._artefacts_complete(),
            on_call=on_call_fact(work),
            remote=facts.remote or AskedOnce(work.settings),
        )
        return with_release(known, place.repository, place.snapshot, place.profile, tools_of(work))

    def promotion_of(self, subject: Subject) -> PromotionState | None:
        """The subject's open promotion, if the ledger holds one to the wanted target."""
        state = self._promotions.get(subject)
        return state if state is not None and self._target in (None, state.target) else None

    def own(self, subject: Subject, shared: Facts) -> Own | None:
        """Facts of this subject alone; None when it has nothing of its own and shares those of all."""
        state = self.promotion_of(subject)
        filed = self._filed_for(subject)
        if state is None and not filed:
            return None
        facts = self._of_promotion(state, shared) if state is not None else shared
        try:
            claims = self._claims(filed, state.context if state is not None else None, shared)
            facts = facts if state is None else self._with_people(facts, state)
        except PrrError as fault:
            return facts, (f"Nothing that people signed counts here: {fault}",)
        known = {fact.digest for fact in facts.attestations} | {fact.digest for fact in facts.justifications}
        facts = replace(
            facts,
            attestations=facts.attestations + tuple(a for a in claims.attestations if a.digest not in known),
            justifications=facts.justifications + tuple(j for j in claims.justifications if j.digest not in known),
        )
        facts = facts if self._since is None else self._since.still(facts)
        return facts, tuple(f"{path} does not count: {why}" for path, why in claims.refused.items())

    def _of_promotion(self, state: PromotionState, shared: Facts) -> Facts:
        from prr_pipeline.control.alert_reviews import after_ga_dates

        return replace(
            shared,
            target=state.target,
            author=state.author,
            context=state.context,
            ladder=state.ladder.as_data(),
            ladder_source="promotion",
            after_ga=after_ga_dates(self._work, state),
        )

    def _with_people(self, facts: Facts, state: PromotionState) -> Facts:
        """What the ledger holds of people's words. Raises `PrrError` when the roster cannot be trusted."""
        from prr_pipeline.control.agreement import evidence_verdict
        from prr_pipeline.control.alert_reviews import after_ga_facts
        from prr_pipeline.control.attested import attestations_of, justifications_of
        from prr_pipeline.control.checklist import approvals_of

        work = self._work
        return replace(
            facts,
            attestations=attestations_of(work, state),
            justifications=justifications_of(work, state),
            after_ga=after_ga_facts(work, state),
            approvals=approvals_of(evidence_verdict(work, state, facts.now)),
        )

    def _claims(self, paths: Sequence[str], context: str | None, shared: Facts) -> Claims:
        from prr_pipeline.control.attested import capacities_of, justification_policy
        from prr_pipeline.control.filed import Claims, verify_claims
        from prr_pipeline.control.on_call import holds_shift

        if not paths:
            return Claims()
        work, now = self._work, shared.now

        def capacities(person: Person) -> frozenset[Capacity]:
            return capacities_of(person, context, on_call=holds_shift(work, person, now))

        policy = justification_policy(work)
        return verify_claims(self._records, paths, work.roster, policy, now, capacities, self._since)

    def _filed_for(self, subject: Subject) -> list[str]:
        """Records about the subject that could be verified here."""
        filed = self._filed(subject)
        if not filed:
            return []
        targets = [self._target] if self._target else list(Target)
        return [path for t in targets for path in filed.get(promotion_key(subject, t), ())]

    def _filed(self, subject: Subject) -> Mapping[str, list[str]]:
        try:
            folder = prr_folder(self._place.profile, subject)
        except PrrError:
            return {}
        if folder not in self._listed:
            self._listed[folder] = list_claims(self._records, folder)
        return self._listed[folder]

    @cached_property
    def _promotions(self) -> Mapping[Subject, PromotionState]:
        """Open promotions by subject; none when there is no ledger to read."""
        if has_open_promotions(ledger_url(self._work.settings)) is False:
            return {}
        try:
            states = self._work.ledger.states(open_only=True)
        except PrrError:
            return {}
        return {state.subject: state for state in states.values()}

    def _artefacts_complete(self) -> bool | None:
        """Whether the commit's artefacts cover this very code; None when there is no commit to have any."""
        place, settings = self._place, self._work.settings
        store = ArtefactStore(settings.path(settings.repository.artefacts))
        required = place.profile.value("artefacts.required") or ()
        try:
            commit = place.snapshot.commit or resolve(place.repository, "HEAD")
            folder = prr_folder(place.profile, Subject(SubjectKind.OPERATION, "any"))
            return store.complete(commit, required, place.snapshot.code_digest((folder,)))[0]
        except PrrError:
            return None
