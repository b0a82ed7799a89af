"""Which rules a migration breaks: by the linter's word, and by what it does where no linter looks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.migration_facts import Ignoring, RuleFinding
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.service_migrations import SinceRelease, linted
from prr_pipeline.readiness.sources import NotSeen
from prr_pipeline.repository.database.changes import (
    Change,
    ColumnAdded,
    ColumnAltered,
    ColumnDropped,
    ColumnRenamed,
    ConstraintAdded,
    Effect,
    EffectRule,
    IndexAdded,
    IndexDropped,
    KeyAdded,
    Migration,
    Opaque,
    SchemaDropped,
    TableDropped,
    TableRenamed,
)
from prr_pipeline.repository.database.tables import Index, TableKey

_EVERYWHERE = frozenset(("ban-drop-table", "ban-drop-column", "renaming-table", "renaming-column"))
"""Rules that are judged by what a statement does even where the linter is silent."""
_WORDS = {
    EffectRule.TAKES: "{what} takes away what running code, or a rollback, may need",
    EffectRule.LOCKS: "{what} holds its lock until the migration ends",
    EffectRule.REWRITES: "{what} locks the table for as long as it is written anew",
    EffectRule.WRITES_ALL: "{what} holds their locks until the migration ends; write them in batches",
    EffectRule.OVERWRITES: "{what}, which may overwrite what released code wrote; fill only what is empty "
    "(WHERE column IS NULL), or a column that is new.",
    EffectRule.UNLISTED: "{what}, which is no statement that is known to add only; write out what it does with "
    "statements that are (CREATE instead of CREATE OR REPLACE, say).",
    EffectRule.NARROWS: "{what} binds rows that released code writes, which knows nothing of it; bind what is new, or "
    "let a person justify that no released code writes otherwise",
}
"""What is said of each effect; of those in ``_UNTOLD``, that only a person could tell."""
_UNTOLD = (EffectRule.OVERWRITES, EffectRule.UNLISTED)


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a migration breaks, with the changes of its statement to which the rule speaks."""

    rule: str
    message: str
    migration: Migration
    line: int
    changes: tuple[Change, ...]

    @property
    def place(self) -> Location:
        return Location(self.migration.path, self.line, self.rule)

    @property
    def text(self) -> str:
        """Where and what: ``drizzle/0003_x.sql:4 ban-drop-column``."""
        return f"{'/'.join(self.migration.path.rsplit('/', 2)[-2:])}:{self.line} {self.rule}"


@dataclass(frozen=True, slots=True)
class Breaches:
    """What the new migrations break, and the comments in them that asked for silence. ``untold`` may break as well."""

    found: tuple[Breach, ...]
    ignoring: tuple[tuple[str, Ignoring], ...]
    untold: tuple[Breach, ...] = ()

    def refuse_untold(self) -> None:
        """Raises `NotSeen` with the first statement of which nobody can tell what it does."""
        for each in self.untold:
            message = f"{each.migration.path}:{each.line} holds {each.message}"
            raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(each.migration.path, each.line)])

    @property
    def silenced(self) -> str:
        """A sentence about those comments; empty where there are none."""
        if not self.ignoring:
            return ""
        path, first = self.ignoring[0]
        return f" The comment at {path}:{first.line} excuses nothing; file a justification instead."


def breaches(since: SinceRelease, facts: Facts, rules: Collection[str]) -> Breaches:
    """What the new migrations break, but on tables that they create themselves.

    Raises `NotSeen` where the linter was not run.
    """
    found: list[Breach] = []
    ignoring = []
    for migration in since.new:
        said = linted(facts, migration)
        ignoring += [(migration.path, each) for each in said.ignoring]
        told = [_told(migration, each) for each in said.findings if each.rule in rules]
        own = [each for each in _own(migration, rules) if not any(_same(each, other) for other in told)]
        own += [*_effects(since, migration, rules), *_keys(since, migration, rules)]
        found += [each for each in (*told, *own) if not _on_new_tables(since, each)]
    order = {migration.path: at for at, migration in enumerate(since.new)}
    found.sort(key=lambda each: (order[each.migration.path], each.line, each.rule))
    known = tuple(each for each in found if each.rule not in _UNTOLD)
    return Breaches(known, tuple(ignoring), tuple(each for each in found if each.rule in _UNTOLD))


def _effects(since: SinceRelease, migration: Migration, rules: Collection[str]) -> Iterator[Breach]:
    """What is done beside shaping tables. Code that cannot be read breaks every rule, perhaps."""
    for change in migration.changes:
        if isinstance(change, Opaque):
            message = f"{change.what}; write its statements out."
            yield Breach(EffectRule.UNLISTED, message, migration, change.at.line, (change,))
        elif isinstance(change, Effect) and _is_asked(since, change, rules):
            what = f"{change.what} ({change.table.name})" if change.table is not None else change.what
            message = _WORDS[change.rule].format(what=what)
            yield Breach(str(change.rule), message, migration, change.at.line, (change,))


