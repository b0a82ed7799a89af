"""Reads the tables of a Drizzle schema: of its file, and of those that it exports anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.database.drizzle_columns import Casing, Columns, read_columns
from prr_pipeline.repository.database.drizzle_keys import Keys, read_keys
from prr_pipeline.repository.database.drizzle_values import Chain, Term, Values
from prr_pipeline.repository.database.tables import Gap, Table, Tables
from prr_pipeline.repository.typescript.code import Code, Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import SUFFIXES, File
from prr_pipeline.repository.typescript.scopes import Scope

_MAKERS = frozenset(("pgTable", "pgTable.withRLS", "mysqlTable", "sqliteTable"))
_CREATORS = frozenset(("pgTableCreator()", "mysqlTableCreator()", "sqliteTableCreator()"))
_SCHEMAS = frozenset(("pgSchema", "mysqlSchema"))
_FILES = 2_000


def read_drizzle(code: Code, paths: Iterable[str], casing: Casing | None = None) -> Tables:
    """The tables of these files and of what they export anew. ``casing`` is the one Drizzle is configured with.

    Raises `MissingFile` or `Unreadable` for a file that is named; one that is only exported anew becomes a gap.
    """
    reader = _Reader(code, casing)
    for path in paths:
        reader.add(path, code.module(path))
    return Tables(tuple(sorted(reader.tables, key=lambda table: table.key)), tuple(reader.gaps))


class _Reader:
    def __init__(self, code: Code, casing: Casing | None) -> None:
        self.tables: list[Table] = []
        self.gaps: list[Gap] = []
        self._code = code
        self._values = Values(code)
        self._casing = casing
        self._files: set[str] = set()
        self._made: set[tuple[str, int]] = set()
        """Path and line of each call that made a table."""

    def add(self, path: str, module: Module) -> None:
        """The tables that a file defines and exports, then those that are made where nobody can follow."""
        if path in self._files:
            return
        self._files.add(path)
        for name, expression in module.definitions.items():
            self._define(name, Term(Scope(path), expression))
        for name, export in module.exports.items():
            if export.specifier is not None or export.name not in module.definitions:
                self._exported(path, name, export.line)
        for star in module.star_exports:
            self._whole(path, star.specifier or "", star.line)
        self._elsewhere(path, module)

    def _exported(self, path: str, name: str, line: int) -> None:
        found = self._code.exported(path, name)
        if isinstance(found, Found):
            self._define(name, Term(Scope(found.path, found.at), found.expression))
        elif isinstance(found, Lost) and not self._is_type(path, name):
            self.gaps.append(Gap(f"what it exports as {name} could not be followed ({found.why})", path, line))

    def _is_type(self, path: str, name: str) -> bool:
        return self._code.type_of(path, name) is not None

    def _whole(self, path: str, specifier: str, line: int) -> None:
        target = self._code.resolve(path, specifier)
        if not isinstance(target, File) or not target.path.endswith(SUFFIXES) or len(self._files) >= _FILES:
            self.gaps.append(Gap(f"it exports all of {specifier!r}, which is not of the repository", path, line))
            return
        try:
            module = self._code.module(target.path)
        except PrrError as fault:
            self.gaps.append(Gap(str(fault).rstrip("."), path, line))
            return
        self.add(target.path, module)

    def _define(self, symbol: str, term: Term) -> None:
        chain = self._values.chain(term)
        if chain is None:
            return
        schema = self._schema(chain)
        if schema is not None:
            self._table(symbol, chain, *schema)

    def _schema(self, chain: Chain) -> tuple[tuple[Gap, ...], str | None] | None:
        """The schema of a table, with what is not known of it; None for what is no table."""
        call, here = chain.call, chain.base
        if chain.maker in _MAKERS:
            return (), None
        if chain.maker in _CREATORS:
            return (Gap("its name is made by a function", here.path, here.line),), None
        if chain.maker in _SCHEMAS and chain.links and chain.links[0].name == "table":
            name = self._values.text(here.of(call.arguments[0])) if call.arguments else None
            gap = Gap("its schema is computed", here.path, here.line)
            return (() if name is not None else (gap,)), name
        return None

    def _table(self, symbol: str, chain: Chain, gaps: Sequence[Gap], schema: str | None) -> None:
        """``pgTable(name, columns, keys)``, or ``schema.table(name, columns, keys)``."""
        term, arguments = chain.base, chain.call.arguments
        if chain.maker in _SCHEMAS:
            term, arguments = chain.links[0].call, chain.links[0].arguments
        self._made.add((term.path, term.line))
        name = self._values.text(term.of(arguments[0])) if arguments else None
        if name is None or len(arguments) < 2:
            self.gaps.append(Gap(f"the name or columns of the table {symbol} are computed", term.path, term.line))
            return
        columns = read_columns(self._values, term.of(arguments[1]), self._casing)
        keys = read_keys(self._values, term.of(arguments[2]), columns.found) if len(arguments) > 2 else Keys()
        table = _assembled(name, schema, columns, keys, term, symbol, gaps)
        # Exported under two names it is still one; a function that makes tables makes many at one place.
        if not any((each.key, each.path, each.line) == (table.key, table.path, table.line) for each in self.tables):
            self.tables.append(table)

    def _elsewhere(self, path: str, module: Module) -> None:
        """Tables that are made within functions or objects, where no definition leads to them."""
        for site in module.calls:
            term = Term(Scope(path, site.start), site.call)
            if (path, site.line) not in self._made and self._makes(term, site.call.callee, site.call):
                self.gaps.append(Gap("a table is made where only running the code tells its columns", path, site.line))

    def _makes(self, term: Term, callee: Expression, call: Call) -> bool:
        if self._values.maker(term.of(callee)) in _MAKERS:
            return True
        if isinstance(callee, Member) and callee.name == "table":
            chain = self._values.chain(term.of(callee.object))
            return chain is not None and chain.maker in _SCHEMAS
        return False


def _assembled(
    name: str, schema: str | None, columns: Columns, keys: Keys, term: Term, symbol: str, gaps: Sequence[Gap]
) -> Table:
    primary = keys.primary or next(iter(columns.primary.values()), None)
    keyed = set(primary.columns) if primary is not None else set()
    return Table(
        name,
        schema,
        tuple(replace(each, nullable=False) if each.name in keyed else each for each in columns.found.values()),
        tuple(keys.indexes),
        (*columns.unique.values(), *keys.unique),
        primary,
        term.path,
        term.line,
        symbol,
        (*gaps, *columns.gaps, *keys.gaps),
    )
