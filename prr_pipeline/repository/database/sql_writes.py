"""What SQL does to rows, and the functions that it calls, wherever in a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pglast import ast
from pglast.enums import NullTestType
from pglast.enums.primnodes import BoolExprType
from pglast.visitors import Visitor

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.changes import EffectRule


@dataclass(frozen=True, slots=True)
class Found:
    """One effect as the tree shows it. ``relation`` is the table's node, or None; ``column``: the one written."""

    rule: EffectRule
    what: str
    relation: Any
    column: str | None = None


_PURE = frozenset(
    """now clock_timestamp statement_timestamp transaction_timestamp timezone date_trunc date_part extract age to_char
    to_date to_timestamp to_number make_date make_timestamp make_timestamptz make_interval gen_random_uuid
    uuid_generate_v4 uuidv7 random nextval setval currval count sum min max avg array_agg string_agg json_agg jsonb_agg
    bool_and bool_or every row_number rank dense_rank first_value last_value lag lead lower upper initcap btrim ltrim
    rtrim trim substring substr left right length char_length replace regexp_replace regexp_match split_part concat
    concat_ws format md5 sha256 encode decode translate position strpos lpad rpad reverse abs ceil floor round trunc
    mod power sqrt unnest generate_series array_length cardinality array_append array_remove array_to_string
    string_to_array to_json to_jsonb row_to_json json_build_object jsonb_build_object jsonb_build_array jsonb_set
    jsonb_object_agg json_object_agg jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_strip_nulls
    set_config current_setting pg_get_serial_sequence to_regclass hashtext version""".split()  # noqa: SIM905
)
"""Functions of Postgres that change no table."""


class _Nodes(Visitor):
    """Every node of a tree."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def visit(self, _: Any, node: Any) -> None:
        """Keep it."""
        self.found.append(node)


def writes_of(node: ast.Node) -> Iterator[Found]:
    """Rows that are written, wherever in the statement, and functions that could do anything."""
    for each in nodes_of(node):
        if isinstance(each, ast.FuncCall):
            names = [part.sval for part in each.funcname or ()]
            if names[-1] not in _PURE or (len(names) > 1 and names[0] != "pg_catalog"):
                yield Found(EffectRule.UNLISTED, f"a call of {'.'.join(names)}", None)
        elif isinstance(each, ast.DeleteStmt):
            yield Found(EffectRule.TAKES, "DELETE", each.relation)
        elif isinstance(each, ast.UpdateStmt):
            blank = set(_blank(each.whereClause))
            for target in each.targetList or ():
                if target.name not in blank:
                    yield Found(EffectRule.OVERWRITES, "UPDATE", each.relation, str(target.name))
        elif isinstance(each, ast.InsertStmt) and each.onConflictClause is not None:
            for target in each.onConflictClause.targetList or ():
                yield Found(EffectRule.OVERWRITES, "ON CONFLICT DO UPDATE", each.relation, str(target.name))
        elif isinstance(each, ast.MergeStmt):
            yield Found(EffectRule.UNLISTED, "MERGE", each.relation)
        if isinstance(each, ast.DeleteStmt | ast.UpdateStmt) and not _limits(each.whereClause):
            words = "UPDATE" if isinstance(each, ast.UpdateStmt) else "DELETE"
            yield Found(EffectRule.WRITES_ALL, f"{words} of every row", each.relation)


def nodes_of(tree: Any) -> Iterator[Any]:
    """Every node of a tree; none of nothing."""
    nodes = _Nodes()
    if tree is not None:
        nodes(tree)
    yield from nodes.found


def _blank(where: Any) -> Iterator[str]:
    """The columns that must be null in each row that is written."""
    if isinstance(where, ast.BoolExpr) and where.boolop == BoolExprType.AND_EXPR:
        for each in where.args or ():
            yield from _blank(each)
    elif isinstance(where, ast.NullTest) and where.nulltesttype == NullTestType.IS_NULL:
        last = (where.arg.fields or (None,))[-1] if isinstance(where.arg, ast.ColumnRef) else None
        if isinstance(last, ast.String):
            yield str(last.sval)


def _limits(where: Any) -> bool:
    """Whether a condition asks for anything: one without a column or a query is true of all rows."""
    return any(isinstance(each, ast.ColumnRef | ast.SubLink | ast.CurrentOfExpr) for each in nodes_of(where))