def _keys(since: SinceRelease, migration: Migration, rules: Collection[str]) -> Iterator[Breach]:
    """Keys that refuse rows which released code may write: those over old columns that no key of the release holds."""
    for change in migration.changes if EffectRule.NARROWS in rules else ():
        if isinstance(change, IndexAdded):
            key = change.index if change.index.unique else None
        else:
            key = change.key if isinstance(change, KeyAdded) and change.index is None else None
        if key is not None and not _is_free(since, change, key):
            what = f"the key over {', '.join(key.columns)} ({change.table.name})"  # type: ignore[union-attr]
            message = _WORDS[EffectRule.NARROWS].format(what=what)
            yield Breach(str(EffectRule.NARROWS), message, migration, change.at.line, (change,))


def _is_free(since: SinceRelease, change: Change, key: Index) -> bool:
    """Whether a key lets every row of released code pass: a new column stays empty, or an older key is as strict."""
    table = since.before.table(table_of(change) or ("", ""))
    held = [each for each in table.keys if each.unique or each is table.primary_key] if table is not None else []
    added = [each.column for each in _added(since, change) if each.column.nullable and not each.column.has_default]
    return any(set(each.columns) <= set(key.columns) and not each.partial for each in held) or any(
        each.name in key.columns for each in added
    )


def _added(since: SinceRelease, change: Change) -> list[ColumnAdded]:
    """The columns that new migrations add to the table of a change."""
    key = table_of(change)
    every = (each for migration in since.new for each in migration.changes if isinstance(each, ColumnAdded))
    return [each for each in every if each.table.key == key]


def _is_asked(since: SinceRelease, effect: Effect, rules: Collection[str]) -> bool:
    """What no list knows is asked of every line, whatever its rules."""
    return (effect.rule in rules or effect.rule is EffectRule.UNLISTED) and not _into_new_column(since, effect)


def _into_new_column(since: SinceRelease, effect: Effect) -> bool:
    return effect.column is not None and any(each.column.name == effect.column for each in _added(since, effect))


def _told(migration: Migration, finding: RuleFinding) -> Breach:
    """A finding with the changes of the statements that stand on its lines."""
    near = [each for each in migration.changes if each.at.first <= finding.line <= each.at.last]
    of_rule = [each for each in near if finding.rule in _rules_of(each)]
    return Breach(finding.rule, finding.message, migration, finding.line, tuple(of_rule or near))


def _own(migration: Migration, rules: Collection[str]) -> Iterator[Breach]:
    for change in migration.changes:
        for rule in _rules_of(change):
            if rule in rules and (change.at.inner or rule in _EVERYWHERE):
                yield Breach(rule, "found by what the statement does", migration, change.at.line, (change,))


def _same(own: Breach, told: Breach) -> bool:
    return own.rule == told.rule and own.changes[0] in told.changes


def _on_new_tables(since: SinceRelease, breach: Breach) -> bool:
    keys = [table_of(each) for each in breach.changes]
    return bool(keys) and all(key is not None and since.created(key) for key in keys)


def table_of(change: Change) -> TableKey | None:
    """The table that a change is of; None where it names none."""
    table = getattr(change, "table", None)
    return table.key if table is not None else None


def _rules_of(change: Change) -> tuple[str, ...]:
    rules = _RULES.get(type(change))
    return rules(change) if rules is not None else ()


def _column_added(change: ColumnAdded) -> tuple[str, ...]:
    needs = not change.column.nullable and not change.column.has_default
    unique = ("disallowed-unique-constraint",) if change.unique is not None else ()
    return (*(("adding-required-field",) if needs else ()), *unique)


def _column_altered(change: ColumnAltered) -> tuple[str, ...]:
    required = ("adding-not-nullable-field",) if change.nullable is False else ()
    return (*(("changing-column-type",) if change.type is not None else ()), *required)


def _constraint_added(change: ConstraintAdded) -> tuple[str, ...]:
    foreign = ("adding-foreign-key-constraint",) if change.foreign else ()
    return (*foreign, "constraint-missing-not-valid") if change.validated else ()


_RULES: dict[type[Change], Callable[..., tuple[str, ...]]] = {
    TableDropped: lambda _: ("ban-drop-table",),
    SchemaDropped: lambda _: ("ban-drop-table",),
    TableRenamed: lambda _: ("renaming-table",),
    ColumnDropped: lambda _: ("ban-drop-column",),
    ColumnRenamed: lambda _: ("renaming-column",),
    ColumnAdded: _column_added,
    ColumnAltered: _column_altered,
    KeyAdded: lambda change: ("disallowed-unique-constraint",) if change.index is None else (),
    ConstraintAdded: _constraint_added,
    IndexAdded: lambda _: ("require-concurrent-index-creation",),
    IndexDropped: lambda _: ("require-concurrent-index-deletion",),
}
"""The rules that speak to each change; whether the linter applies them to it is the linter's word."""
