"""Where code names a column of a table: surely, as a member of it or in SQL, or maybe, as a word near it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.database.tables import Column, Table, Tables
from prr_pipeline.repository.typescript.resolution import SUFFIXES

_SNIPPET = 80


@dataclass(frozen=True, slots=True)
class Names:
    """What a table and one of its columns are called, in the database and in code. No columns: the table itself."""

    tables: frozenset[str]
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NamedAt:
    """Places that name it for sure, places where the word may mean it, and how many files speak of the table."""

    sure: tuple[Location, ...]
    maybe: tuple[Location, ...]
    files: int


def names_of(name: str, column: str | None, declared: Iterable[Table | None]) -> Names:
    """The database's names, and those of each schema that declares the table."""
    tables, columns = {name}, {column} if column is not None else set()
    for table in declared:
        found = table.column(column) if table is not None and column is not None else None
        tables |= {table.symbol} if table is not None and table.symbol is not None else set()
        columns |= {found.property} if found is not None else set()
    return Names(frozenset(tables), frozenset(columns))


def mentions_in(sources: Sources, paths: Iterable[str], names: Names, apart: Collection[tuple[str, int]]) -> NamedAt:
    """Every place of these files that names the column, or the table where there is none.

    Only files that name the table are looked into, comments left out; ``apart`` are lines (path, number) that declare
    other columns. Raises `MissingFile` or `Unreadable`.
    """
    sure, maybe, files = list[Location](), list[Location](), 0
    for path in paths:
        if not path.endswith(SUFFIXES):
            continue
        lines = _code_lines(sources, path)
        text = "\n".join(lines)
        if not _word(names.tables).search(text):
            continue
        files += 1
        if not names.columns:
            sure += [_at(path, lines, number) for number in _lines_of(_word(names.tables), text, path, apart)]
            continue
        certain = {*_lines_of(_member(names), text, path, apart), *_in_sql(sources, path, names)}
        sure += [_at(path, lines, number) for number in sorted(certain)]
        others = set(_lines_of(_word(names.columns), text, path, apart)) - certain
        maybe += [_at(path, lines, number) for number in sorted(others)]
    return NamedAt(tuple(sure), tuple(maybe), files)


def column_lines(tables: Tables | None, but: Column | None = None) -> set[tuple[str, int]]:
    """The lines on which a schema declares columns; ``but`` one of them."""
    columns = (column for table in (tables.tables if tables else ()) for column in table.columns)
    return {(each.path, each.line) for each in columns} - ({(but.path, but.line)} if but is not None else set())


def _code_lines(sources: Sources, path: str) -> list[str]:
    """The lines of a file, blank where there is nothing but comments."""
    idle = sources.code().module(path).idle_lines
    lines = sources.blob(path).text().split("\n")
    return ["" if at + 1 in idle else line for at, line in enumerate(lines)]


def _lines_of(pattern: re.Pattern[str], text: str, path: str, apart: Collection[tuple[str, int]]) -> Iterator[int]:
    for found in pattern.finditer(text):
        number = text.count("\n", 0, found.end()) + 1
        if (path, number) not in apart:
            yield number


def _in_sql(sources: Sources, path: str, names: Names) -> Iterator[int]:
    """Strings that read as SQL and name both."""
    table, column = _word(names.tables), _word(names.columns)
    for each in sources.code().module(path).sql:
        if table.search(each.text) and column.search(each.text):
            yield each.line


def _at(path: str, lines: list[str], number: int) -> Location:
    return Location(path, number, lines[number - 1].strip()[:_SNIPPET])


def _word(names: Collection[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$])(?:{_either(names)})(?![\w$])")


def _member(names: Names) -> re.Pattern[str]:
    """``table.column``, also over lines, optional, and in brackets."""
    column = _either(names.columns)
    access = rf"[?!]?\s*\.\s*(?:{column})(?![\w$])|(?:\?\.|!)?\s*\[\s*[\"'`](?:{column})[\"'`]\s*\]"
    return re.compile(rf"(?<![\w$])(?:{_either(names.tables)})\s*(?:{access})")


def _either(names: Collection[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names))
