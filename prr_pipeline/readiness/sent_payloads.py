"""Does what code publishes come from a builder: is the payload of a publishing call what that function makes?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prr_pipeline.readiness.event_calls import Publishing
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.payload_origin import Place
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.transactions import base_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    Index,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.modules import Module

_PAYLOAD = ("payload", "data", "body", "detail")
_HOPS = 8


def is_sent(sources: Sources, publishing: Publishing, builders: Collection[Place]) -> bool | None:
    """Whether one of the builders makes what is published there; None if only running the code could tell."""
    module = sources.code().module(publishing.path)
    if _stands_in(sources, publishing, builders):
        return True
    asking = _Asking(sources, builders)
    told = [asking.of(module, each, publishing.site.start, _HOPS) for each in _payloads(sources, publishing)]
    if True in told:
        return True
    return None if None in told or not told else False


def _stands_in(sources: Sources, publishing: Publishing, builders: Collection[Place]) -> bool:
    """Whether the call stands in a builder, such as the method of a class whose doings are tested."""
    module = sources.code().module(publishing.path)
    spans = [(each.line, each.end_line) for each in module.functions]
    spans += [(each.line, each.end_line) for each in module.definitions.values() if isinstance(each, Class)]
    lines = [line for path, line in builders if path == publishing.path]
    return any(first in lines and first <= publishing.site.line <= last for first, last in spans)


def _payloads(sources: Sources, publishing: Publishing) -> Sequence[Expression]:
    """What is handed on after the event's name, or the payload in one object that names the event too."""
    given = publishing.site.call.arguments
    for at, argument in enumerate(given):
        name = text_of(sources.code(), Placed(argument, publishing.path, publishing.site.line, publishing.site.start))
        if name is not None and name == publishing.event:
            return given[at + 1 : at + 2]
    for argument in given:
        if isinstance(argument, Record):
            inner = [value for key in _PAYLOAD if (value := argument.get(key)) is not None]
            return inner or [each.value for each in argument.entries if each.key is None] or [argument]
    return given[-1:]


class _Asking:
    def __init__(self, sources: Sources, builders: Collection[Place]) -> None:
        self._sources = sources
        self._builders = builders

    def of(self, module: Module, value: Expression, at: int | None, hops: int) -> bool | None:
        """Whether a value is of a builder's making."""
        if hops <= 0:
            return None
        if isinstance(value, Text | Function):
            return False
        if isinstance(value, Name):
            return self._of_name(module, value, at, hops)
        if isinstance(value, Call):
            return self._of_call(module, value, at, hops)
        if isinstance(value, Member | Index):
            return self._of_member(module, value, at, hops)
        return self._of_parts(module, value, at, hops)

    def _of_parts(self, module: Module, value: Expression, at: int | None, hops: int) -> bool | None:
        """An object that is written out there is nobody else's, but for what is spread or built in it."""
        if isinstance(value, Record):
            told = [self.of(module, each.value, at, hops - 1) for each in value.entries]
            hidden = [each for each, entry in zip(told, value.entries, strict=True) if entry.key is None]
            return True if True in told else None if None in hidden else False
        inner = value.items if isinstance(value, List) else ()
        if isinstance(value, Spread):
            inner = (value.value,)
        if isinstance(value, Other):
            inner = value.operands
        told = [self.of(module, each, at, hops - 1) for each in inner]
        if True in told:
            return True
        return None if None in told or (isinstance(value, Other) and not told) else False

    def _of_name(self, module: Module, name: Name, at: int | None, hops: int) -> bool | None:
        local = module.local(name.name, at) if at is not None else None
        if local is not None:
            return self.of(module, local.value, local.end - 1, hops - 1) if local.value is not None else None
        found = self._sources.code().follow(module.path, name, at)
        if not isinstance(found, Found):
            return None
        if (found.path, found.expression.line) in self._builders:
            return True
        return self.of(self._sources.code().module(found.path), found.expression, found.at, hops - 1)

    def _of_call(self, module: Module, call: Call, at: int | None, hops: int) -> bool | None:
        """What a builder makes, or a function that calls one; what is handed to any other call may come out of it."""
        found = self._sources.code().follow(module.path, call.callee, at)
        if isinstance(found, Found) and (found.path, found.expression.line) in self._builders:
            return True
        if isinstance(found, Found) and isinstance(found.expression, Function):
            return self._of_function(found, hops)
        told = [self.of(module, each, at, hops - 1) for each in (*call.arguments, base_of(call.callee))]
        return True if True in told else None

    def _of_function(self, found: Found, hops: int) -> bool | None:
        function, module = found.expression, self._sources.code().module(found.path)
        if not isinstance(function, Function):
            return None
        if any(self._is_builder(module, site.call.callee, site.start) for site in module.calls_in(function)):
            return True
        made = function.returns
        return self.of(module, made, function.end - 1, hops - 1) if made is not None else None

    def _of_member(self, module: Module, member: Member | Index, at: int | None, hops: int) -> bool | None:
        found = self._sources.code().follow(module.path, member, at)
        if isinstance(found, Found) and not isinstance(found.expression, Member | Index):
            if (found.path, found.expression.line) in self._builders:
                return True
            return self.of(self._sources.code().module(found.path), found.expression, found.at, hops - 1)
        return True if self.of(module, member.object, at, hops - 1) else None

    def _is_builder(self, module: Module, callee: Expression, at: int) -> bool:
        found = self._sources.code().follow(module.path, callee, at)
        return isinstance(found, Found) and (found.path, found.expression.line) in self._builders
