"""Which expressions are Hono applications, and which one: constructors, chains, factories, typed parameters."""

from __future__ import annotations

import re

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.code import Code, Found, Outside
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Index,
    Member,
    Name,
    Parameter,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.hono_paths import joined
from prr_pipeline.repository.typescript.modules import CallSite

VERBS = ("get", "post", "put", "patch", "delete", "options", "all")
REGISTERING = frozenset((*VERBS, "on", "use", "route", "mount", "openapi"))
_RETURNING_ITSELF = REGISTERING | {"notFound", "onError", "doc", "doc31", "openAPIDocs"}
_CLASSES = frozenset(("Hono", "OpenAPIHono"))
_TYPE_NAME = re.compile(r"[\w$.]+")
_HOPS = 200
"""Longest chain of registrations on one expression."""


@dataclass(frozen=True, slots=True)
class App:
    """One application: the offset of the expression that makes it, or of the function whose parameter it is."""

    path: str
    start: int
    end: int
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """An application as one expression names it; ``base`` is its base path, None if that is computed."""

    app: App
    base: str | None = ""


class Apps:
    """Finds applications. ``made_from`` says which application a factory's call is a copy of."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._known: dict[tuple[str, int], tuple[Call, View | None]] = {}
        self._sites: dict[str, dict[int, CallSite]] = {}
        self.made_from: dict[App, View] = {}

    def view(self, path: str, expression: Expression, at: int | None, hops: int = _HOPS) -> View | None:
        """The application that an expression stands for, if it does."""
        if hops <= 0:
            return None
        if isinstance(expression, Call):
            return self._called(path, expression, at, hops)
        if isinstance(expression, Name) and at is not None:
            local = self._code.module(path).local(expression.name, at)
            if local is not None and local.value is None:
                return View(App(path, local.start, local.end, expression.name))
        if not isinstance(expression, Name | Member):
            return None
        found = self._code.follow(path, expression, at)
        if isinstance(found, Found) and isinstance(found.expression, Call | Name):
            return self.view(found.path, found.expression, found.at, hops - 1)
        return None

    def text(self, path: str, expression: Expression, at: int | None) -> str | None:
        """The text that an expression stands for; None if it is computed."""
        found = self._code.follow(path, expression, at)
        return found.expression.value if isinstance(found, Found) and isinstance(found.expression, Text) else None

    def is_typed(self, app: App) -> bool:
        """Whether a parameter is declared as an application."""
        parameter = self.parameter(app)
        name = _TYPE_NAME.match(parameter.type) if parameter is not None else None
        if name is None:
            return False
        if name[0].rpartition(".")[2] in _CLASSES:
            return True
        try:
            shape = self._code.type_of(app.path, name[0])
        except PrrError:
            return False
        return shape is not None and bool(_CLASSES & set(re.findall(r"\w+", shape[1].source)))

    def parameter(self, app: App) -> Parameter | None:
        """The parameter that an application is."""
        function = self._code.module(app.path).function_at(app.start)
        if function is None or (function.start, function.end) != (app.start, app.end):
            return None
        return next((each for each in function.parameters if app.parameter in each.binds), None)

    def _called(self, path: str, call: Call, at: int | None, hops: int) -> View | None:
        while isinstance(call.callee, Member) and call.callee.name in _RETURNING_ITSELF and not call.new:
            if not isinstance(call.callee.object, Call):
                return self.view(path, call.callee.object, at, hops - 1)
            call = call.callee.object
        if isinstance(call.callee, Member) and call.callee.name == "basePath" and not call.new:
            return self._based(path, call, call.callee, at, hops)
        key = path, id(call)
        if key not in self._known:
            self._known[key] = call, self._made(path, call, at, hops)
        return self._known[key][1]

    def _based(self, path: str, call: Call, callee: Member, at: int | None, hops: int) -> View | None:
        under = self.view(path, callee.object, at, hops - 1)
        if under is None:
            return None
        below = self.text(path, call.arguments[0], at) if call.arguments else None
        return View(under.app, None if below is None or under.base is None else joined(under.base, below))

    def _made(self, path: str, call: Call, at: int | None, hops: int) -> View | None:
        site = self._site(path, call)
        if site is None or isinstance(call.callee, Index | Call):
            return None
        own = App(path, site.start, site.end)
        found = self._code.follow(path, call.callee, at)
        name = found.name if isinstance(found, Outside) else dotted(call.callee)
        if call.new:
            return View(own) if name.rpartition(".")[2] in _CLASSES else None
        if isinstance(call.callee, Member) and call.callee.name == "createApp" and self._is_factory(path, call, at):
            return View(own)
        if not isinstance(found, Found) or not isinstance(found.expression, Function):
            return None
        returned = found.expression.returns
        inner = self.view(found.path, returned, found.expression.start, hops - 1) if returned is not None else None
        if inner is None:
            return None
        if inner.app.parameter:
            return self._passed(path, call, found.expression, inner, at, hops)
        self.made_from[own] = inner
        return View(own, inner.base)

    def _passed(self, path: str, call: Call, function: Function, inner: View, at: int | None, hops: int) -> View | None:
        """The application that a function was given, where it gives that back."""
        names = [each.name for each in function.parameters]
        if (inner.app.start, inner.app.end) != (function.start, function.end) or inner.app.parameter not in names:
            return None
        given = call.arguments[names.index(inner.app.parameter) :][:1]
        return self.view(path, given[0], at, hops - 1) if given else None

    def _site(self, path: str, call: Call) -> CallSite | None:
        if path not in self._sites:
            self._sites[path] = {id(each.call): each for each in self._code.module(path).calls}
        found = self._sites[path].get(id(call))
        return found if found is not None and found.call is call else None

    def _is_factory(self, path: str, call: Call, at: int | None) -> bool:
        maker = self._code.follow(path, call.callee.object, at) if isinstance(call.callee, Member) else None
        return (
            isinstance(maker, Found)
            and isinstance(maker.expression, Call)
            and dotted(maker.expression.callee).rpartition(".")[2] == "createFactory"
        )
