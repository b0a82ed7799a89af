"""Columns, constraints and indexes of SQL statements, from Postgres' own syntax tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from pglast import ast
from pglast.enums import ConstrType

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.changes import Named
from prr_pipeline.repository.database.tables import Column, Index

_FILLED = (ConstrType.CONSTR_DEFAULT, ConstrType.CONSTR_IDENTITY, ConstrType.CONSTR_GENERATED)
SERIAL = frozenset(("serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"))
_CATALOG = "pg_catalog"


@dataclass(slots=True)
class Parts:
    """What the elements of a table say, collected."""

    columns: list[Column] = field(default_factory=list)
    unique: list[Index] = field(default_factory=list)
    primary: Index | None = None


def strings(nodes: Iterable[ast.Node] | None) -> tuple[str, ...]:
    """The texts of a list of names."""
    return tuple(str(node.sval) for node in nodes or () if isinstance(node, ast.String))


def named(relation: Any, schema: str | None) -> Named:
    """A relation's name; ``schema`` is the one that the search path gives."""
    return Named(relation.schemaname or schema, relation.relname)


def type_text(name: ast.TypeName | None) -> str:
    """A type as Postgres calls it: ``int4``, ``numeric(10,2)``, ``text[]``; empty where none is written."""
    if name is None:
        return ""
    parts = [part for part in strings(name.names) if part != _CATALOG]
    sizes = [str(each.val.ival) for each in name.typmods or () if isinstance(getattr(each, "val", None), ast.Integer)]
    return ".".join(parts) + (f"({','.join(sizes)})" if sizes else "") + "[]" * len(name.arrayBounds or ())


def add_column(parts: Parts, definition: ast.ColumnDef, path: str, line: int) -> Column:
    """Add a column and the keys that its constraints make."""
    name, kind = str(definition.colname), type_text(definition.typeName)
    kinds = [each.contype for each in definition.constraints or () if isinstance(each, ast.Constraint)]
    serial = kind.lower() in SERIAL
    required = {ConstrType.CONSTR_NOTNULL, ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_IDENTITY} & set(kinds)
    filled = serial or any(each in _FILLED for each in kinds) or definition.raw_default is not None
    column = Column(name, kind, not required and not serial, filled, path, line, name)
    parts.columns.append(column)
    for each in definition.constraints or ():
        if isinstance(each, ast.Constraint):
            _add_key(parts, each, (name,), path, line)
    return column


def add_constraint(parts: Parts, constraint: ast.Constraint, path: str, line: int) -> None:
    """Add a key that a table's own constraint makes."""
    _add_key(parts, constraint, strings(constraint.keys), path, line)


def _add_key(parts: Parts, constraint: ast.Constraint, columns: tuple[str, ...], path: str, line: int) -> None:
    key = Index(columns, True, path, line, constraint.conname)
    if constraint.contype == ConstrType.CONSTR_PRIMARY:
        parts.primary = key
    elif constraint.contype == ConstrType.CONSTR_UNIQUE:
        parts.unique.append(key)


def index_of(statement: ast.IndexStmt, path: str, line: int) -> Index:
    """The index that a statement creates; columns that it only carries along are none of its own."""
    columns = tuple(str(each.name) if each.name else "" for each in statement.indexParams or ())
    partial = statement.whereClause is not None
    return Index(columns, bool(statement.unique), path, line, statement.idxname, partial)
