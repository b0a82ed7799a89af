"""One table while migrations are still changing it."""

from __future__ import annotations

from dataclasses import field, replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.changes import ColumnAltered, KeyAdded, Named, Place
from prr_pipeline.repository.database.tables import Column, Gap, Index, TableKey


@dataclass(slots=True)
class Building:
    """A table that migrations are still changing. ``parents`` give it columns of theirs."""

    named: Named
    at: Place
    columns: dict[str, Column] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unique: list[Index] = field(default_factory=list)
    primary: Index | None = None
    parents: list[TableKey] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def drop_column(self, name: str) -> None:
        """The keys that it is part of go with it."""
        self.columns.pop(name, None)
        self.indexes = [each for each in self.indexes if name not in each.columns]
        self.unique = [each for each in self.unique if name not in each.columns]
        if self.primary is not None and name in self.primary.columns:
            self.primary = None

    def rename_column(self, name: str, to: str) -> None:
        """Its keys keep it."""

        def renamed(key: Index) -> Index:
            return replace(key, columns=tuple(to if each == name else each for each in key.columns))

        column = self.columns.get(name)
        if column is None:
            return
        same = replace(column, name=to, property=to)
        each_of = ((to, same) if each is column else (key, each) for key, each in self.columns.items())
        self.columns = dict(each_of)
        self.indexes, self.unique = [*map(renamed, self.indexes)], [*map(renamed, self.unique)]
        self.primary = renamed(self.primary) if self.primary else None

    def alter_column(self, change: ColumnAltered) -> None:
        """What the change leaves open stays as it was."""
        column = self.columns.get(change.column)
        if column is not None:
            self.columns[change.column] = replace(
                column,
                nullable=column.nullable if change.nullable is None else change.nullable,
                has_default=column.has_default if change.has_default is None else change.has_default,
                type=column.type if change.type is None else change.type,
            )

    def add_key(self, change: KeyAdded) -> None:
        """A key that takes over an index has that index's columns."""
        taken = next((each for each in self.indexes if change.index is not None and each.name == change.index), None)
        key = replace(change.key, columns=taken.columns) if taken is not None else change.key
        if change.primary:
            self.primary = key
        else:
            self.unique.append(key)

    def drop_key(self, name: str) -> None:
        """A key without a name of its own goes by the one that Postgres gives it."""
        table = self.named.name
        self.unique = [each for each in self.unique if name != (each.name or f"{table}_{'_'.join(each.columns)}_key")]
        if self.primary is not None and name == (self.primary.name or f"{table}_pkey"):
            self.primary = None

    def rename_key(self, name: str, to: str) -> None:
        """An index or a unique key."""
        for keys in (self.indexes, self.unique):
            keys[:] = [replace(each, name=to) if each.name == name else each for each in keys]
