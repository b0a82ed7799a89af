"""The routes of a service with what stands around each: guards, the scopes they ask for, and the handler."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.endpoints import all_operations, spec_path
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.own_names import own_name
from prr_pipeline.readiness.routes import Route, all_routes, lost_routes, pipeline_of
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.openapi import Operation, parse_spec
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Member,
    Name,
    Other,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.next_routes import url_form
from prr_pipeline.repository.typescript.pipelines import Layer, Pipeline, Step
from prr_pipeline.subjects import Subject

_OFF = frozenset(("false", "null", "undefined", "0"))


@dataclass(frozen=True, slots=True)
class ServedRoute:
    """A route of a service and the pipeline around its handler."""

    route: Route
    pipeline: Pipeline

    @property
    def name(self) -> str:
        """As sentences call it: ``POST /v1/grants``."""
        return f"{self.route.method} {self.route.url}"

    def steps(self, names: Collection[str]) -> tuple[Step, ...]:
        """The steps of one of those names."""
        return tuple(step for step in self.pipeline.steps if step.name in names)

    def sure(self, names: Collection[str]) -> tuple[Step, ...]:
        """The steps of one of those names that certainly stand there, and are not the service's own."""
        return tuple(step for step in self.steps(names) if step.doubt is None)

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What could not be followed, and why steps are in doubt."""
        doubts = (step.doubt for step in self.pipeline.steps if step.doubt is not None)
        return tuple(dict.fromkeys((*self.pipeline.lost, *doubts)))

    def is_one_of(self, patterns: Iterable[str]) -> bool:
        """Whether its URL matches one of the globs; a parameter is one component."""
        plain = url_form(self.route.url).replace("{}", "_") or "/"
        return any(matches(pattern, plain) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope that a guard asks for. ``value`` is None where it cannot be told; ``constant`` as it is written.

    Not ``sure``: the guard may not stand there, or is the service's own.
    """

    value: str | None
    constant: str
    place: Location
    sure: bool = True


def routes_of(sources: Sources, subject: Subject, steps: frozenset[str]) -> tuple[ServedRoute, ...]:
    """Every route of the subject's service. ``steps``: the declared names of middleware that wraps.

    Raises `NotSeen` where the service registers no route that can be told.
    """
    key = f"{sources.fill(str(sources.profile.value('paths.route_handlers')), subject)}#{sorted(steps)}"
    found = sources.once("served routes", key, lambda: _served(sources, subject, steps))
    if not found and not lost_of(sources, subject):
        raise NotSeen(
            Reason.NO_EVIDENCE,
            f"No route is registered in {key.partition('#')[0]}; register one, or declare paths.route_handlers.",
        )
    return found


def lost_of(sources: Sources, subject: Subject) -> tuple[Lost, ...]:
    """Registrations of which neither method nor URL can be told."""
    return lost_routes(sources, subject)


def scopes_of(sources: Sources, served: ServedRoute, guards: Collection[str]) -> tuple[Scope, ...]:
    """The scopes that the guards of a route ask for."""
    return tuple(
        Scope(
            _value(sources, step.path, argument),
            _written(argument),
            Location(step.path, step.line, _written(argument)),
            step.doubt is None,
        )
        for step in served.steps(guards)
        for argument in step.arguments
        if not (isinstance(argument, Record) and len(step.arguments) > 1)
    )


def operations_of(sources: Sources, service: str) -> Mapping[str, Operation]:
    """The operations of a service's description by name. Raises `NotDeclared`, `MissingFile` or `Unreadable`."""
    path = spec_path(sources.profile, service)
    if path is None:
        raise NotDeclared("paths.service_openapi is not declared; set it in the profile or in .prr/profile.yaml.")
    return sources.once("operations of", path, lambda: all_operations(parse_spec(sources.blob(path))))


def operation_at(operations: Mapping[str, Operation], route: Route) -> Operation | None:
    """The described operation that a route serves."""
    form = url_form(route.url)
    for operation in operations.values():
        if operation.method.upper() == route.method and url_form(operation.path) == form:
            return operation
    return None


def _served(sources: Sources, subject: Subject, steps: frozenset[str]) -> tuple[ServedRoute, ...]:
    routes = all_routes(sources, subject)
    return tuple(ServedRoute(route, _traced(sources, route, steps)) for route in routes)


def _traced(sources: Sources, route: Route, steps: frozenset[str]) -> Pipeline:
    """The pipeline of a route, with a doubt on each declared step that the service makes itself."""
    found = pipeline_of(sources, route, steps, frozenset())
    return replace(found, steps=tuple(_doubted(sources, step, steps) for step in found.steps))


def _doubted(sources: Sources, step: Step, names: frozenset[str]) -> Step:
    called = step.called
    if step.doubt is not None or step.name not in names or called is None:
        return step
    module = sources.code().module(called.path)
    own = own_name(sources, module, called.expression, names, called.at)
    return replace(step, doubt=own or _uncalled(sources, step, called) or _optional(sources, step, called.at))


def _uncalled(sources: Sources, step: Step, called: Layer) -> Lost | None:
    """Why a step may do nothing: it is the function that makes the middleware, and nobody calls it."""
    if not isinstance(called.expression, Name | Member) or step.arguments:
        return None
    text = sources.blob(step.path).text().splitlines()[step.line - 1]
    if f"{step.name}(" in text:
        return None
    found = sources.code().follow(called.path, called.expression, called.at)
    made = found.expression if isinstance(found, Found) else None
    if isinstance(made, Function) and len(made.parameters) < 2 and isinstance(made.returns, Call | Function):
        why = f"{step.name} stands there uncalled, and only what it makes is a middleware; call it"
        return Lost(why, step.path, step.line)
    return None


def _optional(sources: Sources, step: Step, at: int | None) -> Lost | None:
    """Why a step may do nothing: it is given an option that the profile does not declare, or something false."""
    known = sources.profile.value("routes.guard_options") or ()
    for argument in step.arguments:
        found = sources.code().follow(step.path, argument, at) if isinstance(argument, Name | Member) else None
        value = found.expression if isinstance(found, Found) else argument
        entries = value.entries if isinstance(value, Record) else ()
        strange = [entry.key or "..." for entry in entries if entry.key not in known]
        if isinstance(value, Other) and value.source.strip() in _OFF:
            strange = [value.source.strip()]
        if strange:
            why = f"{step.name} is given {strange[0]}, which may switch it off, as routes.guard_options lacks it"
            return Lost(why, step.path, step.line)
    return None


def _value(sources: Sources, path: str, argument: Expression) -> str | None:
    return text_of(sources.code(), Placed(argument, path, argument.line))


def _written(argument: Expression) -> str:
    if isinstance(argument, Text):
        return repr(argument.value)
    return dotted(argument) if isinstance(argument, Member) else getattr(argument, "name", None) or "(...)"
