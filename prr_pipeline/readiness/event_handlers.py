"""Where code takes in events: handlers that are registered by a call, or listed in an exported object."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.members import Placed, exported_members, text_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Expression, Function
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import Module


@dataclass(frozen=True, slots=True)
class EventHandler:
    """One handler. ``event`` is None where only running the code could tell which; ``value`` None where none is given.

    ``at`` is the offset at which ``value`` is written; None at the top of the file.
    """

    event: str | None
    path: str
    line: int
    value: Expression | None
    at: int | None


@dataclass(frozen=True, slots=True)
class Handled:
    """All handlers of some files, and what could not be read."""

    handlers: tuple[EventHandler, ...]
    lost: tuple[Lost, ...]


def handlers_in(sources: Sources, pattern: str, calls: Collection[str], export: str | None) -> Handled:
    """Every handler in the TypeScript files that match the pattern, by file."""
    key = f"{pattern}#{sorted(calls)}#{export}"
    return sources.once("event handlers", key, lambda: _all(sources, pattern, calls, export))


def _all(sources: Sources, pattern: str, calls: Collection[str], export: str | None) -> Handled:
    found: list[EventHandler] = []
    lost: list[Lost] = []
    for path in sources.paths(pattern):
        if not path.endswith(SUFFIXES):
            continue
        try:
            module = sources.code().module(path)
            found += _registered(sources, module, calls)
            if export is not None and export in module.exports:
                found += _exported(sources, module, export, lost)
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
    return Handled(tuple(found), tuple(lost))


def _registered(sources: Sources, module: Module, calls: Collection[str]) -> Iterator[EventHandler]:
    for site in module.calls:
        arguments = site.call.arguments
        if site.callee.rpartition(".")[2] not in calls or not arguments or isinstance(arguments[0], Function):
            continue
        event = text_of(sources.code(), Placed(arguments[0], module.path, site.line, site.start))
        value = arguments[-1] if len(arguments) > 1 else None
        yield EventHandler(event, module.path, site.line, value, site.start)


def _exported(sources: Sources, module: Module, export: str, lost: list[Lost]) -> Iterator[EventHandler]:
    members = exported_members(sources, module.path, export)
    lost.extend(members.lost)
    for event, placed in members.entries.items():
        yield EventHandler(event, placed.path, placed.line, placed.value, placed.at)
