"""The requests that a test case makes, itself or through helpers of the tests: method and URL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    Member,
    Name,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import CallSite
from prr_pipeline.repository.typescript.next_routes import METHODS, url_form

_HOST = re.compile(r"^(?:[a-z]+://[^/]*|\{\})(?=/)")
_NAMED = re.compile(rf"(?<!\w)({'|'.join(METHODS)})\s+(/[^\s,;]*)")
_PARAMETER = re.compile(r"/:[^/{?]+")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A request. ``method`` is None where it cannot be told; what is computed in ``url`` reads ``{}``."""

    method: str | None
    url: str


MADE_UP = Request(None, "")
"""A request of an object that the tests write out themselves: no route serves it."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call gives: the expressions with the file and offset that they stand at, by the parameter's name."""

    arguments: Mapping[str, tuple[str, Expression, int | None]]


_NOTHING = _Given({})


@dataclass(frozen=True, slots=True)
class Requesters:
    """``calls``: what requests, such as ``request``, whatever it is a member of; a call that is named after a method
    requests, too. ``files``: those of the tests, into whose functions one looks."""

    calls: frozenset[str]
    files: frozenset[str]


def requests_of(sources: Sources, path: str, body: Expression | None, by: Requesters) -> list[Request]:
    """The requests of a case whose body stands in that file."""
    return [each for function, at in functions_of(sources, path, body) for each in _in(sources, at, function, by)]


def requests_named(title: str) -> list[Request]:
    """The requests that a title names, such as ``POST /v1/grants/:id``."""
    return [Request(method, url) for method, text in _NAMED.findall(title) if (url := _path(text)) is not None]


def functions_of(sources: Sources, path: str, body: Expression | None) -> Iterator[tuple[Function, str]]:
    """The function that a case is made of: written in place, named, or given to a call around it."""
    if isinstance(body, Call):
        for argument in body.arguments:
            if isinstance(argument, Function):
                yield argument, path
    elif body is not None:
        found = sources.code().follow(path, body)
        if isinstance(found, Found) and isinstance(found.expression, Function):
            yield found.expression, found.path


def serves(url: str, requested: str) -> int | None:
    """How many parts of a route's URL a requested one meets by name; None if the route does not serve it."""
    parts, asked = url_form(url).split("/"), url_form(requested).split("/")
    if len(parts) != len(asked):
        return None
    met = 0
    for part, given in zip(parts, asked, strict=True):
        is_name = "{}" not in part and part != "*"
        if is_name and part != given:
            return None
        met += is_name
    return met


def _in(
    sources: Sources, path: str, function: Function, by: Requesters, given: _Given = _NOTHING, depth: int = 0
) -> Iterator[Request]:
    for site in sources.code().module(path).calls_in(function):
        request = _request(sources, path, site, by.calls, given)
        if request is not None:
            yield MADE_UP if _is_made_up(sources, path, site, by.files) else request
            continue
        found = sources.code().follow(path, site.call.callee, site.start) if depth < _DEPTH else None
        inner = found.expression if isinstance(found, Found) and found.path in by.files else None
        if (
            isinstance(found, Found)
            and isinstance(inner, Function)
            and not _is_within(inner, found.path, function, path)
        ):
            yield from _in(sources, found.path, inner, by, _passed(inner, site, path, given), depth + 1)


def _is_made_up(sources: Sources, path: str, site: CallSite, files: frozenset[str]) -> bool:
    """Whether what is asked is an object that the tests write out themselves, and no app."""
    if not isinstance(site.call.callee, Member):
        return False
    found = sources.code().follow(path, site.call.callee.object, site.start)
    return isinstance(found, Found) and found.path in files and isinstance(found.expression, Record)


def _is_within(inner: Function, at: str, function: Function, path: str) -> bool:
    return at == path and function.start <= inner.start < function.end


def _request(sources: Sources, path: str, site: CallSite, calls: frozenset[str], given: _Given) -> Request | None:
    name = dotted(site.call.callee).rpartition(".")[2]
    verb = name.removeprefix("$").upper()
    if name.startswith("$") and verb in METHODS:
        return _typed(site.call.callee, verb)
    arguments = site.call.arguments
    if not arguments or (name not in calls and verb not in METHODS) or isinstance(arguments[-1], Function):
        return None
    url = _url(_text(sources, path, arguments[0], site.start, given))
    if url is None:
        return None
    return Request(verb if verb in METHODS else _method(sources, path, arguments[1:], site.start, given), url)


def _typed(callee: Expression, verb: str) -> Request:
    """``client.v1.grants[":id"].$get`` of a client that is typed by the routes."""
    parts: list[str] = []
    part = callee.object if isinstance(callee, Member) else callee
    while isinstance(part, Member):
        parts.append("{}" if part.name.startswith(":") else part.name)
        part = part.object
    return Request(verb, "/" + "/".join(reversed([each for each in parts if each != "index"])))


def _method(sources: Sources, path: str, options: Sequence[Expression], at: int | None, given: _Given) -> str | None:
    if not options:
        return "GET"
    found = _followed(sources, path, options[0], at, given)
    if not isinstance(found.expression, Record):
        return None
    value = found.expression.get("method")
    if value is None:
        return "GET" if all(each.key is not None for each in found.expression.entries) else None
    text = _text(sources, found.path, value, found.at, given)
    return text.value.upper() if text is not None and text.value is not None else None


def _url(text: Text | None) -> str | None:
    """A path without host and query; None for what is no URL."""
    if text is None:
        return None
    written = text.value
    if written is None:
        written = "{}".join(text.parts) + ("{}" if text.parts and text.parts[-1].endswith("/") else "")
    return _path(written)


def _path(written: str) -> str | None:
    path = _PARAMETER.sub("/{}", _HOST.sub("", written)).partition("?")[0].partition("#")[0]
    return path if path.startswith("/") else None


def _text(sources: Sources, path: str, value: Expression, at: int | None, given: _Given) -> Text | None:
    found = _followed(sources, path, value, at, given)
    return found.expression if isinstance(found.expression, Text) else None


def _followed(sources: Sources, path: str, value: Expression, at: int | None, given: _Given) -> Found:
    """What an expression stands for; a parameter for what the call gave."""
    if isinstance(value, Name) and value.name in given.arguments:
        path, value, at = given.arguments[value.name]
    found = sources.code().follow(path, value, at)
    return found if isinstance(found, Found) else Found(path, value, at)


def _passed(function: Function, site: CallSite, path: str, given: _Given) -> _Given:
    """What the parameters of a helper stand for; what a helper around it was given is passed on."""
    found: dict[str, tuple[str, Expression, int | None]] = {}
    for parameter, value in zip(function.parameters, site.call.arguments, strict=False):
        outer = given.arguments.get(value.name) if isinstance(value, Name) else None
        if parameter.name is not None:
            found[parameter.name] = outer or (path, value, site.start)
    return _Given(found)
