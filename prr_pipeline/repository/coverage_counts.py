"""Counts of what tests ran, of one file."""

from __future__ import annotations

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of ``total`` parts ran at least once."""

    covered: int
    total: int

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(self.covered + other.covered, self.total + other.total)


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file's counts; None for what the report does not count."""

    lines: Counts | None = None
    branches: Counts | None = None
    functions: Counts | None = None
    statements: Counts | None = None


def counted(hits: dict[int, int] | dict[str, int] | dict[tuple[str, ...], int]) -> Counts | None:
    """The counts of parts with how often each ran; None where there are no parts."""
    return Counts(sum(hit > 0 for hit in hits.values()), len(hits)) if hits else None
