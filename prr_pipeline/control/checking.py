"""`prr check`: judge subjects where a person works, with everything that settings, ledger and filed records add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from prr_pipeline.control.git_history import GitHistory
from prr_pipeline.control.listing import subjects_of
from prr_pipeline.control.oasdiff import compare_with_previous
from prr_pipeline.control.places import Place
from prr_pipeline.control.released import with_release
from prr_pipeline.control.spreading import Questions, judge_all
from prr_pipeline.readiness.changes import Compared
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.subjects import Subject, SubjectKind, Target

if TYPE_CHECKING:
    from prr_pipeline.control.deployed import Deployed, Own
    from prr_pipeline.control.held import Since


@dataclass(frozen=True, slots=True)
class Checked:
    """One report, and what a person should know beside it (records that do not count, and why).

    ``compared``: what became of each line since a base, where one was named.
    """

    report: Report
    notes: tuple[str, ...]
    compared: Compared | None = None

    @property
    def exit_code(self) -> int:
        """That of the comparison, where there is one; else that of the report."""
        return self.report.exit_code if self.compared is None else self.compared.exit_code


class Checkup:
    """One place, judged for one target (None: that of the open promotion, else every line of the kind).

    ``now``: the instant to judge at, else what the deployment's clock says. ``since``: see `Since`.
    """

    def __init__(
        self, place: Place, target: Target | None, *, now: datetime | None = None, since: Since | None = None
    ) -> None:
        self.place = place
        self.target = target
        self._at = now
        self._since = since

    def subjects(self, kind: SubjectKind | None, faults: list[str] | None = None) -> tuple[Subject, ...]:
        """Every subject of that kind; with None, of each that the profile tells where to find: see `subjects_of`."""
        return subjects_of(self.place, kind, faults)

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

    @cached_property
    def _deployed(self) -> Deployed | None:
        """What the deployment knows; its packages are imported where there is one, as they take longer than a check."""
        if self.place.work is None:
            return None
        from prr_pipeline.control.deployed import Deployed

        return Deployed(self.place, self.place.work, self.target, self._since)

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
        facts = Facts(now=now, target=self.target, history=history)
        if self._deployed is not None:
            return self._deployed.shared(facts)
        facts = replace(facts, oasdiff=compare_with_previous(place.snapshot, place.profile))
        return with_release(facts, place.repository, place.snapshot, place.profile)


def exit_code_of(codes: Mapping[int, int]) -> int:
    """The exit code of many reports (exit code -> how many): 1 if any is unmet, else 2 if any is unknown, else 0."""
    return next((code for code in (1, 2) if codes.get(code)), 0)
