"""What a name means inside a function that is looked through: the argument that was passed for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.code import Code, Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Spread,
    dotted,
)
from prr_pipeline.repository.typescript.pipelines import Layer, Vocabulary


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands, and what was passed for the parameters of the function that holds it."""

    path: str
    at: int | None = None
    bound: Mapping[str, tuple[Scope, Expression]] = field(default_factory=dict)

    def layer(self, expression: Expression) -> Layer:
        """An expression with where it stands."""
        return Layer(self.path, expression, self.at)


def substituted(scope: Scope, expression: Expression) -> tuple[Scope, Expression]:
    """What was passed for a parameter, or for the object that a member belongs to."""
    if isinstance(expression, Name) and expression.name in scope.bound:
        there, value = scope.bound[expression.name]
        return substituted(there, value)
    if isinstance(expression, Member):
        there, base = substituted(scope, expression.object)
        if base is not expression.object:
            return there, Member(base, expression.name, expression.line)
    return scope, expression


def passed_to(
    scope: Scope, arguments: Sequence[Expression], function: Function
) -> Mapping[str, tuple[Scope, Expression]]:
    """The arguments of a call by the names that the function binds; what a spread may shift is left out."""
    bound: dict[str, tuple[Scope, Expression]] = {}
    parameters = [each for each in function.parameters if each.name != "this"]
    for at, parameter in enumerate(parameters):
        if any(isinstance(each, Spread) for each in arguments[: at + 1]) and not parameter.rest:
            break
        if parameter.rest and parameter.name is not None:
            line = arguments[at].line if at < len(arguments) else parameter.line
            bound[parameter.name] = scope, List(tuple(arguments[at:]), line)
        elif at < len(arguments) and parameter.name is not None:
            bound[parameter.name] = scope, arguments[at]
        elif at < len(arguments):
            given = arguments[at]
            members = {local: Member(given, key, given.line) for local, key in parameter.members.items()}
            bound.update({local: (scope, member) for local, member in members.items()})
    return bound


def called(code: Code, scope: Scope, callee: Expression, words: Vocabulary) -> str:
    """What a function is called: its declared name where the file renames it, else the name that is written."""
    if isinstance(callee, Function):
        return callee.name or "(function)"
    written, declared = dotted(callee), words.steps | words.composers | words.partial
    name = written.rpartition(".")[2]
    if name in declared or not isinstance(callee, Name):
        return name if name in declared or isinstance(callee, Member) else written
    module = code.module(scope.path)
    bound, defined = module.imported(name), module.definitions.get(name)
    origin = bound[1] if bound is not None else dotted(defined) if isinstance(defined, Name | Member) else name
    return origin.rpartition(".")[2] if origin.rpartition(".")[2] in declared else name


def is_known(code: Code, scope: Scope, callee: Expression) -> bool:
    """Whether a callee begins with something that the file itself names; a global is nobody's code."""
    while isinstance(callee, Member):
        callee = callee.object
    if not isinstance(callee, Name):
        return True
    module = code.module(scope.path)
    local = module.local(callee.name, scope.at) if scope.at is not None else None
    return local is not None or callee.name in module.definitions or module.imported(callee.name) is not None


def is_known_list(code: Code, scope: Scope, spread: Expression, same: Collection[str]) -> bool:
    """Whether a spread is of something written out, not of what a call gives; ``same`` give back what they get."""
    there, value = substituted(scope, spread)
    if isinstance(value, Name | Member):
        found = code.follow(there.path, value, there.at)
        if not isinstance(found, Found):
            return True
        there, value = Scope(found.path, found.at), found.expression
    if not isinstance(value, Call) or dotted(value.callee) in same:
        return True
    there, callee = substituted(there, value.callee)
    made_by = code.follow(there.path, callee, there.at)
    seen = made_by.expression if isinstance(made_by, Found) else None
    return isinstance(seen, Function) and isinstance(seen.returns, List)
