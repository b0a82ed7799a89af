"""What a handler may run: the functions of the repository that it calls, and the calls that lead nobody knows where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Definition, Found, Lost, Outside
from prr_pipeline.repository.typescript.expressions import Call, Class, Expression, Function, Member, Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.pipelines import Handler

_KEY_BEFORE = re.compile(r"([A-Za-z_$][\w$]*)[\"']?\s*[:=]\s*(?:async\s*)?\Z")
_BEFORE = 120
_DEPTH = 6
_FUNCTIONS = 300


@dataclass(frozen=True, slots=True)
class Open:
    """A call that could not be followed: the last word of what it calls, where, and why as a part of a sentence.

    ``gone``: what it calls comes from where nothing can be read; else it may be any function of that name.
    """

    name: str
    path: str
    line: int
    why: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """The handler and all that it calls, each with its file, nearest first; and the calls that were not followed."""

    functions: tuple[Handler, ...]
    open: tuple[Open, ...]

    def holds(self, path: str, at: int) -> bool:
        """Whether an offset of a file lies in one of the functions."""
        return any(each.path == path and each.function.start <= at < each.function.end for each in self.functions)


def reached_from(sources: Sources, handler: Handler, stop: Collection[str]) -> Reached:
    """What the handler calls, at most six calls deep. Calls of a name in ``stop`` are not entered."""
    found = [handler]
    seen = {(handler.path, handler.function.start)}
    lost: dict[Open, None] = {}
    waiting = [(handler, 0)]
    while waiting:
        caller, depth = waiting.pop(0)
        for line, target in _targets(sources, caller, stop):
            if isinstance(target, Open):
                lost[target] = None
            elif (target.path, target.function.start) not in seen:
                if depth >= _DEPTH or len(found) >= _FUNCTIONS:
                    lost[Open("", caller.path, line, "it leads through too many calls", gone=True)] = None
                    continue
                seen.add((target.path, target.function.start))
                found.append(target)
                waiting.append((target, depth + 1))
    return Reached(tuple(found), tuple(lost))


def _targets(sources: Sources, caller: Handler, stop: Collection[str]) -> Iterator[tuple[int, Handler | Open]]:
    """What each call of a function leads to in the repository, and each function that is passed on by name."""
    module = sources.code().module(caller.path)
    for site in module.calls_in(caller.function):
        if site.callee.rpartition(".")[2] in stop:
            continue
        target = _called(sources, module, caller, site)
        if target is not None:
            yield site.line, target
        for argument in site.call.arguments:
            passed = _function(sources, module, argument, site) if isinstance(argument, Name | Member) else None
            if isinstance(passed, Handler):
                yield site.line, passed


def _called(sources: Sources, module: Module, caller: Handler, site: CallSite) -> Handler | Open | None:
    callee = site.call.callee
    if isinstance(callee, Member) and isinstance(callee.object, Name) and callee.object.name == "this":
        own = _method_beside(module, caller.function, callee.name)
        if own is not None:
            return Handler(module.path, own)
    found = _function(sources, module, callee, site)
    if not isinstance(found, Lost):
        return found
    root = _root(sources, module, site)
    if isinstance(root, Found) and _is_made_outside(sources, root):
        return None
    name = site.callee.rpartition(".")[2]
    if isinstance(root, Lost):
        return Open(name, module.path, site.line, root.why, gone=True)
    return Open(name, module.path, site.line, found.why)


def _function(sources: Sources, module: Module, value: Expression, site: CallSite) -> Handler | Lost | None:
    found = sources.code().follow(module.path, value, site.start)
    if isinstance(found, Found):
        return Handler(found.path, found.expression) if isinstance(found.expression, Function) else None
    return found if isinstance(found, Lost) else None


def _root(sources: Sources, module: Module, site: CallSite) -> Definition | None:
    """What the name is that a call begins with, if a function around it does not bind it and it is known at all."""
    root: Expression = site.call.callee
    while isinstance(root, Member):
        root = root.object
    if not isinstance(root, Name) or module.local(root.name, site.start) is not None:
        return None
    if root.name not in module.definitions and module.imported(root.name) is None:
        return None
    return sources.code().follow(module.path, root, site.start)


def _is_made_outside(sources: Sources, found: Found) -> bool:
    """Whether a package makes it: what ``drizzle(...)`` returns runs nothing of the repository."""
    value = found.expression
    return isinstance(value, Call) and isinstance(sources.code().follow(found.path, value.callee, found.at), Outside)


def _method_beside(module: Module, function: Function, name: str) -> Function | None:
    """The method of that name in the class around a function of the file."""
    for value in module.definitions.values():
        if isinstance(value, Class) and any(each.start <= function.start < each.end for each in value.methods):
            return next((each for each in value.methods if each.name == name), None)
    return None


def functions_named(sources: Sources, pattern: str) -> Mapping[str, list[Handler]]:
    """The functions of the files of a glob by what they are called, or set to: a call that leads nobody knows where
    may be of one of them."""

    def look() -> Mapping[str, list[Handler]]:
        found: dict[str, list[Handler]] = defaultdict(list)
        for path in sources.paths(pattern):
            with suppress(PrrError):
                text = sources.blob(path).text()
                for function in sources.code().module(path).functions if path.endswith(SUFFIXES) else ():
                    before = _KEY_BEFORE.search(text[max(0, function.start - _BEFORE) : function.start])
                    name = function.name or (before[1] if before else None)
                    if name is not None:
                        found[name].append(Handler(path, function))
        return found

    return sources.once("functions named", pattern, look)
