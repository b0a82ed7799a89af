"""Where is an operation's route in the code? Its file, what it registers, and the pipeline around its handler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from prr_pipeline.readiness.findings import mapping
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.route_tables import (
    Route,
    RouteTable,
    hono_by_url,
    hono_routes,
    next_export,
    route_files,
    route_table,
)
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.hono_routes import ANY_METHOD, COMPOSERS, PARTIAL
from prr_pipeline.repository.typescript.next_routes import url_form
from prr_pipeline.repository.typescript.pipelines import Handler, Layer, Pipeline, Vocabulary
from prr_pipeline.repository.typescript.unwrapping import unwrap_layers
from prr_pipeline.subjects import Subject

__all__ = ["Route", "all_routes", "handler_of", "lost_routes", "pipeline_of", "route_of"]


def route_of(sources: Sources, subject: Subject) -> Route:
    """The operation's route. Raises `NotSeen` where there is none, or where it cannot be told."""
    pattern, operation = _pattern(sources, subject), sources.operation(subject)
    method, urls = operation.method.upper(), _urls(operation)
    serving = route_files(sources, pattern, urls)
    for path in serving:
        found = next_export(sources, path, method, urls[0])
        if found is not None:
            return _followed(found)
    table = hono_routes(sources, pattern)
    registered = _registered(hono_by_url(sources, pattern), method, urls)
    if registered is not None:
        return registered
    where = f"{serving[0]} exports no {method}" if serving else f"no file of {pattern} serves {urls[0]}"
    if table.lost:
        raise _maybe_lost(f"{method} {urls[0]}", table)
    message = (
        f"The route {method} {urls[0]} was not found in the code ({where}); write it, or correct the specification."
    )
    raise NotSeen(Reason.NO_EVIDENCE, message, [Location(path) for path in serving])


def pipeline_of(sources: Sources, route: Route, steps: frozenset[str], composers: frozenset[str]) -> Pipeline:
    """The steps and the handler of a route, given what steps and composers are called in code."""
    words = Vocabulary(steps, composers)
    if route.is_hono:
        words = Vocabulary(steps, composers | COMPOSERS, PARTIAL - steps)
    inner = Layer(route.value_path, route.value, route.at)
    found = unwrap_layers(sources.code(), route.around, inner, words)
    return replace(found, lost=route.lost + found.lost)


def handler_of(sources: Sources, route: Route, steps: frozenset[str], composers: frozenset[str]) -> Handler:
    """The innermost function of a route. Raises `NotSeen` with the place that could not be followed."""
    pipeline = pipeline_of(sources, route, steps, composers)
    if pipeline.handler is not None:
        return pipeline.handler
    lost = pipeline.lost[-1]
    message = (
        f"The handler of {route.method} {route.url} was not found: at {lost.path}:{lost.line} {lost.why}; "
        "register a function of the repository."
    )
    raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(each.path, each.line) for each in pipeline.lost])


def all_routes(sources: Sources, subject: Subject) -> tuple[Route, ...]:
    """Every route that the subject's files of ``paths.route_handlers`` serve, by file and line. Raises `NotDeclared`.

    A route whose value cannot be followed is listed, with the place in its ``lost``; see also `lost_routes`.
    """
    return route_table(sources, _pattern(sources, subject)).routes


def lost_routes(sources: Sources, subject: Subject) -> tuple[Lost, ...]:
    """Registrations of which neither method nor URL can be told, and files that cannot be read."""
    return route_table(sources, _pattern(sources, subject)).lost


def _pattern(sources: Sources, subject: Subject) -> str:
    pattern: str | None = sources.profile.value("paths.route_handlers")
    if pattern is None:
        raise NotDeclared("paths.route_handlers is not declared; set it in the profile or in .prr/profile.yaml.")
    return sources.fill(pattern, subject)


def _followed(route: Route) -> Route:
    if not route.lost:
        return route
    lost = route.lost[0]
    message = f"{route.path} exports {route.method}, but {lost.why}; define the route in the repository's code."
    raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(route.path, route.line)])


def _registered(routes: Mapping[str, Sequence[Route]], method: str, urls: list[str]) -> Route | None:
    """The registration that serves the first of the URLs that is served at all."""
    for url in urls:
        found = [each for each in routes.get(url_form(url), ()) if each.method in (method, ANY_METHOD)]
        exact = [each for each in found if each.method == method] or found
        if len({(each.path, each.line) for each in exact}) > 1:
            places = [each.location for each in exact]
            where = " and ".join(f"{each.path}:{each.line}" for each in places[:2])
            message = f"{method} {url} is registered {len(exact)} times ({where}); keep one of them."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, places)
        if exact:
            return exact[0]
    return None


def _maybe_lost(route: str, table: RouteTable) -> NotSeen:
    lost = table.lost[0]
    more = f", nor {len(table.lost) - 1} more" if len(table.lost) > 1 else ""
    message = (
        f"The route {route} was not found, but what {lost.path}:{lost.line} registers cannot be told "
        f"({lost.why}){more}; "
        "register routes with plain methods, paths and applications."
    )
    return NotSeen(Reason.NOT_RESOLVABLE, message, [Location(each.path, each.line) for each in table.lost])


def _urls(operation: Operation) -> list[str]:
    """The operation's path under the base path of each server, and as it stands."""
    servers = operation.data.get("servers") or operation.spec.document.get("servers")
    bases = [_base(mapping(server).get("url")) for server in (servers if isinstance(servers, list) else ())]
    return list(dict.fromkeys([*(base + operation.path for base in bases), operation.path]))


def _base(url: object) -> str:
    """The path of a server's URL; empty for one that cannot be read."""
    try:
        return urlsplit(str(url or "")).path.rstrip("/")
    except ValueError:
        return ""
