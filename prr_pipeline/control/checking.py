"""`prr check`: judge subjects where a person works, with everything that settings, ledger and filed records add."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from prr_pipeline.control.git_history import GitHistory
from prr_pipeline.control.kept_reports import Page, Write
from prr_pipeline.control.listing import subjects_of
from prr_pipeline.control.oasdiff import compare_with_previous
from prr_pipeline.control.places import Place
from prr_pipeline.control.released import with_release
from prr_pipeline.control.spreading import Questions, judge_all
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.subjects import Subject, SubjectKind, Target

if TYPE_CHECKING:
    from prr_pipeline.control.deployed import Deployed, Own
    from prr_pipeline.control.held import Since
    from prr_pipeline.control.kept_spec import KeptSpec
    from prr_pipeline.control.run_memory import RunMemory
    from prr_pipeline.readiness.changes import Compared
    from prr_pipeline.readiness.remote_facts import RemoteFacts
    from prr_pipeline.repository.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Checked:
    """One report, and what a person should know beside it (records that do not count, and why).

    ``compared``: what became of each line since a base, where one was named.
    """

    report: Report
    notes: tuple[str, ...]
    compared: Compared | None = None
    page: Page | None = None
    """Where what is written of the report is kept, for a report that is remembered."""

    @property
    def exit_code(self) -> int:
        """That of the comparison, where there is one; else that of the report."""
        return self.report.exit_code if self.compared is None else self.compared.exit_code


class Checkup:
    """One place, judged for one target (None: that of the open promotion, else every line of the kind).

    ``now``: the instant to judge at, else what the deployment's clock says. ``since``: see `Since`. ``services``: who
    has asked in this run before, so that nothing is asked twice. ``records``: where people's records lie, if elsewhere.
    """

    def __init__(
        self,
        place: Place,
        target: Target | None,
        *,
        now: datetime | None = None,
        since: Since | None = None,
        services: RemoteFacts | None = None,
        records: Snapshot | None = None,
    ) -> None:
        self.place = place
        self.target = target
        self._at = now
        self._since = since
        self._services = services
        self._records = records

    def subjects(
        self, kind: SubjectKind | None, faults: list[str] | None = None, known: Collection[str] = ()
    ) -> tuple[Subject, ...]:
        """Every subject of that kind; with None, of each that the profile tells where to find: see `subjects_of`."""
        return subjects_of(self.place, kind, faults, known)

    def check(
        self,
        subjects: Sequence[Subject],
        section: str | None,
        *,
        remember: bool = False,
        write: Write | None = None,
    ) -> Iterator[Checked]:
        """One report per subject, lazily and in order. What is parsed is parsed once, whatever the number.

        ``remember``: take what the last run like this one judged, and keep what this one judges, if the place does.
        ``write``: what a copy of this process that judges writes of each report; see `Page`.
        """
        place = self.place
        spec = self._kept_spec() if remember else None
        if spec is not None:
            spec.recall()
        own = {subject: found for subject in subjects if (found := self._own(subject)) is not None}
        rest = [subject for subject in subjects if subject not in own]
        memory = self._memory(section) if remember else None
        try:
            shared = self._shared_reports(rest, section, memory, write)
            for subject in subjects:
                if subject not in own:
                    yield next(shared)
                    continue
                facts, notes = own[subject]
                report = evaluate(place.snapshot, subject, place.catalogue, place.profile, facts, section=section)
                yield Checked(report, notes)
            for _ in shared:
                continue
        finally:
            if memory is not None:
                memory.close()
            if spec is not None:
                spec.keep()

    def _shared_reports(
        self,
        subjects: Sequence[Subject],
        section: str | None,
        memory: RunMemory | None,
        write: Write | None,
    ) -> Iterator[Checked]:
        """Of subjects that have nothing of their own."""
        place = self.place
        known = memory.known_of(subjects, place.snapshot.commit, place.profile.name) if memory is not None else {}
        rest = [subject for subject in subjects if subject not in known]
        # Lines on operations ask no service. Where some may be asked, one process asks: each thing once.
        alone = self._deployed is not None and any(subject.kind is not SubjectKind.OPERATION for subject in rest)
        questions, processes = self._questions(section), 1 if alone else None
        judged = judge_all(place.snapshot, questions, rest, processes=processes, write=write)
        for subject in subjects:
            if memory is not None and subject in known:
                report, page = known.pop(subject)
                yield Checked(report, (), page=page)
                memory.keep_page(report, page)
                continue
            found = next(judged)
            page = Page(written=found.page)
            yield Checked(found.report, (), page=page)
            if memory is not None:
                memory.keep(found, page)

    def _kept_spec(self) -> KeptSpec | None:
        """What the last run parsed; None where nothing is remembered."""
        if self.place.cache is None:
            return None
        from prr_pipeline.control.kept_spec import KeptSpec

        return KeptSpec(self.place)

    def _memory(self, section: str | None) -> RunMemory | None:
        """What the last run like this one kept; None where nothing is remembered."""
        cache = self.place.cache
        if cache is None:
            return None
        from prr_pipeline.control.marks_now import MarksNow
        from prr_pipeline.control.run_memory import RunMemory
        from prr_pipeline.control.run_name import run_name
        from prr_pipeline.control.run_store import RUNS_NAME, RunStore

        name = run_name(self.place, self._shared, self.target, section)
        if name is None:
            return None
        marks = MarksNow(self.place.snapshot, self._shared)
        memory = RunMemory(RunStore(cache.with_name(RUNS_NAME)), name, marks.holds)
        memory.load()
        return memory

    def _questions(self, section: str | None) -> Questions:
        place = self.place
        return Questions(
            place.repository,
            place.profile,
            place.catalogue,
            self._shared,
            section,
            place.cache,
        )

    @cached_property
    def _deployed(self) -> Deployed | None:
        """What the deployment knows; its packages are imported where there is one, as they take longer than a check."""
        if self.place.work is None:
            return None
        from prr_pipeline.control.deployed import Deployed

        return Deployed(self.place, self.place.work, self.target, self._since, self._records)

    def _own(self, subject: Subject) -> Own | None:
        """Facts of this subject alone; None when it has nothing of its own and shares those of all."""
        return None if self._deployed is None else self._deployed.own(subject, self._shared)

    @property
    def facts(self) -> Facts:
        """What is known alike of every subject that has no promotion and no records."""
        return self._shared

    @cached_property
    def _shared(self) -> Facts:
        place, work = self.place, self.place.work
        spec_path = place.profile.value("paths.openapi") or place.profile.value("paths.service_openapi")
        history = GitHistory(place.repository, place.snapshot.commit or "HEAD", str(spec_path) if spec_path else None)
        now = self._at or (work.now() if work else datetime.now(UTC))
        facts = Facts(now=now, target=self.target, history=history, remote=self._services)
        if self._deployed is not None:
            return self._deployed.shared(facts)
        facts = replace(facts, oasdiff=compare_with_previous(place.snapshot, place.profile))
        return with_release(facts, place.repository, place.snapshot, place.profile)


def exit_code_of(codes: Mapping[int, int]) -> int:
    """The exit code of many reports (exit code -> how many): 1 if any is unmet, else 2 if any is unknown, else 0."""
    return next((code for code in (1, 2) if codes.get(code)), 0)
