"""What a change of a table demands of rows that are written from then on, by code that knows nothing of it yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pglast import ast
from pglast.enums import AlterTableType, ConstrType

from prr_pipeline.repository.database.changes import EffectRule
from prr_pipeline.repository.database.sql_columns import SERIAL, strings, type_text
from prr_pipeline.repository.database.sql_writes import Found, nodes_of

_ALWAYS = "a"
_REFUSING = (ast.NullTest, ast.FuncCall, ast.CoalesceExpr, ast.BooleanTest, ast.SubLink)
"""Parts of a condition that can refuse a row whose columns are empty; a plain comparison with NULL refuses none."""


def bounds_of(command: Any, relation: Any) -> Iterator[Found]:
    """What one step of ALTER TABLE demands of rows; keys are told by their own changes.

    A bound with a column does not bind code that leaves that one out, as it must while the column is new.
    """
    kind, definition, name = command.subtype, command.def_, str(command.name)
    if kind == AlterTableType.AT_ColumnDefault and definition is None:
        yield Found(EffectRule.NARROWS, f"DROP DEFAULT of {name}", relation, name)
    elif kind == AlterTableType.AT_DropIdentity:
        yield Found(EffectRule.NARROWS, f"DROP IDENTITY of {name}", relation, name)
    elif kind == AlterTableType.AT_AddIdentity and getattr(definition, "generated_when", "") == _ALWAYS:
        yield Found(EffectRule.NARROWS, f"ADD GENERATED ALWAYS to {name}", relation, name)
    elif kind == AlterTableType.AT_AddConstraint and isinstance(definition, ast.Constraint):
        yield from _constraint(definition, relation)


def rewrites_of(command: Any, relation: Any) -> Iterator[Found]:
    """A column that each row there is must be given a number for, so that the table is written anew."""
    column = command.def_
    if command.subtype != AlterTableType.AT_AddColumn or not isinstance(column, ast.ColumnDef):
        return
    kinds = [each.contype for each in column.constraints or () if isinstance(each, ast.Constraint)]
    kind = type_text(column.typeName).lower()
    if kind in SERIAL or ConstrType.CONSTR_IDENTITY in kinds:
        words = kind if kind in SERIAL else "GENERATED AS IDENTITY"
        yield Found(EffectRule.REWRITES, f"ADD COLUMN {column.colname} {words}", relation)


def _constraint(constraint: ast.Constraint, relation: Any) -> Iterator[Found]:
    words = f"the constraint {constraint.conname}" if constraint.conname else "a new constraint"
    if constraint.contype == ConstrType.CONSTR_FOREIGN:
        yield Found(EffectRule.NARROWS, words, relation, next(iter(strings(constraint.fk_attrs)), None))
    elif constraint.contype == ConstrType.CONSTR_EXCLUSION:
        yield Found(EffectRule.NARROWS, words, relation)
    elif constraint.contype == ConstrType.CONSTR_CHECK:
        nodes = list(nodes_of(constraint.raw_expr))
        named = [field for each in nodes if isinstance(each, ast.ColumnRef) for field in strings(each.fields)[-1:]]
        if not named or any(isinstance(each, _REFUSING) for each in nodes):
            yield Found(EffectRule.NARROWS, words, relation)
        else:
            yield from (Found(EffectRule.NARROWS, words, relation, each) for each in dict.fromkeys(named))
