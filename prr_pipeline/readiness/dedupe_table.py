"""The table in which a service notes the events that it handled: does its key refuse a second note?"""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.service_tables import ServiceTables


@dataclass(frozen=True, slots=True)
class DedupeTable:
    """The table's names in code, and why it refuses no second row (None: it does); ``is_told``: that is certain."""

    symbols: frozenset[str]
    fault: str | None
    is_told: bool


def dedupe_table(found: ServiceTables, name: str, columns: Sequence[str]) -> DedupeTable:
    """The table in the schema, else in the migrations; as both make it, where both have it."""
    named = [
        (table, bool(tables.gaps))
        for tables in (found.declared, found.migrated)
        if tables is not None
        for table in tables.tables
        if table.name == name
    ]
    if not named:
        return DedupeTable(frozenset(), f"there is no table {name}", True)
    symbols = frozenset(table.symbol or table.name for table, _ in named)
    open_ones = [table for table, _ in named if table.unique_over(columns) is None]
    if not open_ones:
        return DedupeTable(symbols, None, True)
    is_told = not any(has_gaps or table.gaps for table, has_gaps in named if table in open_ones)
    return DedupeTable(
        symbols, f"{open_ones[0].full_name} has no unique key over just {' and '.join(columns)}", is_told
    )
