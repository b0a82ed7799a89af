"""The start-up code of a service: its entry file and what that imports within the service."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.computed_keys import computed_key
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Definition, Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, List, Record, Spread, dotted
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module

HIDDEN = "(hidden)"
"""The key of what only running the code could tell: a spread, or a key that is computed otherwise."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """The modules of the start-up code, the entry first, and what could not be read or followed."""

    modules: tuple[Module, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One key of an object that is given to a call; ``text`` is None where only running it could tell."""

    key: str
    text: str | None
    path: str
    line: int


def start_up(sources: Sources, entry: str, within: str) -> StartUp:
    """What the entry runs at its start. ``within`` is a glob of the service's own files. Raises `MissingFile`."""
    return sources.once("start-up code", f"{entry}#{within}", lambda: _read(sources, entry, within))


def calls_of(found: StartUp) -> Iterator[tuple[Module, CallSite]]:
    """Every call of the start-up code."""
    for module in found.modules:
        for site in module.calls:
            yield module, site


def is_elsewhere(sources: Sources, found: StartUp, module: Module, site: CallSite) -> bool | None:
    """Whether what is called is defined outside the start-up code; None where it cannot be followed."""
    there = sources.code().follow(module.path, site.call.callee, site.start)
    if isinstance(there, Lost):
        return None
    return not (isinstance(there, Found) and any(each.path == there.path for each in found.modules))


def options_of(sources: Sources, module: Module, site: CallSite) -> list[Option]:
    """The keys of all objects given to a call, at any depth.

    ``[NAME]: value`` has what the constant holds for its key, or ``NAME`` where it comes from a package.
    """
    found: list[Option] = []
    for argument in site.call.arguments:
        there = sources.code().follow(module.path, argument, site.start)
        placed = there if isinstance(there, Found) else Found(module.path, argument, site.start)
        _collect(sources, placed, placed.expression, found, 5)
    return found


def _read(sources: Sources, entry: str, within: str) -> StartUp:
    code = sources.code()
    closure = code.closure(entry, lambda path: matches(within, path))
    paths = [path for path in closure.files if path == entry or matches(within, path)]
    modules = tuple(code.module(path) for path in paths if path.endswith(SUFFIXES) and sources.exists(path))
    return StartUp(modules, closure.lost)


def _collect(sources: Sources, placed: Found, expression: Expression, found: list[Option], depth: int) -> None:
    if depth == 0:
        return
    match expression:
        case Record():
            for at, entry in enumerate(expression.entries):
                value = entry.value.value if isinstance(entry.value, Spread) else entry.value
                inner = sources.code().follow(placed.path, value, placed.at)
                key = entry.key if entry.key is not None else _unwritten_key(sources, placed, expression, at, inner)
                if key is not None:
                    text = text_of(sources.code(), Placed(value, placed.path, entry.line, placed.at))
                    found.append(Option(key, text, placed.path, entry.line))
                inside = inner if isinstance(inner, Found) else Found(placed.path, value, placed.at)
                _collect(sources, inside, inside.expression, found, depth - 1)
        case List():
            for item in expression.items:
                _collect(sources, placed, item, found, depth - 1)
        case Call():
            for argument in expression.arguments:
                _collect(sources, placed, argument, found, depth - 1)


def _unwritten_key(sources: Sources, placed: Found, record: Record, at: int, inner: Definition) -> str | None:
    """Of a computed key what its line tells, `HIDDEN` if it does not; of a spread None if it can be followed."""
    entry = record.entries[at]
    if isinstance(entry.value, Spread):
        return None if isinstance(inner, Found) and isinstance(inner.expression, Record) else HIDDEN
    name = computed_key(sources, placed.path, record, at)
    if name is None:
        return HIDDEN
    return text_of(sources.code(), Placed(name, placed.path, entry.line, placed.at)) or dotted(name).rpartition(".")[2]
