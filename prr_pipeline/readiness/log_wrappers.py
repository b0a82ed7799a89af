"""Functions that write what they are given to a log, so that their calls are log calls as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.client_code import called
from prr_pipeline.readiness.named_calls import Scanned
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.modules import CallSite, Module

_ROUNDS = 4
"""How many wrappers may stand around each other."""
_GIVING = frozenset(("??", "||", "&&", "+", "?"))
_WRITTEN_OUT = frozenset(("stringify", "String", "inspect"))
Logging = tuple[Module, CallSite, Sequence[Expression]]
"""A call with those of its arguments that are logged."""


def wrapped(sources: Sources, code: Scanned, logging: Sequence[Logging]) -> list[Logging]:
    """The calls of functions that log a whole parameter. ``logging``: the log calls themselves."""
    known: dict[tuple[str, int], set[int]] = {}
    found: list[Logging] = []
    latest: Sequence[Logging] = logging
    for _ in range(_ROUNDS):
        fresh = {key: places for key, places in _wrappers(latest).items() if key not in known}
        if not fresh:
            break
        known |= fresh
        latest = list(_calls_of(sources, code, fresh))
        found += latest
    return found


def _wrappers(logging: Sequence[Logging]) -> dict[tuple[str, int], set[int]]:
    """Which parameters of which functions are logged; a rest stands for all behind it, as a negative position."""
    found: dict[tuple[str, int], set[int]] = {}
    for module, site, arguments in logging:
        around = module.function_at(site.start)
        names = {name for each in arguments for name in _whole(each)} if around is not None else set()
        for position, each in enumerate(around.parameters if around is not None else ()):
            own = set(each.binds) if each.rest else {each.name} - {None}
            if around is not None and own & names:
                place = -1 - position if each.rest else position
                found.setdefault((module.path, around.start), set()).add(place)
    return found


def _calls_of(sources: Sources, code: Scanned, wrappers: dict[tuple[str, int], set[int]]) -> Iterator[Logging]:
    for module, site in code.sites():
        if not isinstance(site.call.callee, Name | Member):
            continue
        there = sources.code().follow(module.path, site.call.callee, site.start)
        if isinstance(there, Found) and isinstance(there.expression, Function):
            places = wrappers.get((there.path, there.expression.start), set())
            logged = [each for n, each in enumerate(site.call.arguments) if _is_logged(n, places)]
            if logged:
                yield module, site, logged


def _is_logged(position: int, places: set[int]) -> bool:
    return position in places or any(place < 0 and position >= -1 - place for place in places)


def _whole(value: Expression) -> Iterator[str]:
    """The names that are logged as they are, not a part of them alone."""
    match value:
        case Name():
            yield value.name
        case Record():
            for entry in value.entries:
                yield from _whole(entry.value)
        case List():
            for each in value.items:
                yield from _whole(each)
        case Spread():
            yield from _whole(value.value)
        case Text():
            for piece in value.pieces:
                yield from _whole(piece) if not isinstance(piece, str) else ()
        case Call() if called(value) in _WRITTEN_OUT:
            for each in value.arguments:
                yield from _whole(each)
        case Other() if value.operator in _GIVING:
            for each in value.operands[1 if value.operator == "?" else 0 :]:
                yield from _whole(each)
