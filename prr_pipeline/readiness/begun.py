"""Whether what a function registers is registered at all: something of the service calls the function, on every way."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.callers import class_at
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.start_up_runs import runs_in_function
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Expression, Function, Member, Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import Module

_HOPS = 4


def is_begun(sources: Sources, module: Module, at: int, pattern: str, hops: int = _HOPS) -> bool | None:
    """Whether a run of the service comes to an offset: False where nothing does, None where a condition tells, or only
    running it could. ``pattern``: a glob of the service's code."""
    here = runs_in_function(sources, module, at)
    function = module.function_at(at)
    if here is False or function is None:
        return here
    if hops == 0 or class_at(module, function.start) is not None or function.name is None:
        return here
    told = _called(sources, module, function, pattern, hops)
    return None if told and here is None else told


def _called(sources: Sources, module: Module, function: Function, pattern: str, hops: int) -> bool | None:
    """Whether something of the service calls a function, or hands it to what may."""
    found: list[bool | None] = []
    for path in (each for each in sources.paths(pattern) if each.endswith(SUFFIXES)):
        try:
            there = sources.code().module(path)
        except PrrError:
            found.append(None)
            continue
        for site in there.calls:
            if path == module.path and function.start < site.start < function.end:
                continue
            if _is(sources, there, site.call.callee, site.start, module, function):
                found.append(is_begun(sources, there, site.start, pattern, hops - 1))
            elif _any_is(sources, there, site.call.arguments, site.start, module, function):
                found.append(None)
    return True if True in found else None if None in found else False


def _any_is(
    sources: Sources, there: Module, values: Sequence[Expression], at: int, module: Module, function: Function
) -> bool:
    return any(_is(sources, there, each, at, module, function) for each in values)


def _is(sources: Sources, there: Module, value: Expression, at: int, module: Module, function: Function) -> bool:
    """Whether an expression is the function, by name."""
    if not isinstance(value, Name | Member) or (value.name != function.name and there.path == module.path):
        return False
    found = sources.code().follow(there.path, value, at)
    return isinstance(found, Found) and found.path == module.path and found.expression == function
