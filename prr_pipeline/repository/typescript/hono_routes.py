"""Routes that are registered with Hono: method, URL, place, handler, and the middleware around each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.code import Code, Found, Lost
from prr_pipeline.repository.typescript.expressions import Expression, Function, List
from prr_pipeline.repository.typescript.hono_apps import VERBS, App
from prr_pipeline.repository.typescript.hono_events import Event, Events
from prr_pipeline.repository.typescript.hono_openapi import described
from prr_pipeline.repository.typescript.hono_paths import covers, joined, may_cover, urls
from prr_pipeline.repository.typescript.pipelines import Layer

COMPOSERS = frozenset(("createHandlers", "every"))
"""Functions of Hono that take middleware in order."""
PARTIAL = frozenset(("except", "some"))
"""Functions of Hono that apply middleware to some requests only."""
ANY_METHOD = "ALL"
_LATER = "it is registered inside a function, and when that runs cannot be told"
_MOUNTS_CAP = 16
_ENTRIES_CAP = 20_000


@dataclass(frozen=True, slots=True)
class HonoRoute:
    """One route. ``method`` is upper case, ``ALL`` for any; ``around`` is its middleware, the outermost first."""

    method: str
    url: str
    path: str
    line: int
    around: tuple[Layer, ...]
    handler: Layer
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class HonoTable:
    """All routes that were found, and the registrations whose path, method or application is computed."""

    routes: tuple[HonoRoute, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the router, in the order of registration. ``methods`` is empty for middleware."""

    pattern: str
    methods: tuple[str, ...]
    layers: tuple[Layer, ...]
    event: Event
    line: int


def hono_table(code: Code, files: Sequence[str]) -> HonoTable:
    """The routes of every application that is made in these files, or handed to a function there.

    An application that another one mounts is listed under that one only.
    """
    return _Table(Events(code, files)).build()


class _Table:
    def __init__(self, events: Events) -> None:
        self._events = events
        self._lost: list[Lost] = list(events.lost)
        self._count = 0

    def build(self) -> HonoTable:
        inner = set(self._inner())
        apps = {event.view.app for event in self._events.all()} - inner
        roots = [app for app in apps if not app.parameter or self._events.apps.is_typed(app)]
        routes: list[HonoRoute] = []
        for root in sorted(roots, key=lambda app: (app.path, app.start, app.end, app.parameter)):
            routes.extend(_routes(list(self._entries(root, "", ()))))
        return HonoTable(tuple(routes), tuple(dict.fromkeys(self._lost)))

    def _inner(self) -> Iterator[App]:
        """The applications that are parts of others: mounted, passed on, or copied by a factory."""
        apps = self._events.apps
        yield from (view.app for view in apps.made_from.values())
        for event in self._events.all():
            if event.passed is not None:
                yield event.passed
            given = event.site.call.arguments
            mounted = apps.view(event.path, given[1], event.at) if event.method == "route" and len(given) > 1 else None
            if mounted is not None:
                yield mounted.app

    def _entries(self, app: App, prefix: str, within: tuple[App, ...]) -> Iterator[_Entry]:
        """The lines of the router that an application adds below a prefix."""
        copied = self._events.apps.made_from.get(app)
        if app in within or len(within) > _MOUNTS_CAP:
            self._lost.append(Lost("it is mounted in itself, or too deeply", app.path, 0))
            return
        if copied is not None:
            yield from self._entries(copied.app, prefix, (*within, app))
        path = ""
        for event in self._events.of(app):
            self._count += 1
            if self._count > _ENTRIES_CAP:
                self._lost.append(Lost(f"more than {_ENTRIES_CAP:,} routes are registered", event.path, 0))
                return
            below = event.view.base
            if below is None:
                self._lose(event, "its base path is computed")
            elif event.passed is not None:
                yield from self._entries(event.passed, joined(prefix, below), (*within, app))
            elif event.method == "route":
                yield from self._mounted(event, joined(prefix, below), (*within, app))
            else:
                path, entries = self._registered(event, path)
                yield from (replace(each, pattern=joined(prefix, below, each.pattern)) for each in entries)

    def _mounted(self, event: Event, prefix: str, within: tuple[App, ...]) -> Iterator[_Entry]:
        given = event.site.call.arguments
        below = self._text(event, given[0]) if len(given) > 1 else None
        mounted = self._events.apps.view(event.path, given[1], event.at) if len(given) > 1 else None
        if below is None or mounted is None:
            what = "where it is mounted is computed" if mounted is not None else "what is mounted could not be followed"
            self._lose(event, what)
        else:
            yield from self._entries(mounted.app, joined(prefix, below), within)

    def _registered(self, event: Event, path: str) -> tuple[str, list[_Entry]]:
        """The lines that one call adds; a call without a path has that of the call before it."""
        given, method = list(event.site.call.arguments), event.method
        if method == "openapi":
            return path, self._from_open_api(event)
        if method == "on":
            return path, self._on(event)
        if method not in VERBS and method != "use":
            self._lose(event, event.lost if not method else "its method, or what it mounts, is computed")
            return path, []
        text = self._text(event, given[0]) if given else None
        if text is not None:
            path, given = text, given[1:]
        elif method == "use":
            path = "*"
        elif len(given) != 1 and not (given and isinstance(given[0], Function)):
            self._lose(event, "its path is computed")
            return path, []
        layers = tuple(Layer(event.path, each, event.at) for each in given)
        methods = () if method == "use" else (ANY_METHOD if method == "all" else method.upper(),)
        line = event.site.call.arguments[0].line if event.site.call.arguments else event.site.line
        return path, [_Entry(path, methods, layers, event, line)] if layers else []

    def _on(self, event: Event) -> list[_Entry]:
        given = event.site.call.arguments
        methods = self._texts(event, given[0]) if len(given) > 2 else None
        paths = self._texts(event, given[1]) if len(given) > 2 else None
        if methods is None or paths is None:
            self._lose(event, "its method or path is computed")
            return []
        layers = tuple(Layer(event.path, each, event.at) for each in given[2:])
        upper = tuple(method.upper() for method in methods)
        return [_Entry(path, upper, layers, event, given[0].line) for path in paths]

    def _from_open_api(self, event: Event) -> list[_Entry]:
        found = described(self._events, event)
        if found is None:
            self._lose(event, "its method or path could not be followed")
            return []
        return [_Entry(found.path, (found.method,), found.layers, event, event.site.call.arguments[0].line)]

    def _text(self, event: Event, expression: Expression) -> str | None:
        return self._events.apps.text(event.path, expression, event.at)

    def _texts(self, event: Event, expression: Expression) -> list[str] | None:
        found = self._events.code.follow(event.path, expression, event.at)
        if isinstance(found, Found) and isinstance(found.expression, List):
            read = [self._events.apps.text(found.path, item, found.at) for item in found.expression.items]
            texts = [each for each in read if each is not None]
            return texts if len(texts) == len(read) else None
        text = self._text(event, expression)
        return None if text is None else [text]

    def _lose(self, event: Event, why: str) -> None:
        self._lost.append(Lost(why, event.path, event.site.line))


