"""Expressions as plain data: what routes, pipelines, factories and throws are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A string. ``value`` is None for a template with substitutions, whose plain parts are in ``parts``.

    ``pieces`` are those of such a template in order: plain parts, and what is substituted.
    """

    value: str | None
    parts: tuple[str, ...]
    line: int
    pieces: tuple[str | Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Member:
    """``object.name``, also written ``object?.name``, ``object!.name`` and ``object["name"]``."""

    object: Expression
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Index:
    """``object[key]`` with a key that only running the code could tell."""

    object: Expression
    key: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    """``callee(arguments)``. ``new``: a constructor; ``tag``: a tagged template, whose text is the one argument."""

    callee: Expression
    arguments: tuple[Expression, ...]
    line: int
    new: bool = False
    tag: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name (None for a pattern), the names it binds, and its type's source (empty: none).

    ``members`` maps the names that an object pattern binds to the keys they are taken from; ``rest``: ``...name``.
    """

    name: str | None
    binds: tuple[str, ...]
    type: str
    line: int
    members: Mapping[str, str] = field(default_factory=dict, hash=False)
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function, arrow function or method.

    ``line`` and ``end_line`` are inclusive; ``start`` and ``end`` are character offsets in the file. ``returns`` is
    the value of an arrow without braces, or of the only ``return`` of its own body.
    """

    name: str | None
    line: int
    end_line: int
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    returns: Expression | None


@dataclass(frozen=True, slots=True)
class List:
    """An array literal."""

    items: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of an object literal; ``key`` is None for a spread and for a computed key."""

    key: str | None
    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Record:
    """An object literal."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Expression | None:
        """The value written under that key, the last one if there are several. A spread after it may replace it."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Spread:
    """``...value``."""

    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class: its type's source (empty: none) and what it is first set to."""

    name: str
    type: str
    value: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class Class:
    """A class: its methods, functions in fields among them, with the constructor as ``constructor``; other fields."""

    name: str | None
    methods: tuple[Function, ...]
    line: int
    end_line: int
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: the start of its source, in which nobody looks further.

    Two operands of an ``operator`` are in ``operands``, and so are condition and branches of ``? :``.
    """

    source: str
    line: int
    operator: str = ""
    operands: tuple[Expression, ...] = ()


Expression = Text | Name | Member | Index | Call | Function | List | Record | Spread | Class | Other


def dotted(expression: Expression) -> str:
    """How a callee reads: ``prisma.$queryRaw``; a part that is neither name nor member reads ``(...)``."""
    parts: list[str] = []
    while isinstance(expression, Member):
        parts.append(expression.name)
        expression = expression.object
    parts.append(expression.name if isinstance(expression, Name) else "(...)")
    return ".".join(reversed(parts))
