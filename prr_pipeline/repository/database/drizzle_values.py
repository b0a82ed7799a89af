"""What an expression of a Drizzle schema stands for: names, imports and small functions are looked through."""

from __future__ import annotations

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.code import Code, Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Member, Name, Text
from prr_pipeline.repository.typescript.scopes import Scope, passed_to, substituted

PACKAGE = "drizzle-orm"
_STEPS = 64
"""Most links of one chain of calls, and most functions that are looked through for one value."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression, and where it stands."""

    scope: Scope
    expression: Expression

    @property
    def path(self) -> str:
        return self.scope.path

    @property
    def line(self) -> int:
        return self.expression.line

    def of(self, expression: Expression) -> Term:
        """A part of it."""
        return Term(self.scope, expression)

    def within(self, function: Function, expression: Expression) -> Term:
        """A part of a function that stands there, where its parameters hide names of the file."""
        return Term(Scope(self.path, max(function.end - 1, function.start), self.scope.bound), expression)


@dataclass(frozen=True, slots=True)
class Link:
    """One ``.name(arguments)`` of a chain."""

    name: str
    call: Term
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """``base(...).a(...).b(...)``: the innermost call, what made its callee, and the links in their order.

    ``maker`` is the Drizzle function that is called (``text``, ``pgTable.withRLS``), or with ``()`` after it the one
    whose result is called (``pgEnum()``); None where the callee is neither.
    """

    base: Term
    call: Call
    maker: str | None
    links: tuple[Link, ...]


class Values:
    """Looks through the code of one snapshot."""

    def __init__(self, code: Code) -> None:
        self.code = code

    def settled(self, term: Term) -> Term | None:
        """What a name or member stands for, any other expression itself; None if it leads out of the code."""
        scope, expression = substituted(term.scope, term.expression)
        if not isinstance(expression, Name | Member):
            return Term(scope, expression)
        found = self.code.follow(scope.path, expression, scope.at)
        return Term(Scope(found.path, found.at), found.expression) if isinstance(found, Found) else None

    def value(self, term: Term) -> Term | None:
        """As `settled`, with calls of the code's own functions replaced by what they return."""
        for _ in range(_STEPS):
            found = self.settled(term)
            if found is None or not isinstance(found.expression, Call):
                return found
            inner = self._returned(found, found.expression)
            if inner is None:
                return found
            term = inner
        return None

    def maker(self, term: Term) -> str | None:
        """The name of the Drizzle function that a callee is; None for anything else."""
        scope, callee = substituted(term.scope, term.expression)
        if not isinstance(callee, Name | Member):
            return None
        found = self.code.follow(scope.path, callee, scope.at)
        return found.name if isinstance(found, Outside) and found.package == PACKAGE else None

    def text(self, term: Term) -> str | None:
        """The text that an expression is, if it is one without substitutions."""
        found = self.settled(term)
        return found.expression.value if found is not None and isinstance(found.expression, Text) else None

    def chain(self, term: Term) -> Chain | None:
        """A chain of calls, from the innermost on; None for what is no call that can be followed."""
        links: list[Link] = []
        for _ in range(_STEPS):
            found = self.settled(term)
            if found is None or not isinstance(found.expression, Call):
                return None
            call = found.expression
            maker = self.maker(found.of(call.callee))
            inner = None if maker is not None else self._linked(found, call)
            if inner is not None and isinstance(call.callee, Member):
                links.append(Link(call.callee.name, found, call.arguments))
                term = inner
                continue
            returned = None if maker is not None else self._returned(found, call)
            if returned is None:
                return Chain(found, call, maker or self._made(found.of(call.callee)), tuple(reversed(links)))
            term = returned
        return None

    def _linked(self, term: Term, call: Call) -> Term | None:
        """What ``object`` of ``object.name(...)`` is, if that is a call again."""
        if not isinstance(call.callee, Member):
            return None
        found = self.settled(term.of(call.callee.object))
        return found if found is not None and isinstance(found.expression, Call) else None

    def _returned(self, term: Term, call: Call) -> Term | None:
        """What a function of the code returns for these arguments, if that is written in one place."""
        found = self.settled(term.of(call.callee))
        function = found.expression if found is not None else None
        if found is None or not isinstance(function, Function) or function.returns is None:
            return None
        bound = passed_to(term.scope, call.arguments, function)
        return Term(Scope(found.path, max(function.end - 1, function.start), bound), function.returns)

    def _made(self, callee: Term) -> str | None:
        """The Drizzle function whose result is called: `pgEnum`, `customType`, `pgTableCreator`."""
        found = self.settled(callee)
        if found is None or not isinstance(found.expression, Call):
            return None
        maker = self.maker(found.of(found.expression.callee))
        return f"{maker}()" if maker is not None else None
