"""Reads the YAML and JSON files of checklists: each entry a line, every fault of a file told at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.declared import Unfit, faults_of, fitted
from prr_pipeline.readiness.lines import Line
from prr_pipeline.readiness.shipped_yaml import plain_data
from prr_pipeline.repository.tree import BLOB_CAP, Blob, refuse_size

_KEYS = ("catalogue", "title", "lines")


@dataclass(frozen=True, slots=True)
class ChecklistFile:
    """One file as it was read: its name, its sound lines, and a sentence for each fault of the others."""

    path: str
    name: str
    lines: tuple[Line, ...]
    faults: tuple[str, ...]

    def where(self, line: Line) -> str:
        """How a sentence about one of its lines begins."""
        return f"The checklist {self.path}, line {line.id}"


def read_checklist(path: Path) -> Blob:
    """The bytes of a checklist. Raises `PrrError` if there is none to read."""
    try:
        with path.open("rb") as stream:
            data = stream.read(BLOB_CAP + 1)
    except OSError as fault:
        raise PrrError(
            f"The checklist {path} cannot be read ({fault.strerror}); name an existing YAML or JSON file."
        ) from None
    refuse_size(str(path), len(data), BLOB_CAP)
    return Blob(str(path), "", data)


def parse_checklist(blob: Blob) -> ChecklistFile:
    """The lines of a file; it is called as its key ``catalogue`` says, else as its file.

    Raises `PrrError` for what is no checklist at all.
    """
    try:
        data = plain_data(blob)
    except PrrError as fault:
        raise PrrError(str(fault)) from None
    if not isinstance(data, Mapping) or not isinstance(data.get("lines"), list):
        raise PrrError(f"The checklist {blob.path} has no list `lines`.")
    for key in sorted(set(data) - set(_KEYS)):
        raise UnknownName(f"key in the checklist {blob.path}:", key, _KEYS)
    name = data.get("catalogue", Path(blob.path).stem)
    if not isinstance(name, str) or not name.strip():
        raise PrrError(f"The checklist {blob.path} has the name {name!r}; give `catalogue` a text.")
    read = [_line(blob.path, name, entry) for entry in data["lines"]]
    lines = tuple(each for each in read if isinstance(each, Line))
    return ChecklistFile(blob.path, name, lines, tuple(each for each in read if isinstance(each, str)))


def _line(path: str, checklist: str, entry: object) -> Line | str:
    """The line, or the sentence about everything that is wrong with the entry."""
    if not isinstance(entry, Mapping):
        return f"The checklist {path} has the entry {str(entry)[:40]!r}; write each as a mapping that begins with `id`."
    where = f"The checklist {path}, line {entry.get('id', '?')}"
    if "checklist" in entry:
        return f"{where}: checklist: there is no such key."
    given = {**entry, "checklist": checklist}
    try:
        return fitted(given, Line)
    except Unfit:
        return f"{where}: {'; '.join(map(str, faults_of(given, Line)))}."
