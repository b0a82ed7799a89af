"""Whether what is begun inside a function is over when that ends: nothing is left to run later, or unwaited for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_LATER = frozenset(("setTimeout", "setInterval", "setImmediate", "queueMicrotask", "nextTick", "requestIdleCallback"))
_ASYNC = re.compile(r"(?:(?:export|default|static|public|private|protected)\s+)*async\b")
_VOID, _AWAIT = re.compile(r"\bvoid[\s(]+\Z"), re.compile(r"\bawait[\s(]+\Z")
_BEFORE = 40
_AT_ONCE = frozenset(("run", "all", "get"))
"""What ends a chain that a driver without promises carries out at once."""


def is_left(sources: Sources, module: Module, at: int, around: Function) -> bool:
    """Whether a call at an offset may still run when the function around it has ended.

    Its promise is dropped, or a function that holds it is put off to later, or is run by a call that waits for none.
    """
    inner = [each for each in module.functions if around.start < each.start <= at < each.end]
    if _is_dropped(sources, module, at, inner[-1] if inner else around):
        return True
    return any(_is_run_apart(sources, module, each) for each in reversed(inner))


def _is_dropped(sources: Sources, module: Module, at: int, inside: Function) -> bool:
    """Whether nobody takes the promise that a call gives: ``void call()``, or a bare one of what is asynchronous."""
    text = sources.blob(module.path).text()
    before = text[max(0, at - _BEFORE) : at]
    if _VOID.search(before):
        return True
    if _AWAIT.search(before) or not _is_statement(sources, module, at):
        return False
    chain = [each for each in module.calls if each.start == at]
    if any(each.callee.rpartition(".")[2] in _AT_ONCE for each in chain):
        return False
    return _is_async(text, inside) and not any(_is_done_at_once(sources, module, each) for each in chain)


def _is_done_at_once(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether a call is of a function of the repository that is no asynchronous one and hands nothing back."""
    found = sources.code().follow(module.path, site.call.callee, site.start)
    if not isinstance(found, Found) or not isinstance(found.expression, Function):
        return False
    return found.expression.returns is None and not _is_async(sources.blob(found.path).text(), found.expression)


def _is_run_apart(sources: Sources, module: Module, function: Function) -> bool:
    """Whether a function is given to a timer, or as an asynchronous one to ``forEach`` or a ``map`` that is dropped."""
    is_async = _is_async(sources.blob(module.path).text(), function)
    for site in _given_to(module, function):
        name = site.callee.rpartition(".")[2]
        if name in _LATER or (is_async and name == "forEach"):
            return True
        if is_async and name == "map" and _is_statement(sources, module, site.start):
            return True
    return False


def _is_statement(sources: Sources, module: Module, at: int) -> bool:
    return at in read_fragments(sources.blob(module.path)).discarded


def _given_to(module: Module, function: Function) -> Iterator[CallSite]:
    for site in module.calls:
        if any(isinstance(each, Function) and each.start == function.start for each in site.call.arguments):
            yield site


def _is_async(text: str, function: Function) -> bool:
    return _ASYNC.match(text, function.start) is not None
