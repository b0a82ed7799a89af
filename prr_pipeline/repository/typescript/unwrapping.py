"""Unwraps what a route registers: calls, lists, names and the functions that compose pipelines."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.repository.typescript.code import Code, Definition, Found, Lost
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
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.pipelines import Handler, Layer, Pipeline, Step, Vocabulary
from prr_pipeline.repository.typescript.scopes import Scope, called, is_known, is_known_list, passed_to, substituted

_DEPTH = 24
_VISITS = 2_000
"""Most expressions that are looked at for one pipeline."""
_SAME_VALUE = frozenset(("Object.freeze", "Array.from", "Array.of"))


def unwrap(code: Code, path: str, expression: Expression, words: Vocabulary) -> Pipeline:
    """The pipeline of a route's value.

    Understood: a plain function; ``withA(withB(handler))``; ``withA(options)(handler)``; a declared composer
    ``pipeline(withA(), withB(), handler)``, with its steps spread from a list or not; a function of the code that
    returns one of these around its parameter. A call of any other function counts as one step of that name. What
    cannot be followed is lost, with its place; a pipeline without a handler has lost it.
    """
    return unwrap_layers(code, [], Layer(path, expression), words)


def unwrap_layers(code: Code, around: Sequence[Layer], inner: Layer, words: Vocabulary) -> Pipeline:
    """The pipeline of a value with middleware registered around it, the outermost first."""
    unwrapping = _Unwrapping(code, words)
    found = Pipeline()
    for layer in around:
        found = found.then(unwrapping.steps_of(layer).doubted(layer.doubt))
    found = found.then(unwrapping.value_of(inner))
    if found.handler is None and not found.lost:
        made_by = f"{found.steps[-1].name} makes it" if found.steps else "nothing is registered"
        lost = Lost(f"the handler was not found: {made_by}", inner.path, inner.expression.line)
        return Pipeline(found.steps, None, (lost,))
    return found


class _Unwrapping:
    """One pipeline's walk."""

    def __init__(self, code: Code, words: Vocabulary) -> None:
        self._code = code
        self._words = words
        self._visits = 0

    def value_of(self, layer: Layer) -> Pipeline:
        """The pipeline of a value that ends in the handler."""
        return self._value(Scope(layer.path, layer.at), layer.expression, 0)

    def steps_of(self, layer: Layer) -> Pipeline:
        """The steps that a middleware stands for."""
        return self._step(Scope(layer.path, layer.at), layer.expression, 0)

    def _value(self, scope: Scope, expression: Expression, depth: int) -> Pipeline:
        scope, expression = substituted(scope, expression)
        if self._is_too_much(depth):
            return _lost("it is nested too deeply", scope, expression)
        if isinstance(expression, Function):
            return Pipeline(handler=Handler(scope.path, expression))
        if isinstance(expression, List):
            return self._all(scope, expression.items, depth)
        if isinstance(expression, Spread):
            return self._value(scope, expression.value, depth + 1)
        if isinstance(expression, Call):
            return self._call(scope, expression, depth)
        word = called(self._code, scope, expression, self._words)
        if word in self._words.steps:
            return Pipeline((Step(word, (), scope.path, expression.line, scope.layer(expression)),))
        found = self._follow(scope, expression)
        if isinstance(found, Found) and found.expression is not expression:
            return self._value(Scope(found.path, found.at), found.expression, depth + 1)
        return _lost(_why(found, expression), scope, expression)

    def _step(self, scope: Scope, expression: Expression, depth: int) -> Pipeline:
        """What stands in the place of a step: a function there is a step, not the handler."""
        scope, expression = substituted(scope, expression)
        if self._is_too_much(depth):
            return _lost("it is nested too deeply", scope, expression)
        if isinstance(expression, Spread):
            spread = self._step(scope, expression.value, depth + 1)
            seen = spread.lost or is_known_list(self._code, scope, expression.value, _SAME_VALUE)
            return spread if seen else _lost("running it tells what it spreads", scope, expression)
        if isinstance(expression, List):
            return self._all(scope, expression.items, depth, ends=False)
        if isinstance(expression, Call):
            return self._call(scope, expression, depth, ends=False).only_steps()
        word = called(self._code, scope, expression, self._words)
        step = Pipeline((Step(word, (), scope.path, expression.line, scope.layer(expression)),))
        if isinstance(expression, Function) or word in self._words.steps:
            return step
        found = self._follow(scope, expression)
        if isinstance(found, Found) and isinstance(found.expression, List | Call | Spread):
            return self._step(Scope(found.path, found.at), found.expression, depth + 1)
        if isinstance(found, Lost) or (isinstance(found, Found) and not isinstance(found.expression, Function)):
            return _lost(_why(found, expression), scope, expression)
        return step

    def _call(self, scope: Scope, call: Call, depth: int, *, ends: bool = True) -> Pipeline:
        """``ends`` tells whether the handler is among the arguments; it is not in ``compose(a, b)(handler)``."""
        callee_scope, callee = substituted(scope, call.callee)
        if call.new or call.tag:
            return _lost("its value is computed", scope, call)
        if self._is_too_much(depth):
            return _lost("it is nested too deeply", scope, call)
        if isinstance(callee, Member) and callee.name == "bind":
            return self._value(callee_scope, callee.object, depth + 1)
        if dotted(callee) in _SAME_VALUE:
            return self._all(scope, call.arguments, depth, ends=ends)
        word, outer = called(self._code, callee_scope, callee, self._words), Pipeline()
        if isinstance(callee, Member) and isinstance(callee.object, Call):
            outer = self._value(callee_scope, callee.object, depth + 1).only_steps()
        if word in self._words.partial:
            return outer.then(_lost(f"{word} applies its steps to some requests only", scope, call))
        if word in self._words.steps:
            given, there = self._arguments(scope, call.arguments), callee_scope.layer(callee)
            own = Pipeline((Step(word, given, scope.path, call.line, there),))
            return outer.then(own).then(self._wrapped(scope, call.arguments, depth))
        if word in self._words.composers:
            return outer.then(self._all(scope, call.arguments, depth, ends=ends))
        if isinstance(callee, Call):
            curried = self._call(callee_scope, callee, depth + 1, ends=False)
            return curried.then(self._all(scope, call.arguments, depth))
        return outer.then(self._looked_through(scope, call, callee_scope, callee, depth, ends=ends))

    def _all(self, scope: Scope, items: Sequence[Expression], depth: int, *, ends: bool = True) -> Pipeline:
        joined = Pipeline()
        for at, item in enumerate(items):
            last = ends and at == len(items) - 1
            joined = joined.then((self._value if last else self._step)(scope, item, depth + 1))
        return joined

    def _wrapped(self, scope: Scope, arguments: Sequence[Expression], depth: int) -> Pipeline:
        """The handler among the arguments of a step: the last one that leads to a function.

        Steps that stand in another argument have no known order, so they are lost.
        """
        inner = [(each, self._wrapped_in(scope, each, depth)) for each in arguments]
        chosen = next((at for at in reversed(range(len(inner))) if inner[at][1].handler is not None), None)
        if chosen is None:
            chosen = next((at for at, (_, found) in enumerate(inner) if self._declared(found)), None)
        if chosen is None:
            return Pipeline()
        beside = [each for at, (each, found) in enumerate(inner) if at != chosen and self._declared(found)]
        beside += [each for each, found in inner[chosen + 1 :] if found.lost and not found.steps]
        lost = tuple(Lost("it is no declared composer of steps", scope.path, each.line) for each in beside)
        return Pipeline(lost=lost).then(inner[chosen][1]) if lost else inner[chosen][1]

    def _wrapped_in(self, scope: Scope, argument: Expression, depth: int) -> Pipeline:
        there, given = substituted(scope, argument)
        if isinstance(given, Name | Member):
            found = self._follow(there, given)
            if isinstance(found, Found) and not isinstance(found.expression, Function | Call):
                return Pipeline()
        elif not isinstance(given, Function | Call):
            return Pipeline()
        return self._value(there, given, depth + 1)

    def _declared(self, found: Pipeline) -> bool:
        return any(step.name in self._words.steps for step in found.steps)

    def _looked_through(
        self, scope: Scope, call: Call, callee_scope: Scope, callee: Expression, depth: int, *, ends: bool
    ) -> Pipeline:
        """A call of a function that is no declared step: one of the code may return steps, any other is one step."""
        found = self._follow(callee_scope, callee)
        if isinstance(found, Found) and isinstance(found.expression, Call) and not found.expression.new:
            curried = self._call(Scope(found.path, found.at), found.expression, depth + 1, ends=False)
            return curried.then(self._all(scope, call.arguments, depth))
        lost: tuple[Lost, ...] = ()
        if isinstance(found, Found) and isinstance(found.expression, Function):
            inner = self._returned(scope, call, found.path, found.expression, depth, ends=ends)
            if inner is not None:
                return inner
            if self._composes(found.path, found.expression):
                lost = (Lost(f"how {dotted(callee)} composes its steps cannot be told", scope.path, call.line),)
        elif isinstance(found, Found) or (isinstance(found, Lost) and is_known(self._code, callee_scope, callee)):
            lost = (Lost(_why(found, callee), scope.path, call.line),)
        own = Step(dotted(callee), self._arguments(scope, call.arguments), scope.path, call.line)
        return Pipeline((own,), None, lost).then(self._wrapped(scope, call.arguments, depth))

    def _returned(
        self, scope: Scope, call: Call, path: str, function: Function, depth: int, *, ends: bool
    ) -> Pipeline | None:
        """What a function gives for these arguments; None if it makes a function of its own, or cannot be told."""
        if function.returns is None:
            return None
        passed = passed_to(scope, call.arguments, function)
        read = self._value if ends else self._step
        inner = read(Scope(path, function.start, passed), function.returns, depth + 1)
        own = inner.handler is not None and inner.handler.path == path and _holds(function, inner.handler.function)
        known = inner.handler is not None or self._declared(inner)
        return inner if known and not own else None

    def _composes(self, path: str, function: Function) -> bool:
        words = self._words.steps | self._words.composers
        calls = self._code.module(path).calls_in(function)
        return any(site.callee.rpartition(".")[2] in words for site in calls)

    def _is_too_much(self, depth: int) -> bool:
        self._visits += 1
        return depth > _DEPTH or self._visits > _VISITS

    def _follow(self, scope: Scope, expression: Expression) -> Definition:
        return self._code.follow(scope.path, expression, scope.at)

    def _arguments(self, scope: Scope, arguments: Sequence[Expression]) -> tuple[Expression, ...]:
        """The arguments of a step, with texts and numbers in place of a helper's parameters."""
        return tuple(self._argument(scope, each) for each in arguments)

    def _argument(self, scope: Scope, argument: Expression) -> Expression:
        there, given = substituted(scope, argument)
        if given is argument:
            return argument
        found = self._follow(there, given)
        return found.expression if isinstance(found, Found) and isinstance(found.expression, Text | Other) else argument


def _holds(outer: Function, inner: Function) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _lost(why: str, scope: Scope, expression: Expression) -> Pipeline:
    return Pipeline(lost=(Lost(why, scope.path, expression.line),))


def _why(found: Definition, expression: Expression) -> str:
    if isinstance(found, Lost):
        return found.why
    is_data = isinstance(found, Found) and isinstance(found.expression, Record | Text)
    if isinstance(found, Found):
        return "it is no function" if is_data else "its value is computed"
    return f"{dotted(expression)} is not code of the repository"
