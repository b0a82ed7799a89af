"""What a value of a client's code is at bottom: through names, parameters, conversions, choices and parts taken."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import Part, called
from prr_pipeline.readiness.reaching import Reaching
from prr_pipeline.readiness.webhook_receivers import passed
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, Other, dotted

_HOPS = 10
_SAME = frozenset(("toString", "trim", "toLowerCase", "toUpperCase", "valueOf", "padEnd", "padStart"))
"""Methods that give the thing itself in another form."""
_CUTS = frozenset(("slice", "subarray", "substring", "substr"))
_GIVEN = frozenset(("from", "encode", "String", "Uint8Array", "Buffer", "resolve"))
"""Calls that give their first argument in another form: ``Buffer.from(text)``."""
_CHOICES = frozenset(("?", "??", "||", "&&"))


@dataclass(frozen=True, slots=True)
class Root:
    """An expression that nothing more is known of, where it stands, and the calls that took a part of it."""

    part: Part
    value: Expression
    at: int
    cuts: tuple[Call, ...] = ()


def roots(reaching: Reaching, part: Part, value: Expression, at: int) -> Iterator[Root]:
    """Everything that a value at an offset may be."""
    return _roots(reaching, Root(part, value, at), _HOPS)


def _roots(reaching: Reaching, one: Root, hops: int) -> Iterator[Root]:
    inner = list(_inside(reaching, one)) if hops > 0 else []
    if not inner:
        yield one
    for each in inner:
        yield from _roots(reaching, each, hops - 1)


def _inside(reaching: Reaching, one: Root) -> Iterator[Root]:
    value = one.value
    if isinstance(value, Call):
        there = reaching.target(one.part, value.callee, one.at)
        if there is not None and there.function.returns is not None:
            yield Root(there.part, there.function.returns, there.function.start + 1, one.cuts)
        elif there is None:
            yield from _converted(one, value)
    elif isinstance(value, Other) and value.operator in _CHOICES:
        yield from (Root(one.part, each, one.at, one.cuts) for each in value.operands[-2:])
    elif isinstance(value, Name | Member):
        yield from _named(reaching, one, value)


def _converted(one: Root, call: Call) -> Iterator[Root]:
    callee = call.callee
    if isinstance(callee, Member) and callee.name in _SAME:
        yield Root(one.part, callee.object, one.at, one.cuts)
    elif isinstance(callee, Member) and callee.name in _CUTS:
        yield Root(one.part, callee.object, one.at, (*one.cuts, call))
    elif called(call) in _GIVEN and call.arguments:
        yield Root(one.part, call.arguments[0], one.at, one.cuts)


def _named(reaching: Reaching, one: Root, value: Name | Member) -> Iterator[Root]:
    found = reaching.sources.code().follow(one.part.path, value, one.at)
    there = reaching.code.parts.get(found.path) if isinstance(found, Found) else None
    if isinstance(found, Found) and there is not None and found.expression is not value:
        yield Root(there, found.expression, found.at or one.at, one.cuts)
    elif isinstance(value, Name):
        for part, given, at in passed(reaching, one.part, value.name, one.at):
            yield Root(part, given, at, one.cuts)


def kept_of(cut: Call) -> int | None:
    """How many characters or bytes from the beginning a cut keeps; None where that is not written there."""
    numbers = [each.source.strip() if isinstance(each, Other) else dotted(each) for each in cut.arguments]
    if len(numbers) == 2 and numbers[0] == "0" and numbers[1].isdigit():
        return int(numbers[1])
    return None
