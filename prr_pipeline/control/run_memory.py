"""The reports of the last run like this one: those that rest on nothing that changed are taken as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from functools import partial
from typing import Any

from prr_pipeline.control.kept_reports import KeptReport, Page, body_of
from prr_pipeline.control.run_store import RunStore, packed, sum_of, tried, unpacked
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.evaluate import Evaluated
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.reads import Mark
from prr_pipeline.subjects import Subject


@dataclass(slots=True)
class _Kept:
    """One report. ``marks``: numbers of what it rests on; ``sums``: check sums of the packed body and page."""

    marks: list[int]
    exit_code: int
    outcomes: dict[str, int]
    sums: list[str]


@dataclass(slots=True)
class RunMemory:
    """What one run keeps for the next. ``holds`` tells whether something that was read still says the same.

    Whatever cannot be read, or does not fit together, is not there: its subject is judged.
    """

    store: RunStore
    name: str
    holds: Callable[[Mark], bool]
    _marks: list[Mark] = field(default_factory=list)
    _numbers: dict[Mark, int] = field(default_factory=dict)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _bodies: dict[str, tuple[bytes, bytes | None]] = field(default_factory=dict)
    _new: dict[str, tuple[bytes, bytes | None]] = field(default_factory=dict)

    def load(self) -> None:
        """Read what the last run kept, and leave out what changed since."""
        index = self.store.index(self.name)
        tried(partial(self._take, index) if index is not None else lambda: None)
        self._bodies = self.store.bodies(self.name) if self._kept else {}

    def known_of(
        self, subjects: Iterable[Subject], commit: str | None, profile: str
    ) -> dict[Subject, tuple[Report, Page]]:
        """Their reports as judging them at this commit would make them; those that have to be judged are left out."""
        found = {subject: self._known(subject, commit, profile) for subject in subjects}
        return {subject: known for subject, known in found.items() if known is not None}

    def _known(self, subject: Subject, commit: str | None, profile: str) -> tuple[Report, Page] | None:
        name = str(subject)
        kept, found = self._kept.get(name), self._bodies.get(name)
        if kept is None or found is None or tried(lambda: self._sums(name, *found)) != kept.sums:
            return None
        body, page = found
        report = KeptReport(subject, commit, profile, kept.exit_code, kept.outcomes, partial(unpacked, body))
        return report, Page(partial(unpacked, page) if page is not None else None)

    def keep(self, found: Evaluated, page: Page) -> None:
        """Remember a report that was judged, with what was written of it."""
        marks = found.marks
        if marks is not None:
            tried(lambda: self._put(found.report, self._numbered(marks), body_of(found.report), page.written))

    def keep_page(self, report: Report, page: Page) -> None:
        """Remember what was written of a report that was known."""
        name = str(report.subject)
        written = page.written
        if written is not None and name in self._kept:
            tried(lambda: self._put(report, self._kept[name].marks, unpacked(self._bodies[name][0]), written))

    def close(self) -> None:
        """Write what is new, and let go of the file."""
        if self._new:
            rows = [(name, body, page) for name, (body, page) in self._new.items()]
            self.store.write(self.name, self._index(), rows, self._kept)
        self.store.close()

    def _take(self, index: Any) -> None:
        marks = [(str(kind), str(key), str(mark)) for kind, key, mark in index["marks"]]
        changed = {number for number, mark in enumerate(marks) if not self.holds(mark)}
        for name, (numbers, exit_code, outcomes, sums) in index["subjects"].items():
            if changed.isdisjoint(numbers):
                self._kept[name] = _Kept(numbers, exit_code, outcomes, sums)
        self._marks = marks
        self._numbers = {mark: number for number, mark in enumerate(marks)}

    def _numbered(self, marks: Iterable[Mark]) -> list[int]:
        numbers = []
        for mark in marks:
            number = self._numbers.setdefault(mark, len(self._marks))
            if number == len(self._marks):
                self._marks.append(mark)
            numbers.append(number)
        return numbers

    def _put(self, report: Report, marks: list[int], body: bytes, page: bytes | None) -> None:
        name = str(report.subject)
        parts = packed(body), packed(page) if page is not None else None
        self._new[name] = parts
        self._kept[name] = _Kept(marks, report.exit_code, dict(report.outcomes), self._sums(name, *parts))

    def _sums(self, name: str, body: bytes, page: bytes | None) -> list[str]:
        return [sum_of(name.encode(), body), sum_of(name.encode(), page) if page is not None else ""]

    def _index(self) -> dict[str, Any]:
        """Everything that is known now, with the marks that something rests on alone, in a new order."""
        used = sorted({number for kept in self._kept.values() for number in kept.marks})
        order = {number: at for at, number in enumerate(used)}
        subjects = {
            name: [[order[number] for number in kept.marks], kept.exit_code, kept.outcomes, kept.sums]
            for name, kept in self._kept.items()
        }
        return {"marks": [self._marks[number] for number in used], "subjects": subjects}
