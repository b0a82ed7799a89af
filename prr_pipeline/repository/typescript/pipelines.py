"""Unwraps what a route registers: the steps around the handler, outermost first, and the handler itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from prr_pipeline.repository.typescript.code import Code, Found, Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Name,
    Spread,
    dotted,
)

_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Step:
    """One wrapper or middleware: what it is called, what it was given, and where."""

    name: str
    arguments: tuple[Expression, ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Handler:
    """The innermost function, and the file that holds it."""

    path: str
    function: Function


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps in the order in which a request meets them. ``lost`` are the places that could not be followed."""

    steps: tuple[Step, ...] = ()
    handler: Handler | None = None
    lost: tuple[Lost, ...] = ()

    def then(self, inner: Pipeline) -> Pipeline:
        """This one around another."""
        return Pipeline(self.steps + inner.steps, inner.handler or self.handler, self.lost + inner.lost)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the declared names mean: ``steps`` wrap one handler, ``composers`` take steps in order and a handler."""

    steps: frozenset[str]
    composers: frozenset[str]


def unwrap(code: Code, path: str, expression: Expression, words: Vocabulary) -> Pipeline:
    """The pipeline of a route's value.

    Understood: a plain function; ``withA(withB(handler))``; ``withA(options)(handler)``; a declared composer
    ``pipeline(withA(), withB(), handler)``, with its steps spread from a list or not; a function of the code that
    returns one of these around its parameter. A call of any other function counts as one step of that name. What
    cannot be followed is lost, with its place; a pipeline without a handler has lost it.
    """
    found = _Unwrapping(code, words).of(path, expression, {}, 0)
    if found.handler is None and not found.lost:
        made_by = f"{found.steps[-1].name} makes it" if found.steps else "nothing is registered"
        return Pipeline(found.steps, None, (Lost(f"the handler was not found: {made_by}", path, expression.line),))
    return found


class _Unwrapping:
    def __init__(self, code: Code, words: Vocabulary) -> None:
        self._code = code
        self._words = words

    def of(self, path: str, expression: Expression, bound: dict[str, tuple[str, Expression]], depth: int) -> Pipeline:
        """``bound`` are parameters of a function that is being looked through, with what was passed for them."""
        if depth > _DEPTH:
            return Pipeline(lost=(Lost("it is nested too deeply", path, expression.line),))
        if isinstance(expression, Name) and expression.name in bound:
            there, value = bound[expression.name]
            return self.of(there, value, {}, depth + 1)
        if isinstance(expression, Name) and expression.name in self._words.steps:
            return Pipeline((Step(expression.name, (), path, expression.line),))
        if isinstance(expression, Function):
            return Pipeline(handler=Handler(path, expression))
        if isinstance(expression, List):
            return self._all(path, expression.items, bound, depth)
        if isinstance(expression, Spread):
            return self.of(path, expression.value, bound, depth + 1)
        if isinstance(expression, Call):
            return self._call(path, expression, bound, depth)
        found = self._code.follow(path, expression)
        if isinstance(found, Found) and (found.path, found.expression) != (path, expression):
            return self.of(found.path, found.expression, {}, depth + 1)
        why = found.why if isinstance(found, Lost) else f"{dotted(expression)} is not code of the repository"
        if isinstance(found, Found):
            why = "its value is computed"
        return Pipeline(lost=(Lost(why, path, expression.line),))

    def _call(self, path: str, call: Call, bound: dict[str, tuple[str, Expression]], depth: int) -> Pipeline:
        name = dotted(call.callee).rpartition(".")[2]
        if name in self._words.steps:
            own = Pipeline((Step(name, call.arguments, path, call.line),))
            inner = self._wrapped(path, call.arguments, bound, depth)
            return own.then(inner)
        if name in self._words.composers:
            return self._all(path, call.arguments, bound, depth)
        if isinstance(call.callee, Call):
            outer = self._call(path, call.callee, bound, depth + 1)
            return outer.then(self._all(path, call.arguments, bound, depth))
        return self._looked_through(path, call, bound, depth)

    def _wrapped(
        self, path: str, arguments: Collection[Expression], bound: dict[str, tuple[str, Expression]], depth: int
    ) -> Pipeline:
        """The handler among a step's arguments, if it was given one: a function, or another step around one."""
        for argument in reversed(tuple(arguments)):
            if isinstance(argument, Function):
                return Pipeline(handler=Handler(path, argument))
            if isinstance(argument, Call) or (isinstance(argument, Name) and argument.name in bound):
                inner = self.of(path, argument, bound, depth + 1)
                if inner.steps or inner.handler:
                    return inner
            elif isinstance(argument, Name):
                found = self._code.follow(path, argument)
                if isinstance(found, Found) and isinstance(found.expression, Function | Call):
                    inner = self.of(found.path, found.expression, {}, depth + 1)
                    if inner.steps or inner.handler:
                        return inner
        return Pipeline()

    def _all(
        self, path: str, items: Collection[Expression], bound: dict[str, tuple[str, Expression]], depth: int
    ) -> Pipeline:
        joined = Pipeline()
        for item in items:
            joined = joined.then(self.of(path, item, bound, depth + 1))
        return joined

    def _looked_through(self, path: str, call: Call, bound: dict[str, tuple[str, Expression]], depth: int) -> Pipeline:
        """A call of a function that is no declared step: one of the code may return steps, any other is one step."""
        found = self._code.follow(path, call.callee)
        if isinstance(found, Found) and isinstance(found.expression, Function) and found.expression.returns is not None:
            function = found.expression
            passed = {
                parameter.name: (path, argument)
                for parameter, argument in zip(function.parameters, call.arguments, strict=False)
                if parameter.name is not None
            }
            inner = self.of(found.path, found.expression.returns, passed, depth + 1)
            own = inner.handler is not None and _inside(inner.handler, found.path, function)
            if inner.steps and not own:
                return inner
        step = Step(dotted(call.callee), call.arguments, path, call.line)
        return Pipeline((step,)).then(self._wrapped(path, call.arguments, bound, depth))


def _inside(handler: Handler, path: str, function: Function) -> bool:
    return handler.path == path and function.start <= handler.function.start < function.end
