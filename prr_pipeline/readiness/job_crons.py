"""Does the infrastructure schedule every job of the registry, or does it leave one out on the way?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, List, Member, Name, Other, Spread
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Condition
from prr_pipeline.repository.typescript.modules import Module

_EACH = frozenset(("forEach", "map", "flatMap"))
_PICKING = frozenset(("slice", "filter", "splice", "toSpliced", "find", "at", "pop", "shift"))
_ONE_ID = re.compile(r"\(?[\w$]+(?:\.\w+)?\s*(===?|!==?)\s*['\"]([^'\"]*)['\"]\)?")
_HOPS = 8


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Where a job is left out, or (where that is not ``sure``) may be."""

    sure: bool
    place: Location


@dataclass(frozen=True, slots=True)
class Registered:
    """A job, the definition of the registry that lists it, and at which place from 0 if that can be told."""

    job: str
    registry: Found
    position: int | None


@dataclass(frozen=True, slots=True)
class _Pass:
    """One way through the jobs: what is gone through, and the span of what is done with each under some names."""

    over: Expression
    names: tuple[str, ...]
    line: int
    start: int
    end: int


def left_out(sources: Sources, infra: str, job: Registered) -> LeftOut | None:
    """Where that file leaves the job out as it schedules those of the registry.

    None where one way through them takes it, and where the file goes through none: then others schedule them.
    """
    module = sources.code().module(infra)
    found: list[LeftOut] = []
    for each in _passes(sources, module):
        picks = _picks(sources, module, each, job)
        if picks is None or not _schedules(module, each):
            continue
        told = [*(_is_picked_out(sources, module, pick, job) for pick in picks), *_asked(sources, module, each, job)]
        if True not in told and None not in told:
            return None
        found.append(LeftOut(True in told, Location(infra, each.line)))
    return next((each for each in found if not each.sure), found[0] if found else None)


def _passes(sources: Sources, module: Module) -> Iterator[_Pass]:
    for loop in read_fragments(sources.blob(module.path)).loops:
        yield _Pass(loop.over, loop.names, loop.line, loop.start, loop.end)
    for site in module.calls:
        callee, given = site.call.callee, site.call.arguments
        if isinstance(callee, Member) and callee.name in _EACH and given and isinstance(given[0], Function):
            names = tuple(name for each in given[0].parameters for name in each.binds)
            yield _Pass(callee.object, names, site.line, given[0].start, given[0].end)


def _picks(sources: Sources, module: Module, way: _Pass, job: Registered) -> list[Call] | None:
    """The calls that stand between the registry and what is gone through; None if that is not the registry."""
    picks: list[Call] = []
    over, seen = way.over, 0
    while seen < _HOPS:
        seen += 1
        found = sources.code().follow(module.path, over, way.start)
        if isinstance(found, Found) and found == job.registry:
            return picks
        if isinstance(over, Name) and isinstance(found, Found) and found.path == module.path:
            over = found.expression
        if isinstance(over, List) and len(over.items) == 1 and isinstance(over.items[0], Spread):
            over = over.items[0].value
        elif isinstance(over, Call) and isinstance(over.callee, Member):
            whole = isinstance(over.callee.object, Name) and over.callee.object.name == "Object"
            picks += [] if whole else [over]
            over = over.arguments[0] if whole and over.arguments else over.callee.object
    return None


def _schedules(module: Module, way: _Pass) -> bool:
    """Whether anything is made of each job there."""
    inside = [each for each in module.calls if way.start <= each.start < way.end]
    return any(each.call.new or "cron" in each.callee.lower() or "schedule" in each.callee.lower() for each in inside)


def _is_picked_out(sources: Sources, module: Module, pick: Call, job: Registered) -> bool | None:
    """Whether a call such as ``slice(1)`` leaves the job out; None if it may."""
    name = pick.callee.name if isinstance(pick.callee, Member) else ""
    if name not in _PICKING or not pick.arguments:
        return False
    first = pick.arguments[0]
    if name == "filter" and isinstance(first, Function):
        text = sources.blob(module.path).text()[first.start : first.end]
        return _leaves(text.partition("=>")[2] or text, job.job, keeps=True)
    if name == "slice" and isinstance(first, Other) and first.source.isdecimal() and job.position is not None:
        return True if job.position < int(first.source) else None if len(pick.arguments) > 1 else False
    return None


def _asked(sources: Sources, module: Module, way: _Pass, job: Registered) -> Iterator[bool | None]:
    """What the conditions on a job say, inside of what is done with each: those that skip it, or make it."""
    for each in read_fragments(sources.blob(module.path)).conditions:
        text = sources.blob(module.path).text()[each.start : each.end]
        if not way.start <= each.start < way.end or not any(re.search(rf"\b{name}\b", text) for name in way.names):
            continue
        if each.leaves or _makes(module, each):
            yield _leaves(text, job.job, keeps=not each.leaves)


def _makes(module: Module, condition: Condition) -> bool:
    return any(
        each.call.new and first <= each.start < last for each in module.calls for first, last in condition.branches
    )


def _leaves(asked: str, job: str, *, keeps: bool) -> bool | None:
    """Whether a condition leaves the job out: ``id === "x"`` keeps x, or skips it; None if it asks anything else."""
    found = _ONE_ID.fullmatch(asked.strip())
    if found is None:
        return None
    holds = (found[2] == job) is (found[1][0] == "=")
    return holds is not keeps
