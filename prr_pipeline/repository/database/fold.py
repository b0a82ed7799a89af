"""Folds migrations, in the order in which they run, to the tables that a database has after them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from prr_pipeline.repository.database.building import Building
from prr_pipeline.repository.database.changes import (
    Change,
    ColumnAdded,
    ColumnAltered,
    ColumnDropped,
    ColumnRenamed,
    IndexAdded,
    IndexDropped,
    IndexRenamed,
    KeyAdded,
    KeyDropped,
    Migration,
    Named,
    Opaque,
    Place,
    SchemaDropped,
    TableCreated,
    TableDropped,
    TableRenamed,
)
from prr_pipeline.repository.database.tables import Gap, Table, TableKey, Tables

_DIGITS = re.compile(r"(\d+)")
_DEPTH = 16


def in_order(paths: Iterable[str]) -> tuple[str, ...]:
    """Migrations in the order in which they run: by path, in which numbers count as numbers."""
    return tuple(sorted(paths, key=lambda path: ([_part(part) for part in _DIGITS.split(path)], path)))


def _part(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (-1, text)


class Fold:
    """The tables so far. Give it migrations in their order, then ask for the tables."""

    def __init__(self) -> None:
        self._tables: dict[TableKey, Building] = {}
        self._gaps: list[Gap] = []

    def add(self, migration: Migration) -> None:
        """Run one migration."""
        for change in migration.changes:
            step = _STEPS.get(type(change))
            if step is not None:
                step(self, change)

    def tables(self) -> Tables:
        """The tables as they are now, sorted by schema and name."""
        return Tables(tuple(self._finished(self._tables[key]) for key in sorted(self._tables)), tuple(self._gaps))

    def _finished(self, table: Building) -> Table:
        inherited = self._inherited(table, _DEPTH)
        columns = {**{column.name: column for each in inherited for column in each.columns.values()}, **table.columns}
        gaps = [*table.gaps, *(gap for each in inherited for gap in each.gaps)]
        indexes = [*table.indexes, *(index for each in inherited for index in each.indexes)]
        unique = [*table.unique, *(key for each in inherited for key in each.unique)]
        primary = table.primary or next((each.primary for each in inherited if each.primary), None)
        keyed = set(primary.columns) if primary else set()
        return Table(
            table.named.name,
            table.named.schema,
            tuple(replace(each, nullable=False) if each.name in keyed else each for each in columns.values()),
            tuple(indexes),
            tuple(unique),
            primary,
            table.at.path,
            table.at.line,
            gaps=tuple(gaps),
        )

    def _inherited(self, table: Building, depth: int) -> list[Building]:
        parents = [self._tables[key] for key in table.parents if key in self._tables] if depth else []
        return [each for parent in parents for each in (*self._inherited(parent, depth - 1), parent)]

    def _of(self, named: Named, at: Place) -> Building | None:
        """The table, if a migration created it; else its absence is noted."""
        found = self._tables.get(named.key)
        if found is None:
            self._gaps.append(Gap(f"{named.name} is changed and no migration creates it", at.path, at.line))
        return found

    def _created(self, change: TableCreated) -> None:
        if change.table.key in self._tables:
            return
        table = Building(change.table, change.at, primary=change.primary_key, unique=list(change.unique_keys))
        if change.opaque:
            table.gaps.append(Gap(change.opaque, change.at.path, change.at.line))
        for like in change.likes:
            self._copy(like.source, table, like.keys, like.defaults)
        for parent in change.parents:
            table.parents.append(parent.key)
            if parent.key not in self._tables:
                self._unknown_source(table, parent)
        table.columns.update({column.name: column for column in change.columns})
        self._tables[change.table.key] = table

    def _copy(self, named: Named, table: Building, keys: bool, defaults: bool) -> None:
        source = self._tables.get(named.key)
        if source is None:
            self._unknown_source(table, named)
            return
        whole = self._finished(source)
        table.gaps.extend(whole.gaps)
        for column in whole.columns:
            table.columns[column.name] = replace(column, has_default=column.has_default and defaults)
        if keys:
            table.indexes.extend(replace(each, name=None) for each in whole.indexes)
            table.unique.extend(replace(each, name=None) for each in whole.unique_keys)
            table.primary = table.primary or whole.primary_key

    def _unknown_source(self, table: Building, named: Named) -> None:
        gap = Gap(f"it takes columns of {named.name}, which no migration creates", table.at.path, table.at.line)
        table.gaps.append(gap)

    def _dropped(self, change: TableDropped) -> None:
        self._tables.pop(change.table.key, None)

    def _schema_dropped(self, change: SchemaDropped) -> None:
        for key in [key for key in self._tables if key[0] == change.schema]:
            del self._tables[key]

    def _renamed(self, change: TableRenamed) -> None:
        table = self._of(change.table, change.at)
        if table is None:
            return
        del self._tables[change.table.key]
        table.named = change.to
        self._tables[change.to.key] = table
        for each in self._tables.values():
            each.parents = [change.to.key if key == change.table.key else key for key in each.parents]

    def _column_added(self, change: ColumnAdded) -> None:
        table = self._of(change.table, change.at)
        if table is not None and change.column.name not in table.columns:
            table.columns[change.column.name] = change.column
            table.unique.extend([change.unique] if change.unique else [])
            table.primary = change.primary_key or table.primary

    def _column_dropped(self, change: ColumnDropped) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.drop_column(change.column)

    def _column_renamed(self, change: ColumnRenamed) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.rename_column(change.column, change.to)

    def _column_altered(self, change: ColumnAltered) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.alter_column(change)

    def _key_added(self, change: KeyAdded) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.add_key(change)

    def _key_dropped(self, change: KeyDropped) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.drop_key(change.name)

    def _index_added(self, change: IndexAdded) -> None:
        table = self._of(change.table, change.at)
        if table is not None:
            table.indexes.append(change.index)

    def _index_dropped(self, change: IndexDropped) -> None:
        for table in self._tables.values():
            table.indexes = [each for each in table.indexes if each.name != change.index.name]

    def _index_renamed(self, change: IndexRenamed) -> None:
        for table in self._tables.values():
            if change.table is None or table.named.key == change.table.key:
                table.rename_key(change.index.name, change.to)

    def _opaque(self, change: Opaque) -> None:
        self._gaps.append(Gap(change.what, change.at.path, change.at.line))


_STEPS: Mapping[type[Change], Callable[[Fold, Any], None]] = {
    TableCreated: Fold._created,
    TableDropped: Fold._dropped,
    SchemaDropped: Fold._schema_dropped,
    TableRenamed: Fold._renamed,
    ColumnAdded: Fold._column_added,
    ColumnDropped: Fold._column_dropped,
    ColumnRenamed: Fold._column_renamed,
    ColumnAltered: Fold._column_altered,
    KeyAdded: Fold._key_added,
    KeyDropped: Fold._key_dropped,
    IndexAdded: Fold._index_added,
    IndexDropped: Fold._index_dropped,
    IndexRenamed: Fold._index_renamed,
    Opaque: Fold._opaque,
}
