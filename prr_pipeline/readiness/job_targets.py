"""What a job calls: the target of its entry in the registry, and the route of a service that serves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.discovery import service_names
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.service_routes import ServedRoute, lost_of, routes_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Record, Text
from prr_pipeline.repository.typescript.next_routes import url_form
from prr_pipeline.subjects import Subject, SubjectKind

_CALL = re.compile(r"(?:(GET|POST|PUT|PATCH|DELETE)\s+)?(?:([a-z0-9_-]+):)?(\S*)", re.IGNORECASE)
_PATH_KEYS = ("path", "url", "route", "endpoint")
_ANY = "ALL"


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint that a job calls. ``method`` and ``service`` are None where the target does not say."""

    method: str | None
    service: str | None
    path: str

    @property
    def name(self) -> str:
        """As sentences call it: ``POST /v1/admin/locks/release``."""
        return f"{self.method} {self.path}" if self.method is not None else self.path


@dataclass(frozen=True, slots=True)
class Serving:
    """A service and the route by which it serves a target."""

    service: str
    route: ServedRoute


def target_of(sources: Sources, entry: Found, field: str) -> Target | None:
    """The endpoint that an entry names; None for an entry with code of its own, or with nothing.

    The service may stand in the target, or beside it in the entry.
    Raises `NotSeen` for a target that only running the code could tell.
    """
    record = entry.expression
    value = record.get(field) if isinstance(record, Record) else None
    if value is None:
        if isinstance(record, Record) and any(each.key is None for each in record.entries):
            message = f"The {field} of the entry at {entry.path}:{record.line} may be in what is spread; write it out."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(entry.path, record.line)])
        return None
    found = sources.code().follow(entry.path, value, entry.at)
    expression = found.expression if isinstance(found, Found) else None
    if isinstance(expression, Function):
        return None
    target = _target(sources, found, expression) if isinstance(found, Found) and expression is not None else None
    if target is None:
        message = f"The {field} at {entry.path}:{value.line} is told only by running it; write it as METHOD /path."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(entry.path, value.line)])
    known = service_names(sources)
    beside = _text(sources, entry, record.get("service")) if isinstance(record, Record) else None
    service = next((name for name in (target.service, beside) if name in known), None)
    return Target(target.method, service, target.path)


def serving_of(sources: Sources, target: Target, steps: frozenset[str]) -> Serving | None:
    """The one route that serves the target; None where no service has it. Raises `NotSeen` where it cannot be told."""
    found: list[Serving] = []
    lost: list[Lost] = []
    for name in [target.service] if target.service is not None else service_names(sources):
        service = Subject(SubjectKind.SERVICE, name)
        lost += lost_of(sources, service)
        found += [Serving(name, each) for each in _routes(sources, service, steps) if _serves(each, target)]
    if len(found) > 1:
        names = " and ".join(f"{each.route.name} of {each.service}" for each in found[:2])
        message = f"The target {target.name} is served by {names}; name method and service in the target."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [each.route.route.location for each in found])
    if not found and lost:
        where = f"what {lost[0].path}:{lost[0].line} registers cannot be told ({lost[0].why})"
        message = f"No service is seen to serve {target.name}, and {where}; register it with a plain path."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(each.path, each.line) for each in lost])
    return found[0] if found else None


def _routes(sources: Sources, service: Subject, steps: frozenset[str]) -> Iterator[ServedRoute]:
    try:
        yield from routes_of(sources, service, steps)
    except NotSeen:
        return


def _serves(served: ServedRoute, target: Target) -> bool:
    methods = (target.method, _ANY) if target.method is not None else (served.route.method,)
    return served.route.method in methods and url_form(served.route.url) == url_form(target.path)


def _target(sources: Sources, found: Found, expression: Expression) -> Target | None:
    """Of a text (``POST /v1/x``, with a service or host before the path), or of an object with these as fields."""
    if isinstance(expression, Text):
        return _of_text(expression)
    if not isinstance(expression, Record):
        return None
    method, service = (_text(sources, found, expression.get(key)) for key in ("method", "service"))
    path = next((value for key in _PATH_KEYS if (value := expression.get(key)) is not None), None)
    written = sources.code().follow(found.path, path, found.at) if path is not None else None
    text = written.expression if isinstance(written, Found) else None
    inner = _of_text(text) if isinstance(text, Text) else None
    if inner is None or (method is None and expression.get("method") is not None):
        return None
    return Target(method.upper() if method else inner.method, service or inner.service, inner.path)


def _text(sources: Sources, found: Found, value: Expression | None) -> str | None:
    inner = sources.code().follow(found.path, value, found.at) if value is not None else None
    return inner.expression.value if isinstance(inner, Found) and isinstance(inner.expression, Text) else None


def _of_text(text: Text) -> Target | None:
    """A template may have a host in it that only running the code tells; what stands after it must be plain."""
    if text.value is not None:
        return _parsed(text.value)
    plain = [piece for piece in text.pieces if isinstance(piece, str)]
    tail = text.pieces[-1] if text.pieces else None
    if len(text.pieces) - len(plain) != 1 or not isinstance(tail, str) or not tail.startswith("/"):
        return None
    target = _parsed("".join(plain))
    host = next((piece for piece in text.pieces if isinstance(piece, Call)), None)
    options = [each for each in host.arguments if isinstance(each, Record)] if host is not None else []
    named = next((value for each in options if isinstance(value := each.get("service"), Text)), None)
    if target is None or named is None or named.value is None:
        return target
    return Target(target.method, named.value, target.path)


def _parsed(written: str) -> Target | None:
    call = _CALL.fullmatch(written.strip())
    if call is None:
        return None
    method, service, rest = call[1], call[2], call[3]
    if service in ("http", "https"):
        try:
            url = urlsplit(f"{service}:{rest}")
            service, rest = (url.hostname or "").partition(".")[0], url.path
        except ValueError:
            return None
    path = rest.partition("?")[0]
    return Target(method.upper() if method else None, service, path) if path.startswith("/") else None
