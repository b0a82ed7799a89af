"""A TypeScript source as plain data: what it imports, exports, defines, calls and throws, each with its line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function
from prr_pipeline.repository.typescript.imports import Export, Import, ImportKind
from prr_pipeline.repository.typescript.type_shapes import TypeShape

__all__ = ["CallSite", "Export", "Import", "ImportKind", "Local", "Module", "SqlText", "Throw", "TypeShape"]


@dataclass(frozen=True, slots=True)
class CallSite:
    """Any call of the file. ``callee`` reads as `dotted`; ``start`` and ``end`` are its character offsets."""

    callee: str
    call: Call
    line: int
    start: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Throw:
    """What a ``throw`` throws; ``start`` is its character offset."""

    value: Expression
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class SqlText:
    """A string that reads as an SQL statement."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Local:
    """A name that a function of the file binds between two offsets; ``value`` is None if it cannot be told.

    ``type`` is the source of the type that is written beside a constant or variable, or empty.
    """

    name: str
    value: Expression | None
    start: int
    end: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file. ``definitions`` are its top-level constants, functions and classes by local name."""

    path: str
    imports: tuple[Import, ...]
    exports: Mapping[str, Export]
    star_exports: tuple[Export, ...]
    definitions: Mapping[str, Expression]
    types: Mapping[str, TypeShape]
    statements: tuple[Expression, ...]
    calls: tuple[CallSite, ...]
    throws: tuple[Throw, ...]
    sql: tuple[SqlText, ...]
    idle_lines: frozenset[int]
    """Lines that hold nothing but white space and comments."""
    locals: Mapping[str, tuple[Local, ...]]
    """What functions of the file bind: parameters, and constants, functions and classes; inner ones come last."""
    branches: tuple[tuple[int, int], ...]
    """Offsets of conditions and loops: what lies within runs sometimes, or more than once."""
    functions: tuple[Function, ...]
    """Every function, by where it begins: outer ones before those in them."""

    def calls_in(self, function: Function) -> tuple[CallSite, ...]:
        """The calls inside a function of this file, those of functions within it included."""
        return tuple(site for site in self.calls if function.start <= site.start < function.end)

    def throws_in(self, function: Function) -> tuple[Throw, ...]:
        """The throws inside a function of this file."""
        return tuple(each for each in self.throws if function.start <= each.start < function.end)

    def lines_of(self, function: Function, *, idle: bool) -> int:
        """How many lines a function of this file spans, with or without the idle ones."""
        lines = range(function.line, function.end_line + 1)
        return len(lines) if idle else sum(line not in self.idle_lines for line in lines)

    def imported(self, name: str) -> tuple[Import, str] | None:
        """The import that binds a local name, and the name it has over there."""
        for each in self.imports:
            if name in each.names and each.kind != "re-export":
                return each, each.names[name]
        return None

    def local(self, name: str, at: int) -> Local | None:
        """What a name means at an offset, if a function around it binds it; the innermost one counts."""
        named = self.locals.get(name, ())
        begun = bisect_right(named, at, key=lambda each: each.start)
        around = (each for each in reversed(named[:begun]) if at < each.end)
        inner, other = next(around, None), next(around, None)
        if inner is None or other is None or (inner.start, inner.end) != (other.start, other.end):
            return inner
        return Local(name, None, inner.start, inner.end)

    def function_at(self, at: int) -> Function | None:
        """The innermost function around an offset; None at the top level."""
        begun = bisect_right(self.functions, at, key=lambda each: each.start)
        return next((each for each in reversed(self.functions[:begun]) if at < each.end), None)

    def is_conditional(self, start: int, end: int, around: int = 0) -> bool:
        """Whether a span lies in a condition or loop that begins at or after ``around``."""
        return any(around <= first <= start and end <= last for first, last in self.branches)
