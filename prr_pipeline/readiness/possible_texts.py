"""Which texts may an expression be? Through constants, sums, joined lists, choices and what functions return."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.code import Code, Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    List,
    Member,
    Name,
    Other,
    Record,
    Text,
)

GAP = "\0"
"""Stands in a text for a part that only running the code could tell."""
_HOPS = 12
_MOST = 16
_NO_TEXT = re.compile(r"-?[\d.]|/|(?:true|false|null|undefined|void 0)$")
_CHOICES = frozenset(("?", "??", "||", "&&"))
_ENTRIES = ("text", "sql", "query")
_SAME = frozenset(("trim", "trimStart", "trimEnd", "toString", "valueOf"))


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    at: int | None
    hops: int = _HOPS

    def deeper(self) -> _Place:
        return _Place(self.path, self.at, self.hops - 1)


def possible_texts(code: Code, path: str, value: Expression, at: int | None) -> tuple[str, ...]:
    """The texts, with `GAP` for what cannot be told; none for a value that is no text, such as a function.

    ``at`` is the offset that the expression stands at. Of an object, its entries `text`, `sql` and `query` count.
    """
    return tuple(dict.fromkeys(_texts(code, _Place(path, at), value)))[:_MOST]


def _texts(code: Code, place: _Place, value: Expression) -> Iterator[str]:
    if place.hops <= 0:
        yield GAP
    elif isinstance(value, Text):
        whole = value.value
        yield whole if whole is not None else _joined(code, place, value.pieces or (Other("", value.line),))
    elif isinstance(value, Other):
        yield from _of_other(code, place, value)
    elif isinstance(value, Name | Member):
        yield from _followed(code, place, value)
    elif isinstance(value, Call):
        yield from _given(code, place, value)
    elif isinstance(value, Record):
        for name in _ENTRIES:
            inner = value.get(name)
            yield from _texts(code, place.deeper(), inner) if inner is not None else ()
    elif not isinstance(value, Function | List | Class):
        yield GAP


def _of_other(code: Code, place: _Place, value: Other) -> Iterator[str]:
    if value.operator == "+":
        yield _joined(code, place, value.operands)
    elif value.operator in _CHOICES:
        for each in value.operands[-2:]:
            yield from _texts(code, place.deeper(), each)
    elif not value.operator and not _NO_TEXT.match(value.source):
        yield GAP


def _joined(code: Code, place: _Place, pieces: Sequence[str | Expression], between: str = "") -> str:
    """The pieces one after another; one that may be several texts, or is none, is a gap."""
    known = []
    for piece in pieces:
        texts = [piece] if isinstance(piece, str) else list(_texts(code, place.deeper(), piece))
        known.append(texts[0] if len(texts) == 1 else GAP)
    return between.join(known)


def _followed(code: Code, place: _Place, value: Name | Member) -> Iterator[str]:
    if isinstance(value, Name) and value.name == "undefined":
        return
    try:
        found = code.follow(place.path, value, place.at)
    except PrrError:
        yield GAP
        return
    if isinstance(found, Found) and not isinstance(found.expression, Name | Member):
        yield from _texts(code, _Place(found.path, found.at, place.hops - 1), found.expression)
    else:
        yield GAP


def _given(code: Code, place: _Place, call: Call) -> Iterator[str]:
    """What a call gives: a tag its text, `join` and the like theirs, a function of the code what it returns."""
    callee = call.callee
    if call.new:
        return
    if call.tag:
        yield from _texts(code, place.deeper(), call.arguments[0])
    elif isinstance(callee, Member) and callee.name in _SAME:
        yield from _texts(code, place.deeper(), callee.object)
    elif isinstance(callee, Member) and callee.name == "join":
        yield _list_joined(code, place, callee.object, call.arguments)
    elif isinstance(callee, Name | Member):
        found = _target(code, place, callee)
        returns = found.expression.returns if found and isinstance(found.expression, Function) else None
        if found is None or returns is None or not isinstance(found.expression, Function):
            yield GAP
        else:
            yield from _texts(code, _Place(found.path, found.expression.start, place.hops - 1), returns)
    else:
        yield GAP


def _list_joined(code: Code, place: _Place, value: Expression, arguments: Sequence[Expression]) -> str:
    found = Found(place.path, value, place.at) if isinstance(value, List) else _target(code, place, value)
    if found is None or not isinstance(found.expression, List):
        return GAP
    between = _joined(code, place, arguments[:1]) if arguments else ","
    return _joined(code, _Place(found.path, found.at, place.hops - 1), found.expression.items, between)


def _target(code: Code, place: _Place, value: Expression) -> Found | None:
    try:
        found = code.follow(place.path, value, place.at)
    except PrrError:
        return None
    return found if isinstance(found, Found) else None
