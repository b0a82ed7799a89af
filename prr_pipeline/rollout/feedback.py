"""Feedback as values: what people said of an operation, of which kind and how bad, and what could not be read of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.deferred_dataclass import dataclass

KINDS = ("bug", "complaint", "question", "request", "praise", "other")
"""What an entry is, the gravest first."""
SEVERITIES = ("critical", "high", "medium", "low", "unrated")
"""How bad its reporter or whoever sorted it found it, the worst first."""
TEXT_CAP = 2_000
"""Most characters that are kept of what somebody wrote."""
_SHOWN_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of feedback. ``text`` and ``reporter`` are whatever anybody wrote: to be escaped by who shows them.

    ``place`` is where it was read, such as ``2026-12.csv, line 3`` or ``acme/shop#12``.
    """

    at: datetime
    operation_id: str
    kind: str
    severity: str
    text: str
    reporter: str
    place: str = field(compare=False)

    def as_data(self) -> dict[str, object]:
        """Canonical data, without the place: the same said in two files is one."""
        return {
            "at": instant_text(self.at),
            "kind": self.kind,
            "operation_id": self.operation_id,
            "reporter": self.reporter,
            "severity": self.severity,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class FeedbackAnswer:
    """What a source says of one operation over ``[since, until)``, oldest first. With a fault it is unknown.

    ``faults`` are sentences, one for each thing that could not be read; what could be read is there all the same.
    """

    source: str
    read_at: datetime
    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether all of it was read."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Tally:
    """So many entries of one kind and severity."""

    kind: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceTally:
    """What the record keeps of a source's answer: counts, and a digest over the entries.

    What people wrote, and who they are, stays where it was read: the record can never forget.
    """

    source: str
    read_at: datetime
    entries_digest: str
    tallies: tuple[Tally, ...]


def answer(
    source: str, read_at: datetime, entries: Iterable[Entry], faults: Iterable[str], since: datetime, until: datetime
) -> FeedbackAnswer:
    """The answer over a stretch of time: each entry once, in order; of very many faults the first, and how many."""
    within = {entry for entry in entries if since <= entry.at < until}
    ordered = sorted(within, key=lambda one: (one.at, one.kind, one.text, one.reporter))
    said = list(faults)
    more = len(said) - _SHOWN_FAULTS
    shown = [*said[:_SHOWN_FAULTS], f"{source}: and {more} more could not be read."] if more > 0 else said
    return FeedbackAnswer(source, read_at, tuple(ordered), tuple(shown))


def tally(found: FeedbackAnswer) -> SourceTally:
    """An answer as the record keeps it."""
    counts = Counter((one.kind, one.severity) for one in found.entries)
    rows = sorted(counts.items(), key=lambda row: (KINDS.index(row[0][0]), SEVERITIES.index(row[0][1])))
    tallies = tuple(Tally(kind, severity, count) for (kind, severity), count in rows)
    return SourceTally(found.source, found.read_at, digest([one.as_data() for one in found.entries]), tallies)
