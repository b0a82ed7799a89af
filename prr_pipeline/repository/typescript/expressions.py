"""Expressions as plain data: what routes, pipelines, factories and throws are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A string. ``value`` is None for a template with substitutions, whose plain parts are in ``parts``."""

    value: str | None
    parts: tuple[str, ...]
    line: int


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
class Call:
    """``callee(arguments)``. ``new``: a constructor; ``tag``: a tagged template, whose text is the one argument."""

    callee: Expression
    arguments: tuple[Expression, ...]
    line: int
    new: bool = False
    tag: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name (None for a pattern), the names it binds, and its type's source (empty: none)."""

    name: str | None
    binds: tuple[str, ...]
    type: str
    line: int


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
        """The value under that key; the last one wins, as it does at run time."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Spread:
    """``...value``."""

    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class Class:
    """A class: its methods by name, with the constructor as ``constructor``."""

    name: str | None
    methods: tuple[Function, ...]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: the start of its source, in which nobody looks further."""

    source: str
    line: int


Expression = Text | Name | Member | Call | Function | List | Record | Spread | Class | Other


def dotted(expression: Expression) -> str:
    """How a callee reads: ``prisma.$queryRaw``; a part that is neither name nor member reads ``(...)``."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Member):
        return f"{dotted(expression.object)}.{expression.name}"
    return "(...)"
