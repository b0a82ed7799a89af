"""Does a call of the start-up code run when that is loaded? Not in a function that nothing calls, or by a condition."""

from __future__ import annotations

from prr_pipeline.readiness.callers import class_at, followed
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.start_up import StartUp, calls_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Expression, Function, Member, Name
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_HOPS = 5


def runs_at_start(sources: Sources, found: StartUp, module: Module, site: CallSite, hops: int = _HOPS) -> bool | None:
    """Whether a call of the start-up code is run at the start; None where only running it could tell."""
    fragments = read_fragments(sources.blob(module.path))
    if any(start <= site.start < end for start, end in fragments.unreached):
        return False
    around = module.function_at(site.start)
    begins = around.start if around is not None else -1
    inside = [each for each in fragments.conditions if each.start > begins]
    branches = [span for each in inside for span in each.branches]
    left = [each for each in inside if each.leaves and each.end <= site.start and around is not None
            and module.function_at(each.start) == around]  # fmt: skip
    is_certain = not left and not any(start <= site.start < end for start, end in branches)
    if around is None:
        return True if is_certain else None
    called = _called(sources, found, module, around, hops)
    return None if called and not is_certain else called


def runs_in_function(sources: Sources, module: Module, at: int) -> bool | None:
    """Whether a function that runs comes to an offset: False where nothing ever does, None where a condition tells."""
    fragments = read_fragments(sources.blob(module.path))
    if any(start <= at < end for start, end in fragments.unreached):
        return False
    around = module.function_at(at)
    inside = [each for each in fragments.conditions if module.function_at(each.start) == around]
    is_branch = any(start <= at < end for each in inside for start, end in each.branches)
    return None if is_branch or any(each.leaves and each.end <= at for each in inside) else True


def _called(sources: Sources, found: StartUp, module: Module, function: Function, hops: int) -> bool | None:
    """Whether a function is called at the start."""
    if hops == 0 or class_at(module, function.start) is not None:
        return None
    told: list[bool | None] = []
    for there, site in calls_of(found):
        if there.path == module.path and function.start < site.start < function.end:
            continue
        if _is(sources, there, site.call.callee, site, module, function):
            told.append(runs_at_start(sources, found, there, site, hops - 1))
        elif any(_is(sources, there, each, site, module, function) for each in site.call.arguments):
            told.append(None)
    return True if True in told else None if None in told else False


def _is(sources: Sources, there: Module, value: Expression, site: CallSite, module: Module, function: Function) -> bool:
    """Whether an expression at a call is the function, itself or by name."""
    if isinstance(value, Function):
        return there.path == module.path and value.start == function.start
    if not isinstance(value, Name | Member):
        return False
    found = followed(sources, there, value, site.start)
    return isinstance(found, Found) and found.path == module.path and found.expression == function
