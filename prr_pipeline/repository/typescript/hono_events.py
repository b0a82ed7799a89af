"""What files do with Hono applications, call by call: register routes and middleware, mount, pass them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.code import Code, Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Index, Member, Name
from prr_pipeline.repository.typescript.hono_apps import REGISTERING, App, Apps, View
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.scopes import Scope, is_known

FILES_CAP = 2_000
"""Most files that are looked through for one table of routes."""


@dataclass(frozen=True, slots=True)
class Event:
    """A call on an application. ``method`` is Hono's name for it; ``passed`` is the parameter that receives it.

    ``sometimes``: it runs only under a condition, or in a loop. ``later``: it lies in a function of which nobody can
    tell when it runs. ``lost`` says what could not be followed.
    """

    view: View
    path: str
    site: CallSite
    at: int | None
    method: str
    sometimes: bool
    later: bool
    passed: App | None = None
    lost: str = ""


class Events:
    """All events of the applications in some files, and in those that these lead to."""

    def __init__(self, code: Code, files: Sequence[str]) -> None:
        self.code = code
        self.apps = Apps(code)
        self.lost: list[Lost] = []
        self._by_app: dict[App, list[Event]] = defaultdict(list)
        waiting, seen = list(files), set(files)
        while waiting and len(seen) < FILES_CAP:
            for event in self._read(waiting.pop()):
                self._by_app[event.view.app].append(event)
                for app in self._reached(event):
                    if app.path not in seen:
                        seen.add(app.path)
                        waiting.append(app.path)

    def of(self, app: App) -> list[Event]:
        """An application's events in order: its own file first, as other files run after the one they import."""
        return sorted(self._by_app.get(app, ()), key=lambda each: (each.path != app.path, each.path, each.site.end))

    def all(self) -> Iterator[Event]:
        """Every event."""
        for events in self._by_app.values():
            yield from events

    def _reached(self, event: Event) -> Iterable[App]:
        """The applications whose files an event leads to."""
        yield event.view.app
        if event.passed is not None:
            yield event.passed
        if event.view.app in self.apps.made_from:
            yield self.apps.made_from[event.view.app].app
        if event.method == "route" and len(event.site.call.arguments) > 1:
            mounted = self.apps.view(event.path, event.site.call.arguments[1], event.at)
            if mounted is not None:
                yield mounted.app
                yield from (self.apps.made_from[mounted.app].app for _ in [0] if mounted.app in self.apps.made_from)

    def _read(self, path: str) -> list[Event]:
        try:
            module = self.code.module(path)
            return [event for site in module.calls for event in self._events(module, site)]
        except PrrError as fault:
            self.lost.append(Lost(str(fault), path, 0))
            return []

    def _events(self, module: Module, site: CallSite) -> Iterator[Event]:
        callee = site.call.callee
        function = module.function_at(site.start)
        at = site.start if function is not None else None
        method = callee.name if isinstance(callee, Member) else "[...]" if isinstance(callee, Index) else ""
        if isinstance(callee, Member | Index) and (method in REGISTERING or method == "[...]"):
            view = self.apps.view(module.path, callee.object, at)
            if view is not None:
                yield Event(view, module.path, site, at, method, *_doubts(module, site, view.app))
                return
        if not site.call.new and method not in REGISTERING:
            yield from self._passed(module, site, at)

    def _passed(self, module: Module, site: CallSite, at: int | None) -> Iterator[Event]:
        """The applications among the arguments of any other call, with the parameters that receive them."""
        for place, argument in enumerate(site.call.arguments):
            view = self.apps.view(module.path, argument, at) if _may_be_app(argument) else None
            if view is None or (view.app.parameter and not self.apps.is_typed(view.app)):
                continue
            found = self.code.follow(module.path, site.call.callee, at)
            doubts = _doubts(module, site, view.app)
            if isinstance(found, Found) and isinstance(found.expression, Function):
                parameter = found.expression.parameters[place : place + 1]
                if parameter and parameter[0].name is not None and not parameter[0].rest:
                    inner = App(found.path, found.expression.start, found.expression.end, parameter[0].name)
                    yield Event(view, module.path, site, at, "", *doubts, inner)
            elif isinstance(found, Lost) and self._is_own(module, site, at):
                yield Event(view, module.path, site, at, "", *doubts, None, found.why)

    def _is_own(self, module: Module, site: CallSite, at: int | None) -> bool:
        """Whether a call is of a plain name that the file itself brings in: it may register anything."""
        callee = site.call.callee
        return isinstance(callee, Name) and is_known(self.code, Scope(module.path, at), callee)


def _may_be_app(argument: Expression) -> bool:
    return isinstance(argument, Name | Member | Call)


def _doubts(module: Module, site: CallSite, app: App) -> tuple[bool, bool]:
    """Whether a call runs only sometimes, and whether it runs later: elsewhere than where the application is made."""
    function = module.function_at(site.start)
    sometimes = module.is_conditional(site.start, site.end, function.start if function is not None else 0)
    home = module.function_at(app.start) if app.path == module.path else None
    return sometimes, function is not home
