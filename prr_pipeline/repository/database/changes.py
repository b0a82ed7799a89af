"""What the statements of a migration do to tables, as plain data in the order in which they run."""

from __future__ import annotations

from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.tables import DEFAULT_SCHEMA, Column, Index, TableKey


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change stands; ``first`` and ``last`` are the lines of its whole statement, from 1.

    ``inner``: within a block of code, where tools that lint statements do not look.
    """

    path: str
    line: int
    first: int
    last: int
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A table's or index's name as a statement writes it; ``schema`` is None where neither it nor a path says so."""

    schema: str | None
    name: str

    @property
    def key(self) -> TableKey:
        return (self.schema or DEFAULT_SCHEMA, self.name)


@dataclass(frozen=True, slots=True)
class Like:
    """``LIKE source``: its columns; ``keys``: its keys and indexes too; ``defaults``: its defaults."""

    source: Named
    keys: bool
    defaults: bool


@dataclass(frozen=True, slots=True)
class TableCreated:
    """``parents``: tables whose columns it has as well. ``opaque``: why its columns are not known."""

    table: Named
    columns: tuple[Column, ...]
    unique_keys: tuple[Index, ...]
    primary_key: Index | None
    parents: tuple[Named, ...]
    likes: tuple[Like, ...]
    at: Place
    opaque: str = ""


@dataclass(frozen=True, slots=True)
class TableDropped:
    """A table goes, with all that hangs on it."""

    table: Named
    at: Place


@dataclass(frozen=True, slots=True)
class SchemaDropped:
    """A schema goes, with every table in it."""

    schema: str
    at: Place


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """To another name or another schema."""

    table: Named
    to: Named
    at: Place


@dataclass(frozen=True, slots=True)
class ColumnAdded:
    """A column of a table that is there, with the keys that it makes on its own."""

    table: Named
    column: Column
    unique: Index | None
    primary_key: Index | None
    at: Place


@dataclass(frozen=True, slots=True)
class ColumnDropped:
    """A column goes, with the keys that it is part of."""

    table: Named
    column: str
    at: Place


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """A column gets another name; its keys keep it."""

    table: Named
    column: str
    to: str
    at: Place


@dataclass(frozen=True, slots=True)
class ColumnAltered:
    """What is None stays as it was."""

    table: Named
    column: str
    at: Place
    nullable: bool | None = None
    has_default: bool | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """A unique or primary key. ``index``: the name of the index that it takes over instead of columns."""

    table: Named
    key: Index
    primary: bool
    at: Place
    index: str | None = None


@dataclass(frozen=True, slots=True)
class ConstraintAdded:
    """A foreign key or a check. ``validated``: rows that are there already are held to it at once."""

    table: Named
    foreign: bool
    validated: bool
    at: Place


@dataclass(frozen=True, slots=True)
class TableTouched:
    """Any other change of a table, which leaves columns and keys as they are."""

    table: Named
    at: Place


@dataclass(frozen=True, slots=True)
class KeyDropped:
    """A constraint, of whatever kind, by name."""

    table: Named
    name: str
    at: Place


@dataclass(frozen=True, slots=True)
class IndexAdded:
    """An index of a table that is there."""

    table: Named
    index: Index
    at: Place


@dataclass(frozen=True, slots=True)
class IndexDropped:
    """An index goes; the statement names no table."""

    index: Named
    at: Place


@dataclass(frozen=True, slots=True)
class IndexRenamed:
    """An index or constraint; ``table`` is None where the statement names the index alone."""

    table: Named | None
    index: Named
    to: str
    at: Place


@dataclass(frozen=True, slots=True)
class Opaque:
    """A statement that may do anything to tables; ``what`` is a part of a sentence."""

    what: str
    at: Place


class EffectRule(StrEnum):
    """What a statement may not do beside shaping tables, called as the catalogue's rules call it."""

    TAKES = "takes-away"
    OVERWRITES = "overwrites-data"
    LOCKS = "locks-explicitly"
    REWRITES = "rewrites-under-lock"
    WRITES_ALL = "writes-every-row"
    UNLISTED = "unlisted-statement"
    NARROWS = "narrows-writes"


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a statement does beside shaping tables. ``what`` names it; ``table`` is None where it has none."""

    rule: EffectRule
    what: str
    table: Named | None
    at: Place
    column: str | None = None


Change = (
    TableCreated
    | TableDropped
    | SchemaDropped
    | TableRenamed
    | ColumnAdded
    | ColumnDropped
    | ColumnRenamed
    | ColumnAltered
    | KeyAdded
    | ConstraintAdded
    | TableTouched
    | KeyDropped
    | IndexAdded
    | IndexDropped
    | IndexRenamed
    | Opaque
    | Effect
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration file: its changes in order. ``blob_id`` tells one content from another."""

    path: str
    blob_id: str
    changes: tuple[Change, ...]
