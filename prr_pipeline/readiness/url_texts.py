"""Which host does a URL in code lead to? Folded from constants, templates and sums as far as they can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Member,
    Name,
    Other,
    Text,
    dotted,
)

_HOLE = "\0"
_DEPTH = 16
_STEPS = 500
"""Most expressions that are looked at for one URL."""
_PIECE = 2_000
"""Characters of one text that are kept: a host stands at its beginning."""
_LONGEST_HOST = 253
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]{2}(?P<authority>[^/\\?#]*)")
_SAME_URL = frozenset(("href", "origin", "toString", "trim", "concat"))
_MAKERS = frozenset(("URL", "Request", "String"))


class Leads(Enum):
    """Whether a URL leads to one of some hosts."""

    THERE = "there"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Url:
    """A folded URL; what only running the code could tell is a hole."""

    text: str
    builds_host: bool = False
    """A declared function that makes the hosts in question takes part."""

    @property
    def shown(self) -> str:
        """For sentences, with ``...`` for what is not known."""
        return self.text.replace(_HOLE, "...")

    def leads_to(self, hosts: Sequence[str]) -> Leads:
        """Whether the host is one of the patterns; ``*`` in one stands for anything. A relative URL has none."""
        if self.builds_host:
            return Leads.THERE
        found = _HOST.match(self.text)
        if found is None:
            return Leads.UNKNOWN if self.text.startswith(_HOLE) else Leads.ELSEWHERE
        authority = found["authority"].rpartition("@")[2]
        host = authority.partition(":")[0].casefold().rstrip(".")
        if len(host) > _LONGEST_HOST:
            return Leads.UNKNOWN if _HOLE in host else Leads.ELSEWHERE
        if any(_fits(pattern.casefold(), host) for pattern in hosts):
            return Leads.THERE
        if _HOLE in host and any(_may_fit(pattern.casefold(), host) for pattern in hosts):
            return Leads.UNKNOWN
        return Leads.ELSEWHERE


def fold(sources: Sources, path: str, expression: Expression, at: int | None, host_call: str | None = None) -> Url:
    """The URL that an expression of that file stands for. ``host_call`` makes the hosts that are asked about."""
    parts = [*_Folding(sources, host_call).fold(path, expression, at, _DEPTH)]
    text = "".join(part if part is not None else "" for part in parts)
    return Url(re.sub(f"{_HOLE}+", _HOLE, text), None in parts)


class _Folding:
    """One URL's walk, which ends: constants that are made of each other over and over are holes."""

    def __init__(self, sources: Sources, host_call: str | None) -> None:
        self._sources = sources
        self._host_call = host_call
        self._steps = 0

    def fold(self, path: str, expression: Expression, at: int | None, depth: int) -> Iterator[str | None]:
        """Pieces of text; None stands for a declared host."""
        self._steps += 1
        if depth <= 0 or self._steps > _STEPS:
            yield _HOLE
        elif isinstance(expression, Text):
            for piece in expression.pieces or (expression.value or "",):
                yield from (piece[:_PIECE],) if isinstance(piece, str) else self.fold(path, piece, at, depth - 1)
        elif isinstance(expression, Other) and expression.operator == "+":
            for operand in expression.operands:
                yield from self.fold(path, operand, at, depth)
        elif isinstance(expression, Call):
            yield from self._called(path, expression, at, depth)
        elif isinstance(expression, Member) and expression.name in _SAME_URL:
            yield from self.fold(path, expression.object, at, depth - 1)
        else:
            found = _followed(self._sources, path, expression, at) if isinstance(expression, Name | Member) else None
            yield from self.fold(found.path, found.expression, found.at, depth - 1) if found else (_HOLE,)

    def _called(self, path: str, call: Call, at: int | None, depth: int) -> Iterator[str | None]:
        name = dotted(call.callee).rpartition(".")[2]
        if name == self._host_call:
            yield None
        elif isinstance(call.callee, Member) and name in _SAME_URL:
            yield from self.fold(path, call.callee.object, at, depth - 1)
        elif name in _MAKERS and call.arguments:
            own, *base = [list(self.fold(path, each, at, depth - 1)) for each in call.arguments[:2]]
            if name == "URL" and base and None not in own and not _HOST.match("".join(each or "" for each in own)):
                yield from (*base[0], "/")
            yield from own
        else:
            yield _HOLE


def _followed(sources: Sources, path: str, expression: Expression, at: int | None) -> Found | None:
    try:
        found = sources.code().follow(path, expression, at)
    except PrrError:
        return None
    return found if isinstance(found, Found) else None


def _fits(pattern: str, host: str) -> bool:
    """Whether a host fits for certain, whatever stands in its holes."""
    parts = map(re.escape, pattern.split("*"))
    return bool(re.fullmatch(".*".join(parts), host.replace(_HOLE, "x"), re.DOTALL))


@lru_cache(maxsize=4_096)
def _may_fit(pattern: str, host: str) -> bool:
    """Whether something in the holes of a host would make it fit."""
    if not pattern or not host:
        return not (pattern + host).strip(f"*{_HOLE}")
    if pattern[0] == "*":
        return _may_fit(pattern[1:], host) or _may_fit(pattern, host[1:])
    if host[0] == _HOLE:
        return _may_fit(pattern, host[1:]) or _may_fit(pattern[1:], host)
    return pattern[0] == host[0] and _may_fit(pattern[1:], host[1:])
