"""What a claim is made on: the event's own id and a fixed name of the handler, or something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import parts_of
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Index,
    Member,
    Name,
    Other,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import CallSite, Module

_IDS = frozenset(("eventid", "messageid", "deliveryid", "evtid", "msgid", "dedupekey", "idempotencykey"))
_EVENTS = frozenset(("event", "evt", "message", "msg", "delivery", "delivered", "envelope", "record", "notification"))
_CONTENTS = frozenset(("payload", "data", "body", "detail", "content"))
_KINDS = frozenset(("name", "type", "kind", "topic", "eventname", "eventtype", "source", "version"))
"""What all deliveries of one kind have alike."""
_DRAWN = re.compile(r"random|uuid(?!v?[35])|nanoid|ulid|cuid|newid", re.IGNORECASE)
_HOPS = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """What some values of a claim are: the event's id, a part of its contents, or new each time."""

    has_id: bool
    contents: tuple[str, ...]
    drawn: tuple[str, ...]
    has_text: bool


def subject_fault(
    sources: Sources, module: Module, function: Function, site: CallSite, columns: Collection[str] | None
) -> tuple[Outcome, str] | None:
    """What is wrong with what a claim in a function is made on, or cannot be told; None where nothing is.

    ``columns``: those of the event's id and the handler, of a claim that writes a row.
    """
    if columns is None:
        return _called(_subject(sources, module, function, site, list(site.call.arguments)))
    record = _row(module, site)
    for number, column in enumerate(columns):
        given = [each.value for each in (record.entries if record else ()) if _plain(each.key or "") == _plain(column)]
        seen = _subject(sources, module, function, site, given)
        if seen.drawn:
            return Outcome.UNMET, f"notes {seen.drawn[0]} as {column}, which is new each time"
        if number == 0 and not seen.has_id and seen.contents:
            return Outcome.UNMET, f"notes {seen.contents[0]} as {column} instead of the event's id"
    return None


def _called(seen: Subject) -> tuple[Outcome, str] | None:
    if seen.drawn and not (seen.has_id and seen.has_text):
        return Outcome.UNMET, f"claims by {seen.drawn[0]}, which is new each time"
    if seen.has_id:
        return None
    if seen.contents:
        return Outcome.UNMET, f"claims by {seen.contents[0]} instead of the event's id"
    return Outcome.UNKNOWN, "claims by what cannot be told to be the event's id"


def _subject(sources: Sources, module: Module, function: Function, site: CallSite, values: list[Expression]) -> Subject:
    reading = _Reading(sources, module, function, site.start)
    leaves = [leaf for value in values for leaf in reading.leaves(value, _HOPS)]
    return Subject(
        any(kind == "id" for kind, _ in leaves),
        tuple(text for kind, text in leaves if kind == "contents"),
        tuple(text for kind, text in leaves if kind == "drawn"),
        any(kind == "text" for kind, _ in leaves),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    sources: Sources
    module: Module
    function: Function
    at: int

    def leaves(self, value: Expression, hops: int) -> Iterator[tuple[str, str]]:
        """What a value is made of, each with how it is written."""
        if hops == 0 or isinstance(value, Function):
            return
        if isinstance(value, Text) and value.value is not None:
            yield "text", value.value
        elif isinstance(value, Name):
            yield from self._named(value, hops)
        elif isinstance(value, Member):
            yield from self._member(value)
        elif isinstance(value, Call) and _DRAWN.search(dotted(value.callee)):
            yield "drawn", f"{dotted(value.callee)}()"
        else:
            yield from (leaf for each in _inner(value) for leaf in self.leaves(each, hops - 1))

    def _named(self, value: Name, hops: int) -> Iterator[tuple[str, str]]:
        local = self.module.local(value.name, self.at)
        first = self.function.parameters[0] if self.function.parameters else None
        others = {name for each in self.function.parameters for name in each.binds}
        if local is not None and local.value is not None and value != local.value:
            yield from self.leaves(local.value, hops - 1)
        elif first is not None and value.name == first.name:
            yield "id", value.name
        elif first is not None and value.name in first.members:
            key = _plain(first.members[value.name])
            yield "contents" if key in (_CONTENTS | _KINDS) else "id", value.name
        elif value.name in others or _plain(value.name) in (_IDS | _EVENTS | {"id"}):
            yield "id", value.name
        elif text_of(self.sources.code(), Placed(value, self.module.path, value.line, self.at)) is not None:
            yield "text", value.name

    def _member(self, value: Member) -> Iterator[tuple[str, str]]:
        path = dotted(value).split(".")
        is_event = path[0] in ({each.name for each in self.function.parameters} | _EVENTS)
        if _plain(path[-1]) in _IDS:
            yield "id", dotted(value)
        elif set(path) & _CONTENTS or (is_event and _plain(path[-1]) in _KINDS):
            yield "contents", dotted(value)
        elif is_event:
            yield "id", dotted(value)
        elif text_of(self.sources.code(), Placed(value, self.module.path, value.line, self.at)) is not None:
            yield "text", dotted(value)


def _inner(value: Expression) -> Iterator[Expression]:
    if isinstance(value, Call):
        yield from value.arguments
        if isinstance(value.callee, Member):
            yield value.callee.object
    elif isinstance(value, Other):
        yield from value.operands
    elif isinstance(value, Text):
        yield from (each for each in value.pieces if not isinstance(each, str))
    elif isinstance(value, Index):
        yield value.object
    else:
        yield from parts_of(value)


def _row(module: Module, site: CallSite) -> Record | None:
    """What a claim that writes a row puts in it: the object that ``values`` is given in its chain."""
    for each in module.calls:
        if each.start == site.start and each.callee.endswith(".values") and each.call.arguments:
            return each.call.arguments[0] if isinstance(each.call.arguments[0], Record) else None
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
