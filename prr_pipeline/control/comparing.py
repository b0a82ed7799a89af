"""`prr check --base`: judge what is here and its base by the same facts, and pair them line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from prr_pipeline.control.base import BasePlace, cannot_compare
from prr_pipeline.control.checking import Checked, Checkup
from prr_pipeline.control.held import Since
from prr_pipeline.control.listing import passed_over_at
from prr_pipeline.control.places import Place
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.changes import Cause, Compared, LineState, compare, state_of
from prr_pipeline.readiness.discovery import declared_kinds
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.readiness.outside import evidence_is_owed
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject, SubjectKind, Target


class Comparison:
    """A checkup that compares with a base. Both sides are judged at the same instant, by the same ledger and roster.

    The base is judged first and wholly; of its reports nothing is kept but how each line stood. What it judged is
    then remembered for this side, so that only what differs is judged twice.
    """

    def __init__(self, place: Place, found: BasePlace, target: Target | None) -> None:
        self.base = found.base
        self._since = Since(found.committed_at)
        self._here = Checkup(place, target)
        known = self._here.facts
        self._there = Checkup(found.place, target, now=known.now, since=self._since, services=known.remote)
        self._before: dict[Subject, Mapping[str, LineState]] = {}
        self._lists: dict[SubjectKind, Mapping[Subject, None]] = {}
        self._lists_here: dict[SubjectKind, Mapping[Subject, None]] = {}
        self._answers: dict[tuple[bool, str, str], bool] = {}
        self.vanished: list[Subject] = []

    @property
    def place(self) -> Place:
        """What is judged."""
        return self._here.place

    def subjects(self, kind: SubjectKind | None, faults: list[str]) -> tuple[Subject, ...]:
        """Every subject of that kind here (None: of every kind); what only the base lists is noted as vanished.

        An operation that only the base tells from others is one of them: its lines cannot be told here. ``faults``
        are those of `subjects_of`, without what the base could not list either. A kind that cannot be listed on one
        side is told there and not compared. Raises `PrrError` when none is left.
        """
        old = passed_over_at(self._there.place)
        here = self._here.subjects(kind, faults, old)
        kinds = (kind,) if kind else declared_kinds(self._there.place.profile)
        left = self._compared_kinds(kinds, {each.kind for each in here}, faults)
        self.vanished = [
            subject for each in left for subject in self._at_base(each) if subject not in self._at_head(each)
        ]
        told = set(here)
        blurred = [subject for each in left for subject in self._at_head(each) if subject not in told]
        found = [subject for subject in here if subject.kind in left or subject.kind not in kinds]
        return (*found, *(one for one in blurred if one in self._at_base(one.kind) and one.name not in old))

    def _compared_kinds(
        self, kinds: Sequence[SubjectKind], here: Collection[SubjectKind], faults: list[str]
    ) -> list[SubjectKind]:
        """Those that both sides can list."""
        left: list[SubjectKind] = []
        refused: list[PrrError] = []
        for kind in kinds:
            try:
                self._at_base(kind)
            except PrrError as fault:
                refused.append(fault)
                continue
            # What cannot be listed here, the subjects of here have told.
            with suppress(PrrError):
                self._at_head(kind)
                left.append(kind)
        if refused and not left and not (set(here) - set(kinds)):
            raise refused[0]
        faults += [f"A kind of subjects cannot be compared: {fault}" for fault in refused]
        return left

    def judge_base(self, subjects: Sequence[Subject], section: str | None) -> Iterator[Subject]:
        """Judge the base, subject by subject; those that it does not hold are passed over."""
        for checked in self._judged(subjects, section):
            report = checked.report
            self._before[report.subject] = {r.line_id: state_of(r) for r in report.results}
            yield report.subject

    def check(self, subjects: Sequence[Subject], section: str | None) -> Iterator[Checked]:
        """One report per subject, lazily and in order, each with its changes. The base must have been judged."""
        for checked in self._here.check(subjects, section):
            yield replace(checked, compared=self._compared(checked))

    def check_one(self, subject: Subject, section: str | None) -> Checked | None:
        """The one subject; None, and noted as vanished, if only the base holds it. Raises what `Checkup.check` does."""
        for _ in self.judge_base([subject], section):
            continue
        try:
            return next(self.check([subject], section))
        except UnknownName:
            if subject not in self._before:
                raise
            self.vanished = [subject]
            return None

    def _compared(self, checked: Checked) -> Compared:
        subject = checked.report.subject
        before = self._before.pop(subject, None)
        if before is None:
            return Compared(self.base, None, ())

        def cause(old: LineState, new: LineState) -> Cause:
            owed = self._owed_there(old, subject) or self._owed_here(new, subject)
            return Cause.EVIDENCE if owed else Cause.COMMIT

        after = [state_of(result) for result in checked.report.results]
        return Compared(self.base, before, compare(before.values(), after, ended=self._since.ended, cause=cause))

    def _owed_there(self, state: LineState, subject: Subject) -> bool:
        return self._owed(state, subject, self._there, self._sources_there)

    def _owed_here(self, state: LineState, subject: Subject) -> bool:
        return self._owed(state, subject, self._here, self._sources_here)

    def _owed(self, state: LineState, subject: Subject, checkup: Checkup, sources: Sources) -> bool:
        """The same sentence about the same line on the same side says the same of every subject."""
        if state.outcome is not Outcome.UNKNOWN:
            return False
        asked = (checkup is self._here, state.line_id, state.message)
        if asked not in self._answers:
            line = next(line for line in self.place.catalogue.lines if line.id == state.line_id)
            self._answers[asked] = evidence_is_owed(line, sources, checkup.facts, subject, state.reason)
        return self._answers[asked]

    def _judged(self, subjects: Sequence[Subject], section: str | None) -> Iterator[Checked]:
        """Those that the base lists, at once; then each that no list tells of, there nor here."""
        listed = [each for each in subjects if each in self._at_base(each.kind)]
        yield from self._there.check(listed, section)
        for each in subjects:
            unlisted = each.kind is not SubjectKind.OPERATION and each not in self._at_head(each.kind)
            if unlisted and each not in self._at_base(each.kind):
                with suppress(UnknownName):
                    yield from self._there.check([each], section)

    def _at_base(self, kind: SubjectKind) -> Mapping[Subject, None]:
        """What the base lists of a kind, in order; nothing where its profile tells of no list.

        Raises `PrrError` if its specification cannot be read: every operation would seem to be new.
        """
        if kind not in self._lists:
            try:
                self._lists[kind] = _listed(kind, self._there, self._sources_there)
            except PrrError as fault:
                raise cannot_compare(self.base, fault) from None
        return self._lists[kind]

    def _at_head(self, kind: SubjectKind) -> Mapping[Subject, None]:
        if kind not in self._lists_here:
            self._lists_here[kind] = _listed(kind, self._here, self._sources_here)
        return self._lists_here[kind]

    @cached_property
    def _sources_there(self) -> Sources:
        place = self._there.place
        return Sources(place.snapshot, place.profile)

    @cached_property
    def _sources_here(self) -> Sources:
        return Sources(self.place.snapshot, self.place.profile)


def _listed(kind: SubjectKind, checkup: Checkup, sources: Sources) -> Mapping[Subject, None]:
    """Every subject that a place lists, twice named ones too. Raises `PrrError` for a list that cannot be read."""
    if kind not in declared_kinds(sources.profile):
        return {}
    if kind is SubjectKind.OPERATION:
        return dict.fromkeys(Subject(kind, name) for name in sources.spec().operations)
    return dict.fromkeys(checkup.subjects(kind))
