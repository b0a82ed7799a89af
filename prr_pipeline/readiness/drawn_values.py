"""Whether what some calls give goes into a value of a client's code: through names, parameters and returned values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import field, replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import held
from prr_pipeline.readiness.client_code import Part, is_named, original, parts_of
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Member,
    Name,
    Other,
    Parameter,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import Local

_CAP = 1_000
"""Most values that one is followed through."""
_PLAIN = ("Math.", "Number", "String", "BigInt", "Array.")
"""Calls of the language that give what they are given."""
_ZERO = re.compile(r"0(?:\.0*)?\Z")
_DOWN = ("Math.floor", "Math.trunc")


@dataclass(frozen=True, slots=True)
class _At:
    """An expression, its source, and the offset that it stands at. ``owns``: only a member of it is looked for."""

    part: Part
    value: Expression
    at: int
    owns: bool = False


@dataclass(slots=True)
class Drawn:
    """What the calls named in ``names`` give, followed into values. ``lost``: places that could not be looked into."""

    reaching: Reaching
    names: Collection[str]
    seen: Callable[[Part, Expression], bool] | None = None
    """What is looked for beside those calls."""
    lost: list[Location] = field(default_factory=list)

    def into(self, part: Part, value: Expression, at: int) -> Location | None:
        """The first call whose value goes into an expression at an offset; None if none is seen to."""
        waiting, seen = [_At(part, value, at)], set[tuple[str, int, bool]]()
        while waiting:
            one = waiting.pop(0)
            key = one.part.path, id(one.value), one.owns
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > _CAP:
                self.lost.append(part.at(value.line, "a value of very many parts"))
                return None
            call = self._filled(one)
            if call is not None:
                return call
            waiting += [replace(each, owns=each.owns or one.owns) for each in self._made_of(one)]
        return None

    def _filled(self, one: _At) -> Location | None:
        """The call itself, or one that is given the name to fill it."""
        if self.seen is not None and self.seen(one.part, one.value):
            return one.part.at(one.value.line, dotted(one.value))
        if isinstance(one.value, Call) and self._draws(one.part, one.value):
            return one.part.at(one.value.line, dotted(one.value.callee))
        local = one.part.module.local(one.value.name, one.at) if isinstance(one.value, Name) else None
        for site in one.part.module.calls if local is not None else ():
            given = [each.name for each in site.call.arguments if isinstance(each, Name)]
            if local is None or local.name not in given or not local.start <= site.start < local.end:
                continue
            if self._draws(one.part, site.call):
                return one.part.at(site.line, site.callee)
        return None

    def _draws(self, part: Part, call: Call) -> bool:
        return is_named(original(part, dotted(call.callee)), self.names)

    def _made_of(self, one: _At) -> Iterator[_At]:
        match one.value:
            case Call():
                yield from self._given_by(one, one.value)
            case Function():
                yield from self._returned(Placed(one.part, one.value))
            case Name():
                yield from self._named(one, one.value)
            case Member():
                yield from self._member(one, one.value)
            case Other():
                operands = () if _is_nothing(one.value) else one.value.operands
                yield from (_At(one.part, each, one.at) for each in operands)
            case Text():
                yield from (_At(one.part, each, one.at) for each in one.value.pieces if not isinstance(each, str))
            case _:
                yield from (_At(one.part, each, one.at) for each in parts_of(one.value))

    def _given_by(self, one: _At, call: Call) -> Iterator[_At]:
        """What a function of the client returns; of another's, what it is given, for a member may be all its own."""
        there = self.reaching.target(one.part, call.callee, one.at)
        if there is not None:
            yield from self._returned(there)
            return
        found = self.reaching.sources.code().follow(one.part.path, call.callee, one.at)
        if isinstance(call.callee, Name) and isinstance(found, Outside) and not one.owns:
            self.lost.append(one.part.at(call.line, dotted(call.callee)))
        if isinstance(call.callee, Member):
            yield _At(one.part, call.callee.object, one.at, owns=True)
        if (not one.owns or dotted(call.callee).startswith(_PLAIN)) and not self._is_flat(one.part, call):
            yield from (_At(one.part, each, one.at) for each in call.arguments)

    def _is_flat(self, part: Part, call: Call) -> bool:
        """Whether a call gives the same whatever is drawn: ``Math.min(0, ...)``, ``Math.floor(Math.random())``."""
        name, given = dotted(call.callee), call.arguments
        if name == "Math.min":
            return any(
                isinstance(each, Other) and (_ZERO.match(each.source) or each.source.startswith("-")) for each in given
            )
        return name in _DOWN and len(given) == 1 and isinstance(given[0], Call) and self._draws(part, given[0])

    def _returned(self, placed: Placed) -> Iterator[_At]:
        function, module = placed.function, placed.part.module
        if function.returns is not None:
            yield _At(placed.part, function.returns, function.end - 1)
        for piece in placed.part.fragments.returned:
            around = module.function_at(piece.start)
            if around is not None and (around.start, around.end) == (function.start, function.end):
                yield _At(placed.part, piece.value, piece.start)

    def _named(self, one: _At, name: Name) -> Iterator[_At]:
        local = one.part.module.local(name.name, one.at)
        if local is None:
            yield from self._followed(one)
        elif local.value is not None:
            yield _At(one.part, local.value, one.at)
        else:
            yield from self._passed(one.part, local)
        for given in (*one.part.fragments.assigned, *one.part.fragments.begun):
            if given.name == name.name and (local is None or local.start <= given.start < local.end):
                yield _At(one.part, given.value, given.start)

    def _member(self, one: _At, member: Member) -> Iterator[_At]:
        """What it leads to; else what ``this.name`` is set to, or the thing that it belongs to."""
        followed = list(self._followed(one))
        yield from followed
        if isinstance(member.object, Name) and member.object.name == "this":
            own = held(one.part.module, member.name, one.at)
            if own is not None and own.value is not None:
                yield _At(one.part, own.value, one.at)
            set_to = [each for each in one.part.fragments.given if each.name == member.name]
            yield from (_At(one.part, each.value, each.start) for each in set_to)
        elif not followed:
            yield _At(one.part, member.object, one.at, owns=True)

    def _followed(self, one: _At) -> Iterator[_At]:
        found = self.reaching.sources.code().follow(one.part.path, one.value, one.at)
        there = self.reaching.code.parts.get(found.path) if isinstance(found, Found) else None
        if isinstance(found, Found) and there is not None and not isinstance(found.expression, Function):
            yield _At(there, found.expression, found.at or 0)

    def _passed(self, part: Part, local: Local) -> Iterator[_At]:
        """What the client passes for a parameter, wherever it calls the function."""
        for function in part.module.functions:
            if (function.start, function.end) != (local.start, local.end):
                continue
            for place, parameter in enumerate(function.parameters):
                if local.name in parameter.binds:
                    yield from self._arguments(Placed(part, function), place, parameter, local.name)

    def _arguments(self, placed: Placed, place: int, parameter: Parameter, name: str) -> Iterator[_At]:
        for part, site in self.reaching.code.calls():
            there = self.reaching.target(part, site.call.callee, site.start)
            if there is None or there.key != placed.key or place >= len(site.call.arguments):
                continue
            given: Expression | None = site.call.arguments[place]
            if isinstance(given, Record) and name in parameter.members:
                given = given.get(parameter.members[name])
            if given is not None:
                yield _At(part, given, site.start)


def _is_nothing(value: Other) -> bool:
    """Whether a product is zero, whatever its other side is."""
    return value.operator == "*" and any(
        isinstance(each, Other) and _ZERO.match(each.source) for each in value.operands
    )
