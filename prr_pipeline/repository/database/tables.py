"""Tables as plain data: the one form in which Prisma, Drizzle and SQL migrations are read."""

from __future__ import annotations

from collections.abc import Collection

from prr_pipeline.deferred_dataclass import dataclass

DEFAULT_SCHEMA = "public"
"""Where Postgres puts a table whose schema is not written."""

TableKey = tuple[str, str]
"""Schema and name: what tells one table from another."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A part that was not resolved; ``what`` is a part of a sentence. ``line`` counts from 1."""

    what: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``name`` is the database's, ``property`` the one that code uses; ``type`` as it is written.

    ``has_default``: the database fills it when a writer leaves it out. ``certain`` is False where something that could
    not be followed stands after it and may replace it.
    """

    name: str
    type: str
    nullable: bool
    has_default: bool
    path: str
    line: int
    property: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Index:
    """An index, a unique key or a primary key. ``columns`` in order; the empty name stands for an expression.

    ``partial``: it covers only the rows that a condition selects.
    """

    columns: tuple[str, ...]
    unique: bool
    path: str
    line: int
    name: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``symbol`` is what code calls it (None in SQL); ``schema`` is None where it is not written.

    ``unique_keys`` are constraints, ``indexes`` may be unique as well; ``gaps`` say which parts of it are not known.
    """

    name: str
    schema: str | None
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    unique_keys: tuple[Index, ...]
    primary_key: Index | None
    path: str
    line: int
    symbol: str | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def key(self) -> TableKey:
        return (self.schema or DEFAULT_SCHEMA, self.name)

    @property
    def full_name(self) -> str:
        """How sentences call it: ``membership.members``, and ``members`` where no schema is written."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column | None:
        """The column of that database name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def keys(self) -> tuple[Index, ...]:
        """Everything that an index stands behind: primary key, unique keys, indexes."""
        return (*((self.primary_key,) if self.primary_key else ()), *self.unique_keys, *self.indexes)

    def leading(self, column: str) -> Index | None:
        """An index that finds rows by this column alone: it comes first, and every row is in it."""
        return next((key for key in self.keys if key.columns[:1] == (column,) and not key.partial), None)

    def unique_over(self, columns: Collection[str]) -> Index | None:
        """What keeps each combination of just these columns, in any order, from standing twice.

        A key over fewer refuses what should pass; one over more lets pass what should be refused.
        """
        wanted = sorted(columns)
        held = (key for key in self.keys if key is self.primary_key or key.unique)
        return next((key for key in held if sorted(key.columns) == wanted and not key.partial), None)


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one source, by name, and what could not be resolved and may hide further ones."""

    tables: tuple[Table, ...]
    gaps: tuple[Gap, ...] = ()

    def table(self, key: TableKey) -> Table | None:
        """The table of that schema and name."""
        return next((table for table in self.tables if table.key == key), None)
