"""What SQL does beside shaping tables: takes things away, locks, writes rows; an allow-list of all that only adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pglast import ast
from pglast.enums import AlterTableType, ObjectType

from prr_pipeline.repository.database.changes import EffectRule
from prr_pipeline.repository.database.sql_bounds import bounds_of, rewrites_of
from prr_pipeline.repository.database.sql_writes import Found, writes_of

_ONLY_ADD = frozenset(
    """CreateStmt CreateForeignTableStmt CreateSchemaStmt CreateEnumStmt CompositeTypeStmt CreateRangeStmt
    CreateDomainStmt CreateSeqStmt CreateStatsStmt CreateExtensionStmt CreateCastStmt CreateConversionStmt
    CreatePublicationStmt DefineStmt IndexStmt CommentStmt VariableSetStmt VariableShowStmt TransactionStmt
    ConstraintsSetStmt NotifyStmt ListenStmt UnlistenStmt CallStmt""".split()  # noqa: SIM905
)
"""Statements that only add, or that others judge: tables, indexes and calls have changes of their own."""
_TABLES = (ObjectType.OBJECT_TABLE, ObjectType.OBJECT_FOREIGN_TABLE)
_JUDGED_DROPS = (*_TABLES, ObjectType.OBJECT_INDEX, ObjectType.OBJECT_SCHEMA)
_UNTOLD_DROPS = (ObjectType.OBJECT_TRIGGER, ObjectType.OBJECT_RULE, ObjectType.OBJECT_POLICY)
_NAMES_ALONE = (*_UNTOLD_DROPS, ObjectType.OBJECT_INDEX, ObjectType.OBJECT_TABCONSTRAINT)
_SHARE = 5
"""The weakest mode of LOCK TABLE that lets nobody write."""
_PLAIN_STEPS = frozenset(
    f"AT_{name}"
    for name in """AddColumn DropColumn AlterColumnType SetNotNull DropNotNull ColumnDefault AddIdentity DropIdentity
    SetIdentity AddConstraint AlterConstraint ValidateConstraint DropConstraint SetStatistics SetOptions ResetOptions
    SetRelOptions ResetRelOptions SetCompression SetStorage ClusterOn DropCluster ReplicaIdentity""".split()  # noqa: SIM905
)
_REWRITING_STEPS = frozenset(("AT_SetTableSpace", "AT_SetLogged", "AT_SetUnLogged", "AT_SetAccessMethod"))


def effects_of(node: ast.Node, made: set[str]) -> Iterator[Found]:
    """What a statement does that no rule allows without a look. ``made``: names that its file created before it."""
    kind = type(node).__name__
    if kind in _ONLY_ADD:
        return
    read = _READ.get(kind)
    if read is not None:
        yield from read(node, made)
    else:
        yield Found(EffectRule.UNLISTED, _words(kind), None)


def _words(kind: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.removesuffix("Stmt")).upper()


def _writes(node: Any, _: set[str]) -> Iterator[Found]:
    return writes_of(node)


def _copy(node: Any, _: set[str]) -> Iterator[Found]:
    if node.is_program:
        yield Found(EffectRule.UNLISTED, "COPY with a program", None)
    yield from writes_of(node)


def _drop(node: Any, made: set[str]) -> Iterator[Found]:
    if node.removeType in _JUDGED_DROPS or node.removeType == ObjectType.OBJECT_STATISTIC_EXT:
        return
    words = f"DROP {ObjectType(node.removeType).name.removeprefix('OBJECT_')}"
    rule = EffectRule.UNLISTED if node.removeType in _UNTOLD_DROPS else EffectRule.TAKES
    for each in node.objects or ():
        name = f"{words} {_full(each)}"
        if name.removeprefix("DROP ") not in made:
            yield Found(rule, name, None)


def _full(thing: Any) -> str:
    """A name with its schema, however the tree holds it."""
    if isinstance(thing, ast.RangeVar):
        return ".".join(filter(None, (thing.schemaname, thing.relname)))
    for part in ("objname", "names"):
        thing = getattr(thing, part, None) or thing
    parts = thing if isinstance(thing, tuple) else (thing,)
    return ".".join(str(each.sval) for each in parts if isinstance(each, ast.String))


def _rename(node: Any, _: set[str]) -> Iterator[Found]:
    kind = node.renameType
    judged = kind in _TABLES or (kind == ObjectType.OBJECT_COLUMN and node.relationType in _TABLES)
    if not judged and kind not in _NAMES_ALONE:
        name = ObjectType(kind).name.removeprefix("OBJECT_")
        yield Found(EffectRule.TAKES, f"ALTER {name} RENAME", None)


def _move(node: Any, _: set[str]) -> Iterator[Found]:
    if node.objectType not in _TABLES:
        name = ObjectType(node.objectType).name.removeprefix("OBJECT_")
        yield Found(EffectRule.TAKES, f"ALTER {name} SET SCHEMA", None)


def _alter(node: Any, _: set[str]) -> Iterator[Found]:
    for command in node.cmds or ():
        step = AlterTableType(command.subtype).name
        words = f"ALTER {ObjectType(node.objtype).name.removeprefix('OBJECT_')} {_words(step.removeprefix('AT_'))}"
        if step in _REWRITING_STEPS:
            yield Found(EffectRule.REWRITES, words, node.relation)
        elif step.startswith("AT_DetachPartition"):
            yield Found(EffectRule.TAKES, words, node.relation)
        elif step not in _PLAIN_STEPS:
            yield Found(EffectRule.UNLISTED, words, node.relation)
        elif node.objtype not in _TABLES and step in ("AT_DropColumn", "AT_AlterColumnType"):
            yield Found(EffectRule.TAKES, words, None)
        if node.objtype in _TABLES:
            yield from bounds_of(command, node.relation)
            yield from rewrites_of(command, node.relation)


def _has(options: Any, name: str) -> bool:
    found = next((each for each in options or () if each.defname.casefold() == name), None)
    return found is not None and str(getattr(found.arg, "sval", True)).casefold() not in ("false", "off", "0")


def _vacuum(node: Any, _: set[str]) -> Iterator[Found]:
    if node.is_vacuumcmd and _has(node.options, "full"):
        relations = [each.relation for each in node.rels or ()]
        yield from (Found(EffectRule.REWRITES, "VACUUM FULL", each) for each in relations or (None,))


def _reindex(node: Any, _: set[str]) -> Iterator[Found]:
    if not _has(node.params, "concurrently"):
        yield Found(EffectRule.REWRITES, "REINDEX without CONCURRENTLY", None)


def _made(name: Callable[[Any], Any], words: str) -> _Read:
    """A statement that makes something; one that may replace what is there cannot be told."""

    def read(node: Any, made: set[str]) -> Iterator[Found]:
        own = f"{words} {_full(name(node))}"
        if node.replace and own not in made:
            yield Found(EffectRule.UNLISTED, f"CREATE OR REPLACE {own}", None)
        else:
            made.add(own)

    return read


def _rule(node: Any, _: set[str]) -> Iterator[Found]:
    rule = EffectRule.TAKES if node.instead else EffectRule.UNLISTED
    yield Found(rule, "CREATE RULE ... DO INSTEAD" if node.instead else "CREATE RULE", node.relation)


def _grant(node: Any, _: set[str]) -> Iterator[Found]:
    grant: Any = node.action if isinstance(node, ast.AlterDefaultPrivilegesStmt) else node
    if not grant.is_grant:
        yield Found(EffectRule.TAKES, "REVOKE", None)


_Read = Callable[[Any, set[str]], Iterator[Found]]
_READ: dict[str, _Read] = {
    **dict.fromkeys(("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "ExplainStmt"), _writes),
    **dict.fromkeys(("CreateTableAsStmt", "DeclareCursorStmt"), _writes),
    "CopyStmt": _copy,
    "DropStmt": _drop,
    "DropOwnedStmt": lambda *_: iter([Found(EffectRule.TAKES, "DROP OWNED", None)]),
    "TruncateStmt": lambda node, _: (Found(EffectRule.TAKES, "TRUNCATE", each) for each in node.relations),
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _move,
    "AlterTableStmt": _alter,
    "AlterEnumStmt": lambda node, _: iter(
        [Found(EffectRule.TAKES, "ALTER TYPE ... RENAME VALUE", None)][: bool(node.oldVal)]
    ),
    "AlterSeqStmt": lambda node, _: iter(
        [Found(EffectRule.UNLISTED, "ALTER SEQUENCE", None)][
            : any(each.defname != "owned_by" for each in node.options or ())
        ]
    ),
    "VacuumStmt": _vacuum,
    "ClusterStmt": lambda node, _: iter([Found(EffectRule.REWRITES, "CLUSTER", node.relation)]),
    "ReindexStmt": _reindex,
    "RefreshMatViewStmt": lambda node, _: iter([Found(EffectRule.REWRITES, "REFRESH", None)][: not node.concurrent]),
    "LockStmt": lambda node, _: (
        Found(EffectRule.LOCKS, "LOCK TABLE", each) for each in (node.relations or ()) if node.mode >= _SHARE
    ),
    "ViewStmt": _made(lambda node: node.view, "VIEW"),
    "CreateFunctionStmt": _made(lambda node: node.funcname, "FUNCTION"),
    "CreateTrigStmt": lambda node, _: iter([Found(EffectRule.UNLISTED, "CREATE TRIGGER", node.relation)]),
    "CreatePolicyStmt": lambda node, _: iter([Found(EffectRule.UNLISTED, "CREATE POLICY", node.table)]),
    "RuleStmt": _rule,
    "GrantStmt": _grant,
    "GrantRoleStmt": _grant,
    "AlterDefaultPrivilegesStmt": _grant,
}
