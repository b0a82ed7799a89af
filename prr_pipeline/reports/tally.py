"""What many reports add up to, counted while they pass by, and what writes them one after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from prr_pipeline.control.checking import Checked, exit_code_of


@dataclass(slots=True)
class Tally:
    """How many subjects ended with which exit code, and how many lines had which outcome."""

    codes: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, one: Checked) -> None:
        """Count one report."""
        self.codes[one.report.exit_code] += 1
        self.outcomes.update(str(result.outcome) for result in one.report.results)

    @property
    def subjects(self) -> int:
        """How many reports were counted."""
        return self.codes.total()

    @property
    def exit_code(self) -> int:
        """The exit code of all."""
        return exit_code_of(self.codes)


class ReportStream(Protocol):
    """A document of any number of reports that is written while they are made."""

    def add(self, one: Checked) -> None:
        """Write one report with its notes."""
        ...

    def close(self, tally: Tally) -> None:
        """End the document, once. ``tally``: of all reports that were added."""
        ...
