"""A user can take back what they allowed: a component of the partner's pages leads to the call that revokes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import ClientCode, Part, client_code, is_named, original, text_at
from prr_pipeline.readiness.element_handlers import Handlers, Run, Value
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import is_call_of
from prr_pipeline.readiness.pages import is_usable
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Text, dotted
from prr_pipeline.repository.typescript.fragments import Element
from prr_pipeline.repository.typescript.modules import CallSite
from prr_pipeline.subjects import Subject

_ROUTE_FILE = "/route.ts"
_PASSING = re.compile(
    r"on(?:Mouse(?:Over|Enter|Leave|Move|Out)|Pointer(?:Over|Enter|Leave|Move|Out)|Focus|Blur|Load|Error|Scroll)\Z"
)
"""Handlers of what happens to an element without anybody wanting anything of it."""


class AccessCanBeRevoked(Parameters):
    """``revoke_calls`` take access back; one that the client defines itself must ask somebody, by such a call of
    another or by one of ``request_calls``. ``route_attributes``: attributes of an element that hold a URL."""

    code: str
    revoke_calls: list[str]
    request_calls: list[str]
    route_attributes: list[str]


@dataclass(frozen=True, slots=True)
class _Way:
    """How an element leads to the call: the element's place, and the call's."""

    element: Location
    call: Location


@check("access_can_be_revoked", AccessCanBeRevoked, version=3)
def access_can_be_revoked(sources: Sources, _facts: Facts, subject: Subject, parameters: AccessCanBeRevoked) -> Finding:
    """An element of a page leads to a call that revokes, by its handlers or by a route that they ask."""
    code = client_code(sources, subject, parameters.code)
    search = _Search(sources, code, parameters)
    ways, named = list(search.ways()), (*search.revoking, *search.handed)
    calls = [part.at(site.line, site.callee) for part, site in named]
    led = sorted({(way.element.path, way.element.snippet, way.call.snippet) for way in ways})
    judged = digest([code.pattern, [list[object](each) for each in led], len(calls)])
    if ways:
        places = dict.fromkeys(place for way in ways for place in (way.element, way.call))
        first = ways[0]
        where = f"{first.element.path}:{first.element.line}"
        return met(f"{first.element.snippet} at {where} leads to {first.call.snippet}.", judged, places)
    return code.hidden(judged) or _no_way(search, calls, code.pattern, judged)


def _no_way(search: _Search, calls: list[Location], pattern: str, judged: str) -> Finding:
    """What to say where no element leads to a call that revokes."""
    empty, untold = [part.at(site.line, site.callee) for part, site in search.empty], list(search.untold())
    if not calls and empty:
        message = f"{listed(sorted({place.snippet for place in empty}))} is called and asks nobody; revoke there."
        return unmet(message, judged, empty)
    if not calls:
        message = f"No code of {pattern} calls {search.names}; call it from a control that users find."
        return unmet(message, judged)
    call = f"{calls[0].snippet} at {calls[0].path}:{calls[0].line}"
    if untold:
        where = f"{untold[0].snippet} at {untold[0].path}:{untold[0].line}"
        message = f"Whether {where} leads to {call} is told only by running it; let its handler be followed."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [*untold, *calls])
    return unmet(f"No element of a page leads to {call}; add a control.", judged, calls)


class _Search:
    def __init__(self, sources: Sources, code: ClientCode, parameters: AccessCanBeRevoked) -> None:
        self._sources = sources
        self._code = code
        self._parameters = parameters
        self._reaching = Reaching(sources, code)
        self._handlers = Handlers(self._reaching)
        self.names = " or ".join(parameters.revoke_calls)
        named = [
            (part, site)
            for part, site in code.calls()
            if self._names(part, site.call.callee, *site.call.arguments) and not _is_dead(part, site)
        ]
        self.empty = [each for each in named if self._does_nothing(*each)]
        self.handed = [(part, site) for part, site in named if self._is_prop(part, site.call.callee, site.start)]
        self.revoking = [each for each in named if each not in self.empty and each not in self.handed]

    def ways(self) -> Iterator[_Way]:
        """Every element that leads to a call that revokes, by what its own handlers run."""
        routes = dict(self._routes())
        for part in self._code.parts.values():
            for element in part.fragments.elements:
                if not is_usable(part, element):
                    continue
                call = self._reached_from(part, element, routes)
                if call is not None:
                    yield _Way(part.at(element.line, f"<{_shown(element.tag)}>"), call)

    def untold(self) -> Iterator[Location]:
        """Elements with a handler that runs what cannot be followed."""
        for part in self._code.parts.values():
            for element in part.fragments.elements:
                handlers = [value for name, value in element.attributes.items() if name.startswith("on") and value]
                is_open = any(self._handlers.run_by(part, value, element.start).is_open for value in handlers)
                if is_open and is_usable(part, element):
                    yield part.at(element.line, f"<{_shown(element.tag)}>")

    def _reached_from(self, part: Part, element: Element, routes: dict[str, Location]) -> Location | None:
        for name, value in element.attributes.items():
            if value is None or _PASSING.match(name) or not self._handlers.takes(part, element, name):
                continue
            is_address = name in self._parameters.route_attributes
            if isinstance(value, Text):
                call = self._asked(value.value, routes) if is_address else None
            else:
                run = self._handlers.run_by(part, value, element.start)
                placed = self._reaching.target(part, value, element.start)
                is_handler = name.startswith("on") or is_address
                call = self._run(run, routes) if is_handler or placed is not None else self._named_by(run.called[:1])
            if call is not None:
                return call
        return None

    def _run(self, run: Run, routes: dict[str, Location]) -> Location | None:
        found = (self._led_to(each, routes) for each in run.functions)
        return next((call for call in found if call is not None), None) or self._named_by(run.called)

    def _named_by(self, called: Sequence[Value]) -> Location | None:
        """The first of the values that is a function that revokes, by its name."""
        for each in called:
            placed = self._reaching.target(each.part, each.expression, each.at)
            if self._names(each.part, each.expression) and self._asks_somebody(placed):
                return each.part.at(each.expression.line, dotted(each.expression))
        return None

    def _led_to(self, placed: Placed, routes: dict[str, Location]) -> Location | None:
        """The call that revokes that a function leads to, itself or by asking a route that does."""
        for each in self._reaching.reached(placed):
            for part, site in self.revoking:
                if each.holds(part.path, site.start):
                    return part.at(site.line, site.callee)
            for site in each.calls:
                for argument in site.call.arguments[:1]:
                    call = self._asked(text_at(self._sources, each.part.path, argument, site.start), routes)
                    if call is not None:
                        return call
        return None

    def _asked(self, url: str | None, routes: dict[str, Location]) -> Location | None:
        """What stands behind a URL of the partner's own server; it may be mounted below another."""
        path = (url or "").partition("?")[0].rstrip("/")
        return next((call for route, call in routes.items() if path == route or path.endswith(route)), None)

    def _routes(self) -> Iterator[tuple[str, Location]]:
        """The paths of routes whose handlers lead to a call that revokes."""
        for part, site in self._code.calls():
            path = (
                text_at(self._sources, part.path, site.call.arguments[0], site.start) if site.call.arguments else None
            )
            if path is not None and path.startswith("/") and len(path) > 1:
                for value in site.call.arguments[1:]:
                    yield from self._handled(path.rstrip("/"), self._reaching.target(part, value, site.start))
        for part in self._code.parts.values():
            before, found, below = part.path.rpartition(_ROUTE_FILE)[0].rpartition("/app/")
            for function in part.module.functions if found and part.path.endswith(_ROUTE_FILE) and before else ():
                yield from self._handled(f"/{below}", Placed(part, function))

    def _handled(self, path: str, handler: Placed | None) -> Iterator[tuple[str, Location]]:
        call = self._led_to(handler, {}) if handler is not None else None
        if call is not None:
            yield path, call

    def _names(self, part: Part, *values: Expression) -> bool:
        """Whether one of the values is a function that revokes, called or handed on."""
        names = [original(part, dotted(value)) for value in values if isinstance(value, Name | Member)]
        return any(is_named(name, self._parameters.revoke_calls) for name in names)

    def _is_prop(self, part: Part, callee: Expression, at: int) -> bool:
        """Whether a component is given what is called, so that its name says nothing."""
        prop = self._handlers.prop(part, callee, at)
        return prop is not None and not prop.members

    def _does_nothing(self, part: Part, site: CallSite) -> bool:
        """Whether what revokes there is a function of the client that asks nobody."""
        values = [each for each in (site.call.callee, *site.call.arguments) if self._names(part, each)]
        return not any(self._asks_somebody(self._reaching.target(part, each, site.start)) for each in values)

    def _asks_somebody(self, placed: Placed | None) -> bool:
        """Whether a function sends a request, or calls another's that revokes; one that is not the client's may."""
        if placed is None:
            return True
        return any(
            is_call_of(original(each.part, site.callee), self._parameters.request_calls)
            or (
                self._names(each.part, site.call.callee)
                and self._reaching.target(each.part, site.call.callee, site.start) is None
            )
            for each in self._reaching.reached(placed)
            for site in each.calls
        )


def _is_dead(part: Part, site: CallSite) -> bool:
    return any(start <= site.start < end for start, end in part.fragments.unreached)


def _shown(tag: Expression) -> str:
    return str(getattr(tag, "name", "element"))
