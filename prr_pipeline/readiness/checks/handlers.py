"""Route handlers: how long they are."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unmet
from prr_pipeline.readiness.forwarded import forwarded
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import handler_of, route_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.pipelines import Handler
from prr_pipeline.subjects import Subject


class FunctionIsAtMost(Parameters):
    """``lines`` from the function's first to its last, blank and comment lines among them if ``count_idle``.

    ``steps`` and ``composers`` are the names, in code, of what may stand around the handler. ``services``: glob of the
    packages that a handler calls; a function elsewhere that it hands the request on to is counted with it.
    """

    lines: Annotated[int, Meta(ge=1)]
    count_idle: bool
    steps: dict[str, str]
    composers: list[str]
    services: str | None = None


@check("function_is_at_most", FunctionIsAtMost)
def function_is_at_most(sources: Sources, _facts: Facts, subject: Subject, parameters: FunctionIsAtMost) -> Finding:
    """The handler that the operation's route registers has, with what it forwards to, at most so many lines."""
    route = route_of(sources, subject)
    handler = handler_of(sources, route, frozenset(parameters.steps.values()), frozenset(parameters.composers))
    count = _lines(sources, handler, parameters)
    place = Location(handler.path, handler.function.line, f"{route.method} {route.url}")
    others = forwarded(sources, handler, parameters.services)
    count += sum(_lines(sources, each, parameters) for each in others)
    judged = digest([part for each in (handler, *others) for part in (each.path, _text(sources, each))])
    span = f"lines {handler.function.line} to {handler.function.end_line}"
    more = "".join(f" and {each.function.name or 'a function'} of {each.path}:{each.function.line}" for each in others)
    values = {"lines": count, "limit": parameters.lines}
    if count > parameters.lines:
        message = (
            f"The handler of {route.method} {route.url} has {count} lines ({span} of {handler.path}{more}), "
            f"{count - parameters.lines} more than {parameters.lines}; move what is not parsing, the service call or "
            "marshalling into the service package."
        )
        return unmet(message, judged, [place], **values)
    return met(
        f"The handler has {count} of at most {parameters.lines} lines ({span}{more}).", judged, [place], **values
    )


def _lines(sources: Sources, handler: Handler, parameters: FunctionIsAtMost) -> int:
    return sources.code().module(handler.path).lines_of(handler.function, idle=parameters.count_idle)


def _text(sources: Sources, handler: Handler) -> str:
    return sources.blob(handler.path).text()[handler.function.start : handler.function.end]
