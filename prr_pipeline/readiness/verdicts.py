"""Verdicts that need not be judged again: those of which nothing that was read has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Protocol

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.declared import form_json
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.judge import Judged
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.reads import Mark, Reads, Unchanged, marks_below
from prr_pipeline.readiness.registry import brought_versions_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject

ENGINE = 1
"""Rises whenever what surrounds the checks may judge equal evidence otherwise."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was judged: ``key`` by what question (line, check, parameters, profile), ``reads`` by what evidence."""

    key: str
    judged: Judged
    reads: str


class VerdictStore(Protocol):
    """Where verdicts are kept. A store that fails answers nothing; it never raises."""

    def verdicts(self, subject: Subject) -> Mapping[str, Verdict]:
        """The verdicts of a subject by line id."""
        ...

    def reads(self, reads_digest: str) -> Reads | None:
        """The read-set of that digest."""
        ...

    def keep(self, subject: Subject, verdicts: Mapping[str, Verdict], reads: Iterable[Reads]) -> None:
        """Replace the subject's verdicts; ``reads`` are all read-sets that they rest on."""
        ...


@dataclass(slots=True)
class Tally:
    """How many verdicts were taken from the store, and how many were judged."""

    kept: int = 0
    judged: int = 0


@dataclass(slots=True)
class Remembering:
    """Judges through a store. Equal inputs give what judging anew would give, places and messages included."""

    store: VerdictStore
    sources: Sources
    marks: FactMarks
    tally: Tally = field(default_factory=Tally)
    _profile: str = ""
    _unchanged: Unchanged | None = None
    _subject: Subject | None = None
    _stored: Mapping[str, Verdict] = field(default_factory=dict)
    _now: dict[str, Verdict] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _rests: list[str] = field(default_factory=list)

    def judged(self, line: Line, subject: Subject, judge: Callable[[Facts], Judged]) -> Judged:
        """The line's verdict: the stored one if nothing that it rests on has changed, else a new one."""
        if self._subject != subject:
            self.begin(subject)
        key = self._keys.get(line.id) or self._keys.setdefault(line.id, self._key(line))
        stored = self._stored.get(line.id)
        if stored is not None and stored.key == key and self._holds(stored.reads):
            self.tally.kept += 1
            self._rests.append(stored.reads)
            return stored.judged
        with self.sources.tracker.frame() as frame:
            found = judge(noted(self.marks, self.sources.tracker))
        self.tally.judged += 1
        self._now[line.id] = Verdict(key, found, frame.reads.digest)
        self._rests.append(frame.reads.digest)
        return found

    def finish(self) -> None:
        """Keep the verdicts of the last subject, if any of them is new."""
        if self._subject is None or not self._now:
            return
        known = self.sources.tracker.known
        self._stored, now = {**self._stored, **self._now}, self._now
        self._now = {}
        self.store.keep(self._subject, self._stored, _all_reads(now, known))

    def marks_of_last(self, beside: Reads) -> frozenset[Mark] | None:
        """Everything that the verdicts of the last subject rest on, with what was read beside them."""
        return marks_below([beside.digest, *self._rests], self._known)

    def begin(self, subject: Subject) -> None:
        """From here on, this subject is judged."""
        self.finish()
        self._subject, self._now, self._rests = subject, {}, []
        self._stored = self.store.verdicts(subject)

    def _holds(self, reads: str) -> bool:
        if self._unchanged is None:
            self._unchanged = Unchanged(self._mark, self._known)
        return self._unchanged.holds(reads)

    def _known(self, reads: str) -> Reads | None:
        return self.sources.tracker.known.get(reads) or self.store.reads(reads)

    def _mark(self, kind: str, key: str) -> str | None:
        found = self.sources.snapshot.mark(kind, key)
        return found if found is not None else self.marks.of(kind, key)

    def _key(self, line: Line) -> str:
        if not self._profile:
            profile = self.sources.profile
            self._profile = digest([profile.name, profile.keys.plain(), sorted(profile.basis.items())])
        return digest(
            [
                ENGINE,
                line.id,
                line.check,
                brought_versions_of(line.check, line.parameters),
                form_json(line),
                self._profile,
            ]
        )


def _all_reads(verdicts: Mapping[str, Verdict], known: Mapping[str, Reads]) -> Iterable[Reads]:
    """Every read-set below the verdicts that was noted in this evaluation."""
    seen: set[str] = set()
    waiting = [verdict.reads for verdict in verdicts.values()]
    while waiting:
        at = waiting.pop()
        reads = known.get(at)
        if at not in seen and reads is not None:
            seen.add(at)
            waiting.extend(reads.parts)
            yield reads
