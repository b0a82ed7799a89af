"""Which subjects must be judged again? Those that something changed for, and those not judged for a day."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from prr_pipeline.canonical import digest, parse_instant
from prr_pipeline.control.monorepo import snapshot_to_judge
from prr_pipeline.control.subject_listing import Listing
from prr_pipeline.control.subject_readiness import JUDGED, READS, Input, input_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.recorder import ReadSet, unchanged
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

LOOKED_AT = 200
"""Subjects whose read-sets one tick compares at most; the next tick goes on."""
HOLDS_FOR = timedelta(hours=24)
"""How long a judgement is shown without another look: services, records and dates change a line without a commit."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StaleSubject:
    """A subject to judge; ``input_digest`` names the input, so that one input asks for one run."""

    key: str
    kind: SubjectKind
    input_digest: str


def is_lapsed(work: Workplace) -> bool:
    """Whether subjects rest: the settings say so, or time is lapsed, as a demonstration judges only what climbs."""
    return work.clock.factor != 1 or not work.settings.repository.judge_subjects


def changed_subjects(work: Workplace, listing: Listing, known: Collection[str], limit: int) -> list[StaleSubject]:
    """Those of the ``known`` keys that something changed for, or that a day passed for, ``limit`` of them at most."""
    looking = _Looking(work, listing.head, work.profile_at(listing.head), work.ledger.counters.all(JUDGED))
    found: list[StaleSubject] = []
    for kind, subjects in listing.by_kind.items():
        for key, subject in subjects.items():
            if len(found) >= limit or looking.compared >= LOOKED_AT:
                return found
            if key in known and (stale := looking.stale(key, subject)) is not None:
                found.append(StaleSubject(key, kind, stale))
    return found


class _Looking:
    """One look over all subjects: what is alike for a kind is read once."""

    def __init__(
        self, work: Workplace, head: Snapshot, profile: Profile, rows: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._work, self._head, self._profile, self._rows = work, head, profile, rows
        self._inputs: dict[SubjectKind, Input] = {}
        self.compared = 0

    def stale(self, key: str, subject: Subject) -> str | None:
        """The name of the input that it must be judged by; None if it was, or if nobody can tell now."""
        try:
            given = self._input(subject)
            row = self._rows.get(key)
            if row is not None and self._work.now() - parse_instant(row["at"]) >= HOLDS_FOR:
                return digest([given.mark, row["at"]])[-16:]
            if row is not None and (row["mark"] == given.mark or self._moved_on(key, row, given)):
                return None
        except (PrrError, KeyError, TypeError, ValueError) as fault:
            _LOG.warning("%s is not looked at: %s: %s", key, type(fault).__name__, fault)
            return None
        return digest(given.mark)[-16:]

    def _moved_on(self, key: str, row: Mapping[str, Any], given: Input) -> bool:
        """Whether the judgement holds at the other commit too, as it would read the same there; then say so."""
        if row["failed"] or not str(row["mark"]).endswith(f"/{given.judged.complete}/{given.rest}"):
            return False
        self.compared += 1
        counters = self._work.ledger.counters
        reads = (counters.get(READS, key) or {}).get("reads")
        code = snapshot_to_judge(self._work, self._head, given.judged, given.folder)
        if reads is None or not unchanged(ReadSet.from_plain(reads), code):
            return False
        return counters.swap(JUDGED, key, row, {**row, "mark": given.mark})

    def _input(self, subject: Subject) -> Input:
        if subject.kind not in self._inputs:
            self._inputs[subject.kind] = input_of(self._work, self._head, self._profile, subject)
        return self._inputs[subject.kind]
