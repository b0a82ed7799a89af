"""Transactions of the database in code: their callbacks, and whether what is done inside uses the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from functools import partial

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.awaited import is_left
from prr_pipeline.readiness.callers import Use, uses_of
from prr_pipeline.readiness.named_calls import Scanned
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    dotted,
)
from prr_pipeline.repository.typescript.modules import CallSite, Module

_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Transactions:
    """``call`` opens one, such as ``db.transaction``; ``words`` name one in code, such as ``tx``."""

    code: Scanned
    call: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Callback:
    """The function that a transaction runs, what it calls the transaction, and where that is used."""

    module: Module
    function: Function
    argument: str
    used_at: int


class Shares(Enum):
    """How something stands to a transaction; the later, the worse."""

    YES = "it uses the transaction of the callback around it"
    UNKNOWN = "with which transaction it is called cannot be told"
    LEFT = "nobody awaits it, so the transaction may end before it does"
    OTHER = "it does not use the transaction of the callback around it"
    OUTSIDE = "it stands outside a transaction"


@dataclass(frozen=True, slots=True)
class Shared:
    """The answer, and the callbacks whose transaction is used."""

    shares: Shares
    callbacks: tuple[Callback, ...] = ()


def sharing(
    sources: Sources,
    how: Transactions,
    module: Module,
    at: int,
    handed: Sequence[Expression],
    *,
    connection: bool,
    depth: int = 0,
) -> Shared:
    """Whether what is done at an offset is part of a transaction; ``handed`` is what may be or hold one there.

    ``connection``: it is one, or the database itself. A function that is given it as a parameter is judged by all
    those who call it.
    """
    names = {each for expression in handed for each in _names(module, expression, at)}
    around = list(_callbacks_around(sources, how, module, at))
    for function, argument in reversed(around):
        if argument in names and _binds(module, function, argument, at):
            if _is_hidden(module, function, argument):
                return Shared(Shares.UNKNOWN)
            left = is_left(sources, module, at, function)
            return Shared(Shares.LEFT if left else Shares.YES, (Callback(module, function, argument, at),))
    given = _parameter(how, module, at, names, connection=connection)
    if given is not None:
        function, place = given
        key = f"{how.code.pattern}#{how.call}#{how.words}#{module.path}#{function.start}#{place}#{depth}"
        ask = partial(_passed, sources, how, module, function, place, depth)
        passed = sources.once("passed transactions", key, ask)
        left = passed.shares is Shares.YES and is_left(sources, module, at, function)
        return Shared(Shares.LEFT, passed.callbacks) if left else passed
    if any(speaks_of(each, how.words) for expression in handed for each in _hints(expression)):
        return Shared(Shares.UNKNOWN)
    return Shared(Shares.OTHER if around else Shares.OUTSIDE)


def _parameter(
    how: Transactions, module: Module, at: int, names: Collection[str], *, connection: bool
) -> tuple[Function, int] | None:
    """The innermost function around an offset that is given one of the names as a transaction, and in which place."""
    for function in reversed([each for each in module.functions if each.start <= at < each.end]):
        for place, parameter in enumerate(function.parameters):
            name = parameter.name or ""
            spoken = connection or speaks_of(name, how.words) or speaks_of(parameter.type, how.words)
            if name in names and spoken and _binds(module, function, name, at):
                return function, place
    return None


def writes_beside(callback: Callback, writes: Sequence[str], but: Sequence[int]) -> bool:
    """Whether the callback changes state in its transaction: by one of the methods, or through what it is given to.

    ``but``: offsets of calls that do not count.
    """
    module, name = callback.module, callback.argument
    return any(
        site.start not in (*but, callback.used_at)
        and _binds(module, callback.function, name, site.start)
        and (
            _is_write(site, name, writes)
            or any(each.name == name for one in site.call.arguments for each in _bare(one))
        )
        for site in module.calls_in(callback.function)
    )


def opens(site: CallSite, call: str) -> bool:
    """Whether a call opens a transaction."""
    return site.callee.rpartition(".")[2] == call.rpartition(".")[2]


def base_of(expression: Expression) -> Expression:
    """What a chain of members and calls begins with; ``this.name`` is one beginning."""
    while isinstance(expression, Member | Call):
        inner = expression.object if isinstance(expression, Member) else expression.callee
        if isinstance(expression, Member) and isinstance(inner, Name) and inner.name == "this":
            return expression
        expression = inner
    return expression


def _is_write(site: CallSite, name: str, writes: Sequence[str]) -> bool:
    method = site.call.callee
    return (
        isinstance(method, Member)
        and (method.name in writes or method.name == "transaction")
        and isinstance(method.object, Name)
        and method.object.name == name
    )


def _binds(module: Module, function: Function, name: str, at: int) -> bool:
    local = module.local(name, at)
    return local is not None and local.start == function.start


def _is_hidden(module: Module, function: Function, name: str) -> bool:
    """Whether a constant of the function has the name of its parameter as well, so that either may be meant."""
    bound = [each for each in module.locals.get(name, ()) if (each.start, each.end) == (function.start, function.end)]
    return len(bound) > 1


def _names(module: Module, expression: Expression, at: int) -> Iterator[str]:
    """The names that an expression hands on, and what constants among them stand for."""
    for each in _bare(expression):
        yield each.name
        local = module.local(each.name, at)
        if local is not None and local.value is not None:
            yield from (inner.name for inner in _bare(local.value))


def _bare(expression: Expression) -> Iterator[Name]:
    """The names that an expression hands on as they are, in lists, objects and calls too."""
    if isinstance(expression, Name):
        yield expression
        return
    for part in _parts(expression):
        yield from _bare(part)


def _hints(expression: Expression) -> Iterator[str]:
    """What members and calls in an expression are called."""
    if isinstance(expression, Member | Call):
        yield dotted(expression if isinstance(expression, Member) else expression.callee)
    for part in _parts(expression):
        yield from _hints(part)


def _parts(expression: Expression) -> Sequence[Expression]:
    if isinstance(expression, Call):
        return expression.arguments
    if isinstance(expression, List):
        return expression.items
    if isinstance(expression, Record):
        return [entry.value for entry in expression.entries]
    if isinstance(expression, Spread):
        return (expression.value,)
    return expression.operands if isinstance(expression, Other) else ()


def _callbacks_around(sources: Sources, how: Transactions, module: Module, at: int) -> Iterator[tuple[Function, str]]:
    """The callbacks of transactions that an offset lies in, outer ones first; those given by name too."""
    for function in module.functions:
        name = function.parameters[0].name if function.parameters else None
        if function.start <= at < function.end and name is not None and _is_callback(sources, how, module, function):
            yield function, name


def _is_callback(sources: Sources, how: Transactions, module: Module, function: Function) -> bool:
    for site in module.calls:
        given = [each for each in site.call.arguments if isinstance(each, Function)]
        if opens(site, how.call) and any(each.start == function.start for each in given):
            return True
    uses = uses_of(sources, how.code, module.path, function)
    return any(use.given is not None and opens(use.site, how.call) for use in uses)


def _passed(sources: Sources, how: Transactions, module: Module, function: Function, place: int, depth: int) -> Shared:
    """What holds for all who call a function with the transaction in that place; unknown where nobody is seen to."""
    found: list[Shared] = []
    for use in uses_of(sources, how.code, module.path, function):
        arguments = use.site.call.arguments
        if use.given is not None or place >= len(arguments) or depth >= _DEPTH:
            return Shared(Shares.UNKNOWN)
        found.append(_of_use(sources, how, use, arguments[place], depth + 1))
    worst = max((each.shares for each in found), key=list(Shares).index, default=Shares.UNKNOWN)
    callbacks = {(each.module.path, each.used_at): each for one in found for each in one.callbacks}
    return Shared(worst, tuple(callbacks.values()))


def _of_use(sources: Sources, how: Transactions, use: Use, argument: Expression, depth: int) -> Shared:
    return sharing(sources, how, use.module, use.site.start, (argument,), connection=True, depth=depth)