def _routes(entries: Sequence[_Entry]) -> Iterator[HonoRoute]:
    """The routes of one router, each with the middleware that was registered before it."""
    before: list[_Entry] = []
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if not entry.methods or _is_wide(entry):
            before.append(entry)
            continue
        for method in entry.methods:
            around, lost = _around(before, entry, method)
            if (method, entry.pattern) in seen:
                lost = (*lost, Lost("the same route is registered more than once", entry.event.path, entry.line))
            seen.add((method, entry.pattern))
            for url in urls(entry.pattern):
                layers = (*around, *entry.layers[:-1])
                yield HonoRoute(method, url, entry.event.path, entry.line, layers, entry.layers[-1], lost)


def _around(before: Sequence[_Entry], entry: _Entry, method: str) -> tuple[tuple[Layer, ...], tuple[Lost, ...]]:
    """The middleware that a route meets, and that of which it cannot be told."""
    layers: list[Layer] = []
    lost = [Lost(_LATER, entry.event.path, entry.line)] if entry.event.later else []
    for each in before:
        if each.methods and not {method, ANY_METHOD} & set(each.methods):
            continue
        covered = covers(each.pattern, entry.pattern)
        doubt = _doubt(each, entry) if covered else "it covers some of the route's requests only"
        place = Lost(doubt, each.event.path, each.line) if doubt else None
        layers.extend((replace(layer, doubt=place) for layer in each.layers) if covered else ())
        if place is not None and may_cover(each.pattern, entry.pattern):
            lost.append(place)
    return tuple(layers), tuple(lost)


def _doubt(middleware: _Entry, route: _Entry) -> str:
    event = middleware.event
    if event.sometimes:
        return "it is registered only under a condition, or in a loop"
    if event.later:
        return _LATER
    foreign = event.path not in (event.view.app.path, route.event.path)
    return (
        "whether it is registered before the route cannot be told" if foreign and not event.view.app.parameter else ""
    )


def _is_wide(entry: _Entry) -> bool:
    """A route for many paths, which is how middleware is written with ``all``."""
    return bool(entry.methods) and entry.pattern.endswith("*") and ANY_METHOD in entry.methods
