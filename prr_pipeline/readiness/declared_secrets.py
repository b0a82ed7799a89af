"""The secrets that code declares by name: ``new sst.Secret("NAME")``, where it stands and where it is linked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.infra import Construct
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    dotted,
)

_DEPTH = 6


@dataclass(frozen=True, slots=True)
class DeclaredSecret:
    """One declaration. ``name`` is None where only running the code could tell."""

    name: str | None
    path: str
    line: int

    @property
    def location(self) -> Location:
        return Location(self.path, self.line, self.name or "")


def secrets_in(sources: Sources, path: str, calls: Sequence[str], construct: Construct | None) -> list[DeclaredSecret]:
    """Those that a file declares, and those that are given to its construct from elsewhere; each once."""
    module = sources.code().module(path)
    found = [
        _declared(sources, Found(path, site.call, site.start)) for site in module.calls if _is_secret(site.call, calls)
    ]
    for given in construct.options.values() if construct is not None else ():
        found += _linked(sources, given, calls, _DEPTH)
    return sorted(set(found), key=lambda each: (each.path, each.line, each.name or ""))


def unused_secrets(sources: Sources, path: str, calls: Sequence[str], construct: Construct) -> list[DeclaredSecret]:
    """Those that a file declares and gives to nothing: neither the construct nor another call, nor other files."""
    module = sources.code().module(path)
    declared = [
        (site, _declared(sources, Found(path, site.call, site.start)))
        for site in module.calls
        if _is_secret(site.call, calls)
    ]
    given = [each for found in construct.options.values() for each in _linked(sources, found, calls, _DEPTH)]
    for site in module.calls:
        if not _is_secret(site.call, calls):
            given += _linked(sources, Found(path, site.call, site.start), calls, _DEPTH)
    exported = {each.name for each in module.exports.values()} | set(module.exports)
    handed_out = {
        value.line for name, value in module.definitions.items() if name in exported and isinstance(value, Call)
    }
    seen = {(each.path, each.line, each.name) for each in given}
    return [
        each
        for _, each in declared
        if each.name is not None and (each.path, each.line, each.name) not in seen and each.line not in handed_out
    ]


def unfollowed_links(sources: Sources, construct: Construct, keys: Sequence[str]) -> list[Location]:
    """Names that are given to the construct under one of the keys, and may be secrets: nobody can tell."""
    found: list[Location] = []
    for key in keys:
        given = construct.options.get(key)
        if given is not None:
            for part in (
                _parts(given.expression) if isinstance(given.expression, Record | List) else (given.expression,)
            ):
                value = part.value if isinstance(part, Spread) else part
                inner = sources.code().follow(given.path, value, given.at)
                if not isinstance(inner, Found) or not _is_plain(inner.expression):
                    found.append(Location(given.path, value.line))
    return found


def _is_plain(value: Expression) -> bool:
    """Whether it shows what it is: what a call of a function gives is told only by running it."""
    return value.new if isinstance(value, Call) else not isinstance(value, Other)


def secret_of(sources: Sources, given: Found, calls: Sequence[str]) -> DeclaredSecret:
    """The secret that a value is: its declaration, ``.name`` or ``.value`` of one, or its plain name."""
    linked = _linked(sources, given, calls, 2)
    if linked:
        return linked[0]
    text = text_of(sources.code(), Placed(given.expression, given.path, given.expression.line, given.at))
    return DeclaredSecret(text, given.path, given.expression.line)


def _linked(sources: Sources, given: Found, calls: Sequence[str], depth: int) -> list[DeclaredSecret]:
    value = given.expression
    if isinstance(value, Call) and _is_secret(value, calls):
        return [_declared(sources, given)]
    found: list[DeclaredSecret] = []
    for part in _parts(value) if depth else ():
        inner = sources.code().follow(given.path, part, given.at)
        if isinstance(inner, Found) and inner.expression is not part:
            found += _linked(sources, inner, calls, depth - 1)
        elif not isinstance(part, Name):
            found += _linked(sources, Found(given.path, part, given.at), calls, depth - 1)
    return found


def _parts(value: Expression) -> Iterator[Expression]:
    """What an expression is made of; a secret itself is one part, and so is what ``secret.value`` is read from."""
    match value:
        case Record():
            yield from (
                entry.value.value if isinstance(entry.value, Spread) else entry.value for entry in value.entries
            )
        case List():
            yield from value.items
        case Call():
            yield from value.arguments
        case Member():
            yield value.object
        case Spread():
            yield value.value


def _is_secret(call: Call, calls: Sequence[str]) -> bool:
    return call.new and dotted(call.callee) in calls


def _declared(sources: Sources, found: Found) -> DeclaredSecret:
    call = found.expression
    first = call.arguments[0] if isinstance(call, Call) and call.arguments else None
    name = text_of(sources.code(), Placed(first, found.path, call.line, found.at)) if first is not None else None
    return DeclaredSecret(name, found.path, call.line)
