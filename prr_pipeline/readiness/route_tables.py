"""Lists the routes of the code: those that Next.js serves by file, and those that are registered with Hono."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Expression, Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.hono_routes import hono_table
from prr_pipeline.repository.typescript.next_routes import METHODS, is_route_file, url_form, url_of
from prr_pipeline.repository.typescript.pipelines import Layer


@dataclass(frozen=True, slots=True)
class Route:
    """What serves an operation: ``path`` and ``line`` of its registration, and the value that is registered.

    ``value_path`` is the file that defines the value; it differs where the route file exports another file's.
    """

    method: str
    url: str
    path: str
    line: int
    value: Expression
    value_path: str
    around: tuple[Layer, ...] = ()
    """Middleware that is registered around it, the outermost first."""
    at: int | None = None
    """The offset of the value in its file, if it stands inside a function."""
    lost: tuple[Lost, ...] = ()
    """What around this route could not be followed."""
    is_hono: bool = False

    @property
    def location(self) -> Location:
        return Location(self.path, self.line, f"{self.method} {self.url}")


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Routes by file and line, and the registrations and files that could not be followed."""

    routes: tuple[Route, ...]
    lost: tuple[Lost, ...] = ()


def route_table(sources: Sources, pattern: str) -> RouteTable:
    """All routes of the files that match the pattern."""
    return sources.once("routes", pattern, lambda: _all(sources, pattern))


def hono_routes(sources: Sources, pattern: str) -> RouteTable:
    """The routes that are registered with Hono in the files that match the pattern."""
    return sources.once("hono routes", pattern, lambda: _hono(sources, sources.paths(pattern)))


def route_files(sources: Sources, pattern: str, urls: Iterable[str]) -> list[str]:
    """The files among those of the pattern that serve one of the URLs by where they lie, sorted."""
    by_url = sources.once("route files", pattern, lambda: _by_url(sources.paths(pattern)))
    return sorted({path for url in urls for path in by_url.get(url_form(url), ())})


def hono_by_url(sources: Sources, pattern: str) -> Mapping[str, list[Route]]:
    """The same as `hono_routes`, by `url_form`."""

    def sorted_out() -> Mapping[str, list[Route]]:
        found: dict[str, list[Route]] = defaultdict(list)
        for route in hono_routes(sources, pattern).routes:
            found[url_form(route.url)].append(route)
        return found

    return sources.once("hono by url", pattern, sorted_out)


def next_export(sources: Sources, path: str, method: str, url: str) -> Route | None:
    """The route that a route file exports for a method; one that leads nowhere has that in ``lost``."""
    code = sources.code()
    found, module = code.exported(path, method), code.module(path)
    export = module.exports.get(method)
    line = export.line if export is not None else min((star.line for star in module.star_exports), default=0)
    if isinstance(found, Found):
        return Route(method, url, path, line, found.expression, found.path, at=found.at)
    if export is None:
        return None
    why = found.why if isinstance(found, Lost) else f"it comes from the package {found.package}"
    return Route(method, url, path, line, Name(method, line), path, lost=(Lost(why, path, line),))


def _by_url(paths: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if is_route_file(path):
            found[url_form(url_of(path) or "")].append(path)
    return found


def _all(sources: Sources, pattern: str) -> RouteTable:
    lost: list[Lost] = []
    routes = list(_next(sources, sources.paths(pattern), lost))
    registered = hono_routes(sources, pattern)
    ordered = sorted([*routes, *registered.routes], key=lambda each: (each.path, each.line, each.method, each.url))
    return RouteTable(tuple(ordered), tuple(dict.fromkeys([*lost, *registered.lost])))


def _next(sources: Sources, paths: Sequence[str], lost: list[Lost]) -> Iterator[Route]:
    for path in paths:
        url = url_of(path) if is_route_file(path) else None
        for method in METHODS if url is not None else ():
            try:
                found = next_export(sources, path, method, url or "")
            except PrrError as fault:
                lost.append(Lost(str(fault), path, 0))
                break
            if found is not None:
                yield found


def _hono(sources: Sources, paths: Sequence[str]) -> RouteTable:
    files = [path for path in paths if path.endswith(SUFFIXES) and not path.endswith(".d.ts")]
    table = hono_table(sources.code(), files)
    routes = [
        Route(
            *(each.method, each.url, each.path, each.line, each.handler.expression, each.handler.path),
            around=each.around,
            at=each.handler.at,
            lost=each.lost,
            is_hono=True,
        )
        for each in table.routes
    ]
    return RouteTable(tuple(routes), table.lost)
