"""Reads SQL migrations: what each statement does to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pglast import ast
from pglast.enums import AlterTableType, ConstrType, ObjectType, TableLikeOption

from prr_pipeline.repository.database.changes import (
    Change,
    ColumnAdded,
    ColumnAltered,
    ColumnDropped,
    ColumnRenamed,
    ConstraintAdded,
    Effect,
    IndexAdded,
    IndexDropped,
    IndexRenamed,
    KeyAdded,
    KeyDropped,
    Like,
    Named,
    Opaque,
    Place,
    SchemaDropped,
    TableCreated,
    TableDropped,
    TableRenamed,
    TableTouched,
)
from prr_pipeline.repository.database.sql_columns import (
    Parts,
    add_column,
    add_constraint,
    index_of,
    named,
    strings,
    type_text,
)
from prr_pipeline.repository.database.sql_effects import effects_of
from prr_pipeline.repository.database.sql_text import Statement, read_statements
from prr_pipeline.repository.tree import Blob

_TEMPORARY = "t"
_TABLES = (ObjectType.OBJECT_TABLE, ObjectType.OBJECT_FOREIGN_TABLE)


def changes_in(blob: Blob) -> tuple[Change, ...]:
    """What a migration does, in order. Raises `Unreadable`."""
    reader = _Reader(blob.path)
    return tuple(change for statement in read_statements(blob) for change in reader.changes(statement))


class _Reader:
    """Reads the statements of one file; what sets the search path counts for those after it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._schema: str | None = None
        self._temporary: set[str] = set()
        self._made: set[str] = set()

    def changes(self, statement: Statement) -> Iterator[Change]:
        """What one statement does to tables; nothing for what does nothing to them."""
        if statement.node is None:
            yield Opaque("code that only running it could tell", self._at(statement))
            return
        read = _KINDS.get(type(statement.node))
        if read is not None:
            yield from read(self, statement, statement.node)
        for each in effects_of(statement.node, self._made):
            table = named(each.relation, self._schema) if each.relation is not None else None
            if table is None or not self._is_temporary(each.relation):
                yield Effect(each.rule, each.what, table, self._at(statement, each.relation), each.column)

    def _at(self, statement: Statement, node: ast.Node | None = None) -> Place:
        return Place(self._path, statement.line(node), statement.first, statement.last, statement.inner)

    def _create(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.relation.relpersistence == _TEMPORARY:
            self._temporary.add(node.relation.relname)
            return
        parts, likes = Parts(), []
        for element in node.tableElts or ():
            line = statement.line(element)
            if isinstance(element, ast.ColumnDef):
                add_column(parts, element, self._path, line)
            elif isinstance(element, ast.Constraint):
                add_constraint(parts, element, self._path, line)
            elif isinstance(element, ast.TableLikeClause):
                likes.append(self._like(element))
        yield TableCreated(
            named(node.relation, self._schema),
            tuple(parts.columns),
            tuple(parts.unique),
            parts.primary,
            tuple(named(each, self._schema) for each in node.inhRelations or ()),
            tuple(likes),
            self._at(statement, node.relation),
            "its columns are those of a type" if node.ofTypename is not None else "",
        )

    def _like(self, element: ast.TableLikeClause) -> Like:
        options = int(element.options or 0)
        keys = bool(options & TableLikeOption.CREATE_TABLE_LIKE_INDEXES)
        defaults = bool(options & TableLikeOption.CREATE_TABLE_LIKE_DEFAULTS)
        return Like(named(element.relation, self._schema), keys, defaults)

    def _create_as(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.objtype == ObjectType.OBJECT_TABLE:
            yield from self._queried(statement, node.into.rel)

    def _select(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.intoClause is not None:
            yield from self._queried(statement, node.intoClause.rel)

    def _queried(self, statement: Statement, relation: Any) -> Iterator[Change]:
        if relation.relpersistence == _TEMPORARY:
            self._temporary.add(relation.relname)
            return
        why = "its columns are those of a query"
        yield TableCreated(named(relation, self._schema), (), (), None, (), (), self._at(statement, relation), why)

    def _create_schema(self, statement: Statement, node: Any) -> Iterator[Change]:
        outer, self._schema = self._schema, node.schemaname
        for element in node.schemaElts or ():
            yield from self.changes(replace(statement, node=element))
        self._schema = outer

    def _set(self, _: Statement, node: Any) -> Iterator[Change]:
        """The first schema of the search path is where unqualified names are created."""
        if node.name == "search_path":
            values = [each.val.sval for each in node.args or () if isinstance(getattr(each, "val", None), ast.String)]
            self._schema = values[0] if values and values[0] != '"$user"' else None
        yield from ()

    def _index(self, statement: Statement, node: Any) -> Iterator[Change]:
        if not self._is_temporary(node.relation):
            line = statement.line(node.relation)
            index = index_of(node, self._path, line)
            yield IndexAdded(named(node.relation, self._schema), index, self._at(statement, node.relation))

    def _drop(self, statement: Statement, node: Any) -> Iterator[Change]:
        at = self._at(statement)
        for each in node.objects or ():
            names = strings(each) if isinstance(each, tuple) else strings((each,))
            thing = Named(names[-2] if len(names) > 1 else self._schema, names[-1]) if names else None
            if thing is None:
                continue
            if node.removeType in _TABLES and (len(names) > 1 or thing.name not in self._temporary):
                yield TableDropped(thing, at)
            elif node.removeType == ObjectType.OBJECT_INDEX:
                yield IndexDropped(thing, at)
            elif node.removeType == ObjectType.OBJECT_SCHEMA:
                yield SchemaDropped(thing.name, at)

    def _rename(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.relation is None or self._is_temporary(node.relation):
            return
        thing, at, to = named(node.relation, self._schema), self._at(statement, node.relation), str(node.newname)
        if node.renameType in _TABLES:
            yield TableRenamed(thing, Named(thing.schema, to), at)
        elif node.renameType == ObjectType.OBJECT_COLUMN and node.relationType in _TABLES:
            yield ColumnRenamed(thing, str(node.subname), to, at)
        elif node.renameType == ObjectType.OBJECT_INDEX:
            yield IndexRenamed(None, thing, to, at)
        elif node.renameType == ObjectType.OBJECT_TABCONSTRAINT:
            yield IndexRenamed(thing, Named(thing.schema, str(node.subname)), to, at)

    def _move(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.objectType in _TABLES and node.relation is not None:
            thing = named(node.relation, self._schema)
            yield TableRenamed(thing, Named(node.newschema, thing.name), self._at(statement, node.relation))

    def _alter(self, statement: Statement, node: Any) -> Iterator[Change]:
        if node.objtype not in _TABLES or self._is_temporary(node.relation):
            return
        table = named(node.relation, self._schema)
        for command in node.cmds or ():
            at = self._at(statement, command.def_ if command.def_ is not None else node.relation)
            yield self._command(table, command, at) or TableTouched(table, at)

    def _command(self, table: Named, command: Any, at: Place) -> Change | None:
        kind, definition, name = command.subtype, command.def_, str(command.name)
        if kind == AlterTableType.AT_AddColumn and isinstance(definition, ast.ColumnDef):
            parts = Parts()
            column = add_column(parts, definition, self._path, at.line)
            return ColumnAdded(table, column, parts.unique[0] if parts.unique else None, parts.primary, at)
        if kind == AlterTableType.AT_DropColumn:
            return ColumnDropped(table, name, at)
        if kind == AlterTableType.AT_AlterColumnType and isinstance(definition, ast.ColumnDef):
            return ColumnAltered(table, name, at, type=type_text(definition.typeName))
        if kind in (AlterTableType.AT_SetNotNull, AlterTableType.AT_DropNotNull):
            return ColumnAltered(table, name, at, nullable=kind == AlterTableType.AT_DropNotNull)
        if kind == AlterTableType.AT_ColumnDefault:
            return ColumnAltered(table, name, at, has_default=definition is not None)
        if kind in (AlterTableType.AT_AddIdentity, AlterTableType.AT_DropIdentity):
            return ColumnAltered(table, name, at, has_default=kind == AlterTableType.AT_AddIdentity)
        if kind == AlterTableType.AT_AddConstraint and isinstance(definition, ast.Constraint):
            return _constrained(table, definition, self._path, at)
        return KeyDropped(table, name, at) if kind == AlterTableType.AT_DropConstraint else None

    def _is_temporary(self, relation: Any) -> bool:
        return relation.schemaname is None and relation.relname in self._temporary


def _constrained(table: Named, constraint: ast.Constraint, path: str, at: Place) -> Change | None:
    parts = Parts()
    add_constraint(parts, constraint, path, at.line)
    key = parts.primary or (parts.unique[0] if parts.unique else None)
    if key is not None:
        return KeyAdded(table, key, constraint.contype == ConstrType.CONSTR_PRIMARY, at, constraint.indexname)
    if constraint.contype in (ConstrType.CONSTR_FOREIGN, ConstrType.CONSTR_CHECK):
        foreign = constraint.contype == ConstrType.CONSTR_FOREIGN
        return ConstraintAdded(table, foreign, not constraint.skip_validation, at)
    return None


def _call(reader: _Reader, statement: Statement, _: Any) -> Iterator[Change]:
    yield Opaque("a call of a procedure", reader._at(statement))


_Read = Callable[[_Reader, Statement, Any], Iterator[Change]]
_KINDS: dict[type[ast.Node], _Read] = {
    ast.CreateStmt: _Reader._create,
    ast.CreateForeignTableStmt: lambda reader, statement, node: reader._create(statement, node.base),
    ast.CreateTableAsStmt: _Reader._create_as,
    ast.SelectStmt: _Reader._select,
    ast.CreateSchemaStmt: _Reader._create_schema,
    ast.VariableSetStmt: _Reader._set,
    ast.IndexStmt: _Reader._index,
    ast.DropStmt: _Reader._drop,
    ast.RenameStmt: _Reader._rename,
    ast.AlterObjectSchemaStmt: _Reader._move,
    ast.AlterTableStmt: _Reader._alter,
    ast.CallStmt: _call,
}
