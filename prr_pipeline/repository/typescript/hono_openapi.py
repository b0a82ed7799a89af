"""Routes of ``app.openapi(createRoute({ method, path, middleware }), handler)``."""

from __future__ import annotations

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Record, Spread
from prr_pipeline.repository.typescript.hono_events import Event, Events
from prr_pipeline.repository.typescript.hono_paths import from_open_api
from prr_pipeline.repository.typescript.pipelines import Layer


@dataclass(frozen=True, slots=True)
class Described:
    """What the description says; ``layers`` are its middleware and the handler that was given with it."""

    method: str
    path: str
    layers: tuple[Layer, ...]


def described(events: Events, event: Event) -> Described | None:
    """The route of a call of ``openapi``; None if its method or path cannot be told."""
    given = event.site.call.arguments
    found = _record(events, event, given[0]) if len(given) > 1 else None
    if found is None or not isinstance(found.expression, Record):
        return None
    method, path = _member_text(events, found, "method"), _member_text(events, found, "path")
    if method is None or path is None:
        return None
    layers = (*_middleware(events, found, found.expression), Layer(event.path, given[1], event.at))
    return Described(method.upper(), from_open_api(path), layers)


def _record(events: Events, event: Event, expression: Expression) -> Found | None:
    """The object that ``createRoute`` is given, wherever the call is written."""
    found = events.code.follow(event.path, expression, event.at)
    if isinstance(found, Found) and isinstance(found.expression, Call) and found.expression.arguments:
        found = events.code.follow(found.path, found.expression.arguments[0], found.at)
    return found if isinstance(found, Found) else None


def _middleware(events: Events, found: Found, record: Record) -> tuple[Layer, ...]:
    """What the key ``middleware`` holds. One that a spread may bring stays a layer that cannot be followed."""
    value = record.get("middleware")
    if value is not None:
        return (Layer(found.path, value, found.at),)
    spreads = [each.value for each in record.entries if isinstance(each.value, Spread)]
    if not spreads:
        return ()
    followed = events.code.follow(found.path, Member(record, "middleware", record.line), found.at)
    if isinstance(followed, Found):
        return (Layer(followed.path, followed.expression, followed.at),)
    known = [events.code.follow(found.path, each.value, found.at) for each in spreads]
    all_known = all(isinstance(each, Found) and isinstance(each.expression, Record) for each in known)
    is_absent = isinstance(followed, Lost) and all_known
    return () if is_absent else (Layer(found.path, spreads[0].value, found.at),)


def _member_text(events: Events, found: Found, name: str) -> str | None:
    return events.apps.text(found.path, Member(found.expression, name, found.expression.line), found.at)
