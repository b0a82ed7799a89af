"""`prr check`: judge subjects where a person works, with everything that settings, ledger and filed records add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from prr_pipeline.control.agreement import evidence_verdict
from prr_pipeline.control.alert_reviews import after_ga_dates, after_ga_facts
from prr_pipeline.control.artefact_facts import gather_artefacts
from prr_pipeline.control.attested import attestations_of, capacities_of, justification_policy, justifications_of
from prr_pipeline.control.checklist import approvals_of
from prr_pipeline.control.filed import Claims, list_claims, verify_claims
from prr_pipeline.control.git_history import GitHistory
from prr_pipeline.control.monorepo import prr_folder
from prr_pipeline.control.oasdiff import compare_with_previous, gather_oasdiff
from prr_pipeline.control.on_call import holds_shift, on_call_fact
from prr_pipeline.control.places import Place
from prr_pipeline.control.spreading import Questions, judge_all
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.readiness.evaluate import discover_operations, evaluate
from prr_pipeline.readiness.facts import Capacity, Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.repository.artefacts import ArtefactStore
from prr_pipeline.repository.history import resolve
from prr_pipeline.review.people import Person
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject, SubjectKind, Target, promotion_key


@dataclass(frozen=True, slots=True)
class Checked:
    """One report, and what a person should know beside it (records that do not count, and why)."""

    report: Report
    notes: tuple[str, ...]


class Checkup:
    """One place, judged for one target (None: that of the open promotion, else every line of the kind)."""

    def __init__(self, place: Place, target: Target | None) -> None:
        self.place = place
        self.target = target

    def subjects(self, kind: SubjectKind) -> tuple[Subject, ...]:
        """Every subject of that kind. Raises `Refused` for kinds that no file lists."""
        if kind is not SubjectKind.OPERATION:
            raise Refused(f"Only operations are listed (by the specification); name each {kind} that you want judged.")
        return discover_operations(self.place.snapshot, self.place.profile)

    def check(self, subjects: Sequence[Subject], section: str | None) -> Iterator[Checked]:
        """One report per subject, lazily and in order. What is parsed is parsed once, whatever the number."""
        place = self.place
        own = {subject: found for subject in subjects if (found := self._own(subject)) is not None}
        rest = [subject for subject in subjects if subject not in own]
        shared = judge_all(place.snapshot, self._questions(section), rest)
        for subject in subjects:
            if subject not in own:
                yield Checked(next(shared), ())
                continue
            facts, notes = own[subject]
            report = evaluate(place.snapshot, subject, place.catalogue, place.profile, facts, section=section)
            yield Checked(report, notes)

    def _questions(self, section: str | None) -> Questions:
        place = self.place
        return Questions(
            place.repository,
            place.snapshot.commit,
            place.profile,
            place.catalogue,
            self._shared,
            section,
            place.cache,
        )

    def promotion_of(self, subject: Subject) -> PromotionState | None:
        """The subject's open promotion, if the ledger holds one to the wanted target."""
        state = self._promotions.get(subject)
        return state if state is not None and self.target in (None, state.target) else None

    def _own(self, subject: Subject) -> tuple[Facts, tuple[str, ...]] | None:
        """Facts of this subject alone; None when it has nothing of its own and shares those of all."""
        state = self.promotion_of(subject)
        filed = self._filed_for(subject)
        if state is None and not filed:
            return None
        facts = self._of_promotion(state) if state is not None else self._shared
        try:
            claims = self._claims(filed, state.context if state is not None else None)
            facts = facts if state is None else self._with_people(facts, state)
        except PrrError as fault:
            return facts, (f"Nothing that people signed counts here: {fault}",)
        known = {fact.digest for fact in facts.attestations} | {fact.digest for fact in facts.justifications}
        facts = replace(
            facts,
            attestations=facts.attestations + tuple(a for a in claims.attestations if a.digest not in known),
            justifications=facts.justifications + tuple(j for j in claims.justifications if j.digest not in known),
        )
        return facts, tuple(f"{path} does not count: {why}" for path, why in claims.refused.items())

    def _of_promotion(self, state: PromotionState) -> Facts:
        return replace(
            self._shared,
            target=state.target,
            author=state.author,
            context=state.context,
            ladder=state.ladder.as_data(),
            ladder_source="promotion",
            after_ga=after_ga_dates(self._work, state),
        )

    def _with_people(self, facts: Facts, state: PromotionState) -> Facts:
        """What the ledger holds of people's words. Raises `PrrError` when the roster cannot be trusted."""
        work = self._work
        return replace(
            facts,
            attestations=attestations_of(work, state),
            justifications=justifications_of(work, state),
            after_ga=after_ga_facts(work, state),
            approvals=approvals_of(evidence_verdict(work, state, facts.now)),
        )

    def _claims(self, paths: Sequence[str], context: str | None) -> Claims:
        if not paths:
            return Claims()
        work, now = self._work, self._shared.now

        def capacities(person: Person) -> frozenset[Capacity]:
            return capacities_of(person, context, on_call=holds_shift(work, person, now))

        return verify_claims(self.place.snapshot, paths, work.roster, justification_policy(work), now, capacities)

    def _filed_for(self, subject: Subject) -> list[str]:
        """Records about the subject that could be verified here; without settings there is no roster to ask."""
        if self.place.work is None:
            return []
        targets = [self.target] if self.target else list(Target)
        return [path for t in targets for path in self._filed(subject).get(promotion_key(subject, t), ())]

    def _filed(self, subject: Subject) -> Mapping[str, list[str]]:
        try:
            folder = prr_folder(self.place.profile, subject)
        except PrrError:
            return {}
        if folder not in self._listed:
            self._listed[folder] = list_claims(self.place.snapshot, folder)
        return self._listed[folder]

    @cached_property
    def _listed(self) -> dict[str, dict[str, list[str]]]:
        return {}

    @property
    def _work(self) -> Workplace:
        if self.place.work is None:
            raise Refused("Promotions are known to a deployment only; give --settings.")
        return self.place.work

    @cached_property
    def _promotions(self) -> Mapping[Subject, PromotionState]:
        """Open promotions by subject; none when there is no ledger to read."""
        if self.place.work is None:
            return {}
        try:
            states = self.place.work.ledger.states(open_only=True)
        except PrrError:
            return {}
        return {state.subject: state for state in states.values()}

    @cached_property
    def _shared(self) -> Facts:
        """What is known alike of every subject that has no promotion and no records."""
        place, work = self.place, self.place.work
        spec_path = place.profile.value("paths.openapi")
        commit = place.snapshot.commit or "HEAD"
        return Facts(
            now=work.now() if work else datetime.now(UTC),
            target=self.target,
            ladder=work.settings.ladder.ladder().as_data() if work else None,
            ladder_source="settings" if work else None,
            oasdiff=gather_oasdiff(work, place.snapshot, place.profile)
            if work
            else compare_with_previous(place.snapshot, place.profile),
            history=GitHistory(place.repository, commit, str(spec_path) if spec_path else None),
            artefacts=gather_artefacts(work, place.repository, place.snapshot, place.profile) if work else {},
            artefacts_complete=self._artefacts_complete(work) if work else None,
            on_call=on_call_fact(work) if work else None,
        )

    def _artefacts_complete(self, work: Workplace) -> bool | None:
        """Whether the commit's artefacts cover this very code; None when there is no commit to have any."""
        place = self.place
        store = ArtefactStore(work.settings.path(work.settings.repository.artefacts))
        required = place.profile.value("artefacts.required") or ()
        try:
            commit = place.snapshot.commit or resolve(place.repository, "HEAD")
            folder = prr_folder(place.profile, Subject(SubjectKind.OPERATION, "any"))
            return store.complete(commit, required, place.snapshot.code_digest((folder,)))[0]
        except PrrError:
            return None


def exit_code_of(codes: Mapping[int, int]) -> int:
    """The exit code of many reports (exit code -> how many): 1 if any is unmet, else 2 if any is unknown, else 0."""
    return next((code for code in (1, 2) if codes.get(code)), 0)
