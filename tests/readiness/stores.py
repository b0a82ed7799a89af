"""A store of verdicts held in dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prr_pipeline.readiness.reads import Reads
from prr_pipeline.readiness.verdicts import Verdict
from prr_pipeline.subjects import Subject


class MemoryVerdicts:
    """A `VerdictStore` for one test."""

    def __init__(self) -> None:
        self.kept: dict[Subject, Mapping[str, Verdict]] = {}
        self.known: dict[str, Reads] = {}

    def verdicts(self, subject: Subject) -> Mapping[str, Verdict]:
        return self.kept.get(subject, {})

    def reads(self, reads_digest: str) -> Reads | None:
        return self.known.get(reads_digest)

    def keep(self, subject: Subject, verdicts: Mapping[str, Verdict], reads: Iterable[Reads]) -> None:
        self.kept[subject] = dict(verdicts)
        self.known.update({each.digest: each for each in reads})
