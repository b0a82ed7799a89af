"""What many reports add up to, counted while they pass by, and what writes them one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from prr_pipeline.control.checking import Checked, exit_code_of
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.subjects import Subject, SubjectKind

if TYPE_CHECKING:
    from prr_pipeline.readiness.changes import Base, Compared, Effect, Kind


@dataclass(slots=True)
class KindTally:
    """The same of one kind of subjects."""

    codes: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """How many subjects ended with which exit code, and how many lines had which outcome.

    ``since``: what became of them since a base, where one was named.
    """

    codes: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: dict[SubjectKind, KindTally] = field(default_factory=dict)
    since: ChangeTally | None = None

    def add(self, one: Checked) -> None:
        """Count one report."""
        report = one.report
        code, kind = report.exit_code, report.subject.kind
        of_kind = self.kinds.get(kind) or self.kinds.setdefault(kind, KindTally())
        self.codes[code] += 1
        of_kind.codes[code] += 1
        for outcome, count in report.outcomes.items():
            self.outcomes[outcome] += count
            of_kind.outcomes[outcome] += count
        if self.since is not None and one.compared is not None:
            self.since.add(one.report.subject, one.compared)

    @property
    def subjects(self) -> int:
        """How many reports were counted."""
        return self.codes.total()

    @property
    def report_exit_code(self) -> int:
        """The exit code of all reports, whatever changed."""
        return exit_code_of(self.codes)

    @property
    def exit_code(self) -> int:
        """The exit code of all; with a base that of the changes, so that old debt fails no change."""
        return self.report_exit_code if self.since is None else exit_code_of(self.since.codes)


@dataclass(slots=True)
class ChangeTally:
    """What changed since a base, counted over all subjects.

    ``effects`` counts what the commit did, ``elsewhere`` what time did or evidence that is not in the repository.
    """

    base: Base
    vanished: Sequence[Subject] = ()
    appeared: list[Subject] = field(default_factory=list)
    kinds: Counter[Kind] = field(default_factory=Counter)
    effects: Counter[Effect] = field(default_factory=Counter)
    elsewhere: int = 0
    codes: Counter[int] = field(default_factory=Counter)

    def add(self, subject: Subject, compared: Compared) -> None:
        """Count one subject's changes."""
        from prr_pipeline.readiness.changes import Cause

        self.codes[compared.exit_code] += 1
        if compared.appeared:
            self.appeared.append(subject)
        for change in compared.changes:
            self.kinds[change.kind] += 1
            if change.cause is not Cause.COMMIT:
                self.elsewhere += 1
            else:
                self.effects[change.effect] += 1


class ReportStream(Protocol):
    """A document of any number of reports that is written while they are made."""

    def add(self, one: Checked) -> None:
        """Write one report with its notes."""
        ...

    def close(self, tally: Tally) -> None:
        """End the document, once. ``tally``: of all reports that were added."""
        ...
