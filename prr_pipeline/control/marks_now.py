"""What everything that a report rests on says now."""

from __future__ import annotations

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.noted_facts import FactMarks
from prr_pipeline.readiness.reads import Mark, NotedSnapshot, Tracker
from prr_pipeline.repository.recorder import ABSENT
from prr_pipeline.repository.snapshot import CommitSnapshot, Snapshot

_THERE = "there"


class MarksNow:
    """The marks of a snapshot and, where ``facts`` are given, of facts; each is made once."""

    def __init__(self, snapshot: Snapshot, facts: Facts | None) -> None:
        self._quick = snapshot.quick_look if isinstance(snapshot, CommitSnapshot) else None
        self._snapshot = NotedSnapshot(snapshot, Tracker())
        self._facts = FactMarks(facts) if facts is not None else None

    def holds(self, mark: Mark) -> bool:
        """Whether that is still what it says."""
        kind, key, said = mark
        if self._quick is not None and kind in ("blob", "exists"):
            found = self._quick.blob_id(key)
            if found is not None:
                return said == (found if kind == "blob" else _THERE)
            if self._quick.is_absent(key):
                return said == ABSENT
        now = self._snapshot.mark(kind, key)
        if now is None and self._facts is not None:
            now = self._facts.of(kind, key)
        return now == said
