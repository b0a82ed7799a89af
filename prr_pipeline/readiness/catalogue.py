"""The catalogue: every line of both checklists, and of a user's own, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.checklist_files import ChecklistFile, parse_checklist, read_checklist
from prr_pipeline.readiness.declared import form_json
from prr_pipeline.readiness.lines import BUILT_IN, AppliesTo, Due, Kind, Line, Stage
from prr_pipeline.readiness.own_lines import faults_of_own, prefix_of, validate_line
from prr_pipeline.readiness.registry import versions_of
from prr_pipeline.readiness.shipped_yaml import CHECKLISTS
from prr_pipeline.repository.tree import Blob
from prr_pipeline.subjects import Subject, SubjectKind, Target

__all__ = [
    "BUILT_IN",
    "AppliesTo",
    "Catalogue",
    "Due",
    "Kind",
    "Line",
    "Stage",
    "catalogue_of",
    "load_catalogue",
    "read_checklist",
    "validate_line",
]


@dataclass(frozen=True)
class Catalogue:
    """Lines in checklist order, ids and numbers unique."""

    lines: tuple[Line, ...]

    def line(self, line_id: str) -> Line:
        """The line of that id or number. Raises `UnknownName`."""
        for line in self.lines:
            if line_id in (line.id, line.number):
                return line
        raise UnknownName("line", line_id, [line.id for line in self.lines])

    @cached_property
    def by_id(self) -> Mapping[str, Line]:
        """The lines by id, for those who ask for many."""
        return {line.id: line for line in self.lines}

    def lines_for(self, subject: Subject | SubjectKind, target: Target | None = None) -> tuple[Line, ...]:
        """The lines asked of a subject on its way to ``target``; with no target, all of its kind."""
        kind = subject.kind if isinstance(subject, Subject) else subject
        if (kind, target) not in self._lines_for:
            left_out = {Target.BETA: {"ga", "after_ga"}, Target.GA: set[str](), None: set[str]()}[target]
            asked = (line for line in self.lines if line.applies_to.kind is kind and line.stage not in left_out)
            self._lines_for[kind, target] = tuple(asked)
        return self._lines_for[kind, target]

    @cached_property
    def _lines_for(self) -> dict[tuple[SubjectKind, Target | None], tuple[Line, ...]]:
        """What was asked for: every one of many subjects asks for the same."""
        return {}

    def asked_digest(self, kind: SubjectKind) -> str:
        """Digest of everything that is asked of a kind: the lines in full, and the versions of what judges them."""
        if kind not in self._asked:
            rows = [[form_json(line), versions_of(line.check, line.parameters)] for line in self.lines_for(kind)]
            self._asked[kind] = digest(rows)
        return self._asked[kind]

    @cached_property
    def _asked(self) -> dict[SubjectKind, str]:
        """Digests that were asked for: every promotion of every tick asks for the same."""
        return {}

    def section(self, name: str) -> Catalogue:
        """The lines of one section, found in any case. Raises `UnknownName` with the sections."""
        found = tuple(line for line in self.lines if line.section.lower() == name.lower())
        if not found:
            raise UnknownName("section", name, {line.section for line in self.lines})
        return Catalogue(found)


def load_catalogue(*own: Path) -> Catalogue:
    """Both checklists, and the user's own YAML files after them.

    Raises `PrrError` with every fault of the user's files. Only of their lines is it asked here whether the checks
    exist: of those that ship, a test knows.
    """
    return catalogue_of(tuple(read_checklist(path) for path in own))


@lru_cache(maxsize=8)
def catalogue_of(own: tuple[Blob, ...]) -> Catalogue:
    """The same of files that were read already: equal bytes are parsed once."""
    shipped = [parse_checklist(read_checklist(CHECKLISTS / f"{name}.yaml")) for name in BUILT_IN]
    added = [parse_checklist(blob) for blob in own]
    faults = [*(fault for file in shipped for fault in file.faults), *_faults(shipped, added)]
    if faults:
        count = f"The checklists have {len(faults)} faults:\n  "
        raise PrrError((count if len(faults) > 1 else "") + "\n  ".join(faults))
    return Catalogue(tuple(line for file in (*shipped, *added) for line in file.lines))


def _faults(shipped: Sequence[ChecklistFile], added: Sequence[ChecklistFile]) -> Iterator[str]:
    """Everything that is wrong with a user's own files, each fault a sentence."""
    prefixes = {prefix_of(line.number) for file in shipped for line in file.lines}
    for file in added:
        yield from file.faults
        yield from (f"{file.where(line)}: {fault}." for line in file.lines for fault in faults_of_own(line, prefixes))
    files = [*shipped, *added]
    yield from _twins("name", [file.name for file in files], "two checklists; give one another `catalogue`")
    lines = [line for file in files for line in file.lines]
    for what, names in (("id", [line.id for line in lines]), ("number", [line.number for line in lines])):
        yield from _twins(what, names, "two lines of the checklists; each is used once")


def _twins(what: str, names: Sequence[str], where: str) -> Iterator[str]:
    for twin in sorted({name for name in names if names.count(name) > 1}):
        yield f"The {what} {twin!r} stands at {where}."
