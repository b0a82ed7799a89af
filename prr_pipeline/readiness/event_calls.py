"""Where code publishes events: calls of the publisher, and rows that are put into the outbox."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, Record, Text, dotted
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module

_NAME_KEYS = ("eventName", "event_name", "name", "type", "event")


@dataclass(frozen=True, slots=True)
class Publishing:
    """One place that publishes. ``event`` is None where only running the code could tell which."""

    event: str | None
    path: str
    site: CallSite


@dataclass(frozen=True, slots=True)
class Published:
    """All places of some files, and the files that could not be read."""

    places: tuple[Publishing, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Publishers:
    """What publishing is called in code: functions, and the table of the outbox."""

    calls: frozenset[str]
    outbox: str | None


def published_in(sources: Sources, pattern: str, publishers: Publishers) -> Published:
    """Every place in the TypeScript files that match the pattern, by file and line."""
    key = f"{pattern}#{sorted(publishers.calls)}#{publishers.outbox}"
    return sources.once("published events", key, lambda: _all(sources, pattern, publishers))


def published_at(sources: Sources, path: str, publishers: Publishers) -> tuple[Publishing, ...]:
    """Every place in one file. Raises `MissingFile` or `Unreadable`."""
    key = f"{path}#{sorted(publishers.calls)}#{publishers.outbox}"
    return sources.once(
        "published at", key, lambda: tuple(_in_module(sources, sources.code().module(path), publishers))
    )


def publishes(module: Module, site: CallSite, publishers: Publishers) -> bool:
    """Whether a call publishes, whatever the file calls the publisher or the outbox after its imports."""
    return is_named(module, site.call.callee, publishers.calls, site.start) or is_outbox_row(
        module, site, publishers.outbox
    )


def is_outbox_row(module: Module, site: CallSite, table: str | None) -> bool:
    """Whether it is ``tx.insert(outbox).values(...)``."""
    callee = site.call.callee
    insert = callee.object if isinstance(callee, Member) and callee.name == "values" else None
    if table is None or not isinstance(insert, Call) or not dotted(insert.callee).endswith(".insert"):
        return False
    return bool(insert.arguments) and is_named(module, insert.arguments[0], (table,), site.start)


def _all(sources: Sources, pattern: str, publishers: Publishers) -> Published:
    places: list[Publishing] = []
    lost: list[Lost] = []
    for path in sources.paths(pattern):
        if not path.endswith(SUFFIXES) or path.endswith(".d.ts"):
            continue
        try:
            places += published_at(sources, path, publishers)
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
    return Published(tuple(places), tuple(lost))


def _in_module(sources: Sources, module: Module, publishers: Publishers) -> Iterator[Publishing]:
    for site in module.calls:
        if publishes(module, site, publishers):
            for event in _events(sources, module, site):
                yield Publishing(event, module.path, site)


def _events(sources: Sources, module: Module, site: CallSite) -> list[str | None]:
    """The events of a call: its first argument that is a text, a constant, or an object that names one.

    A transaction or a database may stand before it, as a variable or a field of the class."""
    for argument in site.call.arguments:
        value = _event_in(argument)
        if value is not None:
            event = text_of(sources.code(), Placed(value, module.path, site.line, site.start))
            if event is not None or not (isinstance(argument, Name) or dotted(argument).startswith("this.")):
                return [event]
    return [None]


def _event_in(argument: Expression) -> Expression | None:
    if isinstance(argument, Record):
        return next((value for key in _NAME_KEYS if (value := argument.get(key)) is not None), None)
    return argument if isinstance(argument, Text | Member | Name) else None
