"""What stands inside the functions of a source beside calls, as plain data."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.expressions import Expression


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression with its line and character offsets."""

    value: Expression
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Given:
    """``name: value`` in an object, or ``thing.name = value``."""

    name: str
    value: Expression
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values that are asked to be equal, or not to be."""

    operator: str
    left: Expression
    right: Expression
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``switch`` or a chain of ``if``: what is compared, and the line of the branch for all else if that does
    something."""

    compared: tuple[Expression, ...]
    fallback: int | None
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a page, ``<Tag name={value} />``. ``attributes`` with no value, or a hidden one, map to None.

    ``end``: the offset behind it, and behind all that stands in it.
    """

    tag: Expression
    attributes: Mapping[str, Expression | None]
    line: int
    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """What an ``if``, ``? :``, ``&&`` or ``||`` asks, between two character offsets.

    ``branches`` are the spans of what runs by the answer. ``leaves``: one of them always ends the function or the
    loop, so that what follows runs by the answer as well.
    """

    asked: Expression
    start: int
    end: int
    branches: tuple[tuple[int, int], ...]
    leaves: bool


@dataclass(frozen=True, slots=True)
class Try:
    """The span of what a ``try`` with a ``catch`` guards, and the span of that ``catch``."""

    start: int
    end: int
    catch: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Loop:
    """``for (name of over)``: the names that each part is given, and the span of what is done with it."""

    over: Expression
    names: tuple[str, ...]
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fragments:
    """All of one source, each in its order. ``discarded``: offsets of calls whose value nobody takes.

    ``fallbacks`` are the left sides of ``left ?? right``; ``accesses`` are members and indexes, ``lists`` arrays.
    ``returned`` are the values of ``return`` statements, ``assigned`` what variables are set to (``name += value``
    too).
    """

    accesses: tuple[Piece, ...]
    lists: tuple[Piece, ...]
    texts: tuple[Piece, ...]
    """Strings and templates, those of types apart; and texts between elements."""
    given: tuple[Given, ...]
    comparisons: tuple[Comparison, ...]
    choices: tuple[Choice, ...]
    fallbacks: tuple[Piece, ...]
    elements: tuple[Element, ...]
    discarded: frozenset[int]
    returned: tuple[Piece, ...] = ()
    assigned: tuple[Given, ...] = ()
    conditions: tuple[Condition, ...] = ()
    tries: tuple[Try, ...] = ()
    loops: tuple[Loop, ...] = ()
    unreached: tuple[tuple[int, int], ...] = ()
    """Offsets of what no run reaches."""
    begun: tuple[Given, ...] = ()
    """What variables are declared with, also those that are set again."""
