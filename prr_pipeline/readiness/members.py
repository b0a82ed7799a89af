"""What an exported object holds, key by key, through spreads, computed keys and imports of the repository."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.computed_keys import computed_key
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Code, Found, Lost
from prr_pipeline.repository.typescript.expressions import Entry, Expression, Name, Record, Spread, Text


@dataclass(frozen=True, slots=True)
class Placed:
    """A value as it is written, with the file and line of its entry."""

    value: Expression
    path: str
    line: int
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """The entries of an object by key, the last of twins, and what could not be followed."""

    path: str
    name: str
    line: int
    entries: Mapping[str, Placed]
    lost: tuple[Lost, ...]

    def location(self, key: str | None = None) -> Location:
        """Where an entry stands; without one, the object."""
        placed = self.entries.get(key) if key is not None else None
        return Location(placed.path, placed.line, key or "") if placed else Location(self.path, self.line, self.name)

    def lost_at(self) -> list[Location]:
        """The places that hide entries."""
        return [Location(each.path, each.line) for each in self.lost]


def exported_members(sources: Sources, path: str, name: str) -> Members:
    """The object that a file exports under a name. Raises `MissingFile`, `Unreadable`, or `NotSeen` for no object."""
    return sources.once("members", f"{path}#{name}", lambda: _read(sources, path, name))


def text_of(code: Code, placed: Placed) -> str | None:
    """The text that a value stands for, through constants and imports; None if only running the code could tell."""
    try:
        found = code.follow(placed.path, placed.value, placed.at)
    except PrrError:
        return None
    return found.expression.value if isinstance(found, Found) and isinstance(found.expression, Text) else None


def _read(sources: Sources, path: str, name: str) -> Members:
    code = sources.code()
    sources.blob(path)
    found = code.exported(path, name)
    if not isinstance(found, Found) or not isinstance(found.expression, Record):
        export = code.module(path).exports.get(name)
        why = f"{path} exports no object {name}" if export is None else f"{name} in {path} is not written as an object"
        raise NotSeen(
            Reason.NOT_RESOLVABLE, f"{why}; write it out there.", [Location(path, getattr(export, "line", 0))]
        )
    entries: dict[str, Placed] = {}
    lost: list[Lost] = []
    _collect(sources, found, entries, lost, 8)
    return Members(found.path, name, found.expression.line, entries, tuple(lost))


def _collect(sources: Sources, found: Found, entries: dict[str, Placed], lost: list[Lost], depth: int) -> None:
    record = found.expression
    for at, entry in enumerate(record.entries if isinstance(record, Record) else ()):
        key = entry.key if entry.key is not None else _bracketed(sources, found, at)
        if key is not None:
            entries[key] = Placed(entry.value, found.path, entry.line, found.at)
        elif isinstance(entry.value, Spread):
            _spread(sources, found, entry, entries, lost, depth)
        else:
            lost.append(Lost("a key is computed", found.path, entry.line))


def _bracketed(sources: Sources, found: Found, at: int) -> str | None:
    """The text of a constant in brackets; None for a spread, and for what only running the code could tell."""
    record = found.expression
    if not isinstance(record, Record) or isinstance(record.entries[at].value, Spread):
        return None
    name = computed_key(sources, found.path, record, at)
    return text_of(sources.code(), Placed(name, found.path, name.line, found.at)) if name is not None else None


def _spread(
    sources: Sources, found: Found, entry: Entry, entries: dict[str, Placed], lost: list[Lost], depth: int
) -> None:
    value = entry.value.value if isinstance(entry.value, Spread) else entry.value
    inner = sources.code().follow(found.path, value, found.at)
    if depth > 0 and isinstance(inner, Found) and isinstance(inner.expression, Record):
        _collect(sources, inner, entries, lost, depth - 1)
        return
    shown = value.name if isinstance(value, Name) else "what is spread"
    lost.append(Lost(f"{shown} could not be followed", found.path, entry.line))
