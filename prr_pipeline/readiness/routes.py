"""Where is an operation's route in the code? Its file, what it registers, and the pipeline around its handler."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from prr_pipeline.readiness.findings import mapping
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Expression
from prr_pipeline.repository.typescript.next_routes import is_route_file, same_url, url_of
from prr_pipeline.repository.typescript.pipelines import Pipeline, Vocabulary, unwrap
from prr_pipeline.subjects import Subject


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

    @property
    def location(self) -> Location:
        return Location(self.path, self.line, f"{self.method} {self.url}")


def route_of(sources: Sources, subject: Subject) -> Route:
    """The operation's route. Raises `NotSeen` where there is none, or where it cannot be told."""
    pattern = sources.profile.value("paths.route_handlers")
    if pattern is None:
        raise NotDeclared("paths.route_handlers is not declared; set it in the profile or in .prr/profile.yaml.")
    operation = sources.operation(subject)
    urls = _urls(operation)
    files = [path for path in sources.paths(pattern) if is_route_file(path)]
    serving = [path for path in files if any(same_url(url_of(path) or "", url) for url in urls)]
    method = operation.method.upper()
    for path in serving:
        found = sources.code().exported(path, method)
        if isinstance(found, Found):
            export = sources.code().module(path).exports[method]
            return Route(method, urls[0], path, export.line, found.expression, found.path)
        if method in sources.code().module(path).exports:
            why = found.why if isinstance(found, Lost) else f"it comes from the package {found.package}"
            message = f"{path} exports {method}, but {why}; define the route in the repository's code."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(path)])
    where = f"{serving[0]} exports no {method}" if serving else f"no file of {pattern} serves {urls[0]}"
    message = (
        f"The route {method} {urls[0]} was not found in the code ({where}); write it, or correct the specification."
    )
    raise NotSeen(Reason.NO_EVIDENCE, message, [Location(path) for path in serving])


def pipeline_of(sources: Sources, route: Route, steps: frozenset[str], composers: frozenset[str]) -> Pipeline:
    """The steps and the handler of a route, given what steps and composers are called in code."""
    return unwrap(sources.code(), route.value_path, route.value, Vocabulary(steps, composers))


def _urls(operation: Operation) -> list[str]:
    """The operation's path under the base path of each server, and as it stands."""
    servers = operation.spec.document.get("servers")
    bases = [
        urlsplit(str(mapping(server).get("url", ""))).path.rstrip("/")
        for server in (servers if isinstance(servers, list) else ())
    ]
    return list(dict.fromkeys([*(base + operation.path for base in bases), operation.path]))
