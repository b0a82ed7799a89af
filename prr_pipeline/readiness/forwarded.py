"""Functions that a handler hands its request on to: their lines are the handler's, written elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.services import service_folder
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Code, Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Index,
    List,
    Member,
    Name,
    Record,
    Spread,
)
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.pipelines import Handler

_MOST = 20


def forwarded(sources: Sources, handler: Handler, services: str | None) -> tuple[Handler, ...]:
    """The functions of the repository that answer for a handler, one after another, service packages left out.

    One answers for it if the handler returns what it gives for the handler's own parameter, or a part of it. Of a
    handler that returns in several places, those functions of its own file that are given the whole parameter.
    """
    found: dict[tuple[str, int], Handler] = {(handler.path, handler.function.start): handler}
    waiting = [handler]
    while waiting and len(found) < _MOST:
        for each in _next(sources.code(), waiting.pop(0)):
            key = each.path, each.function.start
            is_service = services is not None and service_folder(sources, each.path, services) is not None
            if key not in found and not is_service and not _is_within(each, found.values()):
                found[key] = each
                waiting.append(each)
    return tuple(found.values())[1:]


def _is_within(inner: Handler, outer: Iterable[Handler]) -> bool:
    at = inner.function.start
    return any(each.path == inner.path and each.function.start <= at < each.function.end for each in outer)


def _next(code: Code, handler: Handler) -> Iterator[Handler]:
    module, function = code.module(handler.path), handler.function
    names = {name for parameter in function.parameters for name in parameter.binds}
    if not names:
        return
    if function.returns is not None:
        answer = _valued(module, function.returns, function)
        if isinstance(answer, Call) and any(_is_of(module, each, names, function) for each in answer.arguments):
            yield from _target(code, module, answer, function)
        return
    for site in module.calls_in(function):
        if any(isinstance(each, Name) and each.name in names for each in site.call.arguments):
            yield from (each for each in _target(code, module, site.call, function) if each.path == handler.path)


def _valued(module: Module, value: Expression, function: Function) -> Expression:
    """A constant's value instead of its name: ``const answer = await all(context); return answer``."""
    for _ in range(_MOST):
        local = module.local(value.name, function.end - 1) if isinstance(value, Name) else None
        if local is None or local.value is None:
            return value
        value = local.value
    return value


def _is_of(module: Module, value: Expression, names: set[str], function: Function) -> bool:
    """Whether a value is one of the parameters, or made of parts of them alone."""
    value = _valued(module, value, function)
    while isinstance(value, Member | Index):
        value = value.object
    if isinstance(value, Spread):
        return _is_of(module, value.value, names, function)
    if isinstance(value, List):
        return any(_is_of(module, each, names, function) for each in value.items)
    if isinstance(value, Record):
        return any(_is_of(module, each.value, names, function) for each in value.entries)
    return isinstance(value, Name) and value.name in names


def _target(code: Code, module: Module, call: Call, function: Function) -> Iterator[Handler]:
    callee: Expression = call.callee
    if isinstance(callee, Member) and callee.name in ("call", "apply"):
        callee = callee.object
    if isinstance(callee, Function):
        return
    try:
        found = code.follow(module.path, callee, function.end - 1)
    except PrrError:
        return
    if isinstance(found, Found) and isinstance(found.expression, Function):
        yield Handler(found.path, found.expression)
