"""What a route's own middleware sets on the context of its request, beside its handler."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.readiness.audited import Audited, Setting, audited
from prr_pipeline.readiness.routes import Route
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, List, Member, Name, Spread
from prr_pipeline.repository.typescript.pipelines import Handler, Layer

_DEPTH = 8


def audited_route(sources: Sources, route: Route, handler: Handler, setting: Setting) -> Audited:
    """What the handler of a route sets; where that is not sure, what a step around it sets each time."""
    own = audited(sources, handler, setting)
    if own.values and own.doubt is None:
        return own
    found = [
        (layer, audited(sources, step, setting))
        for layer in route.around
        for step in _functions(sources, layer, _DEPTH)
    ]
    for layer, each in found:
        if each.values and each.doubt is None and layer.doubt is None:
            return Audited((*each.values, *own.values))
    doubts = [own.doubt, *(each.doubt or layer.doubt for layer, each in found if each != Audited())]
    values = (*own.values, *(value for _, each in found for value in each.values))
    return Audited(values, next((doubt for doubt in doubts if doubt is not None), None))


def _functions(sources: Sources, layer: Layer, depth: int) -> Iterator[Handler]:
    """The functions that a layer stands for: written out, by name, in a list, or made by a call."""
    value = layer.expression
    if depth == 0:
        return
    if isinstance(value, Function):
        yield Handler(layer.path, value)
    elif isinstance(value, List | Spread):
        for each in value.items if isinstance(value, List) else (value.value,):
            yield from _functions(sources, _there(layer, each), depth - 1)
    elif isinstance(value, Name | Member):
        found = sources.code().follow(layer.path, value, layer.at)
        if isinstance(found, Found) and found.expression is not value:
            yield from _functions(sources, Layer(found.path, found.expression, found.at), depth - 1)
    elif isinstance(value, Call):
        made = sources.code().follow(layer.path, value.callee, layer.at)
        function = made.expression if isinstance(made, Found) else None
        if isinstance(made, Found) and isinstance(function, Function) and isinstance(function.returns, Function):
            yield Handler(made.path, function.returns)
        elif not isinstance(made, Found):
            yield from (Handler(layer.path, each) for each in value.arguments if isinstance(each, Function))


def _there(layer: Layer, value: Expression) -> Layer:
    return Layer(layer.path, value, layer.at, layer.doubt)
