"""Whether steps that take something away come after a release that could do without it: expand, then contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.checks.migrations import changed_after_release, nothing_new
from prr_pipeline.readiness.column_mentions import NamedAt, column_lines, mentions_in, names_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.migration_rules import Breach, breaches, table_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_migrations import SinceRelease, since_release
from prr_pipeline.readiness.service_tables import tables_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.database.changes import Change, EffectRule
from prr_pipeline.repository.database.tables import Column, Table, TableKey, Tables
from prr_pipeline.subjects import Subject

_CONTRACT = "expand_contract"
_REQUIRES = "adding-not-nullable-field"
_WHOLE_TABLE = frozenset(("ban-drop-table", "renaming-table"))
_OF_COLUMN = frozenset(("ban-drop-column", "renaming-column", "changing-column-type", _REQUIRES))


class ColumnIsUnreferenced(Parameters):
    """``rules``: which of squawk's are steps that may be contracts. ``kinds``: what migrations may be at all.

    The rest are templates of globs.
    """

    migrations: str
    rules: list[str]
    schema_files: str
    code: str
    config: str | None = None
    kinds: list[Literal["expand_only", "expand_contract"]] | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Of one step: what is wrong with it, or what cannot be told; neither if it is a sound contract."""

    fault: str | None
    gap: str | None
    places: tuple[Location, ...]
    said: str = ""


@check("column_is_unreferenced", ColumnIsUnreferenced, version=3)
def column_is_unreferenced(
    sources: Sources, facts: Facts, subject: Subject, parameters: ColumnIsUnreferenced
) -> Finding:
    """Each step that takes something away was prepared by a released migration, and no code names what goes.

    A column that becomes required is the other way round: the code of the release declares it as required already.
    """
    since = since_release(sources, facts, subject, parameters.migrations)
    if since.changed:
        return changed_after_release(subject, since)
    if not since.new:
        return nothing_new(subject, since)
    found = breaches(since, facts, parameters.rules)
    new = [[each.path, each.blob_id] for each in since.new]
    if not found.found:
        found.refuse_untold()
        own = digest([subject.name, new, []])
        return not_applicable(f"No new migration of {subject.name} takes anything away.", own, since.places)
    if parameters.kinds is not None and _CONTRACT not in parameters.kinds:
        own = digest([subject.name, new, [each.text for each in found.found]])
        message = f"Migrations may only expand (database.migration_rule), and {subject.name} has {found.found[0].text}."
        return unmet(message, own, [each.place for each in found.found])
    judging = _Judging(sources, subject, parameters, since)
    verdicts = [judging.judge(each) for each in found.found]
    rows = [
        [each.text, verdict.fault is not None, verdict.gap is not None]
        for each, verdict in zip(found.found, verdicts, strict=True)
    ]
    if not any(verdict.fault is not None for verdict in verdicts):
        found.refuse_untold()
    return _joined(subject, found.found, verdicts, digest([subject.name, new, rows]), found.silenced)


def _joined(
    subject: Subject, found: Sequence[Breach], verdicts: Sequence[_Verdict], own: str, silenced: str
) -> Finding:
    places = [place for verdict in verdicts for place in verdict.places]
    steps = [each.place for each in found]
    faults = [verdict.fault for verdict in verdicts if verdict.fault is not None]
    if faults:
        message = f"The contract of {subject.name} comes too early: {listed(faults)}; release the expansion first."
        return unmet(message + silenced, own, [*steps, *places])
    gaps = [verdict.gap for verdict in verdicts if verdict.gap is not None]
    if gaps:
        message = (
            f"Whether running code can do with it cannot be told: {listed(gaps)}; rename what is something else, or "
            "declare it in the schema."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, own, [*steps, *places])
    said = listed([verdict.said for verdict in verdicts])
    return met(f"New migrations of {subject.name} contract what a release prepared: {said}.", own, steps)


class _Judging:
    """One subject's steps against the code that was released and the code that is judged."""

    def __init__(
        self, sources: Sources, subject: Subject, parameters: ColumnIsUnreferenced, since: SinceRelease
    ) -> None:
        self._subject = subject
        self._parameters = parameters
        self._since = since
        self._head = sources
        self._released = Sources(since.base.snapshot, sources.profile) if since.base is not None else sources

    def judge(self, breach: Breach) -> _Verdict:
        """Every change of the step must hold; the first that does not decides."""
        verdicts = [self._change(breach, each) for each in breach.changes] or [self._unsplit(breach)]
        faulty = [each for each in verdicts if each.fault is not None]
        return (faulty or [each for each in verdicts if each.gap is not None] or verdicts)[0]

    def _unsplit(self, breach: Breach) -> _Verdict:
        if breach.rule == EffectRule.NARROWS:
            return _Verdict(f"{breach.text}: {breach.message}", None, ())
        return _Verdict(f"{breach.text} is a step that no release can prepare", None, ())

    def _change(self, breach: Breach, change: Change) -> _Verdict:
        key, column = table_of(change), getattr(change, "column", None)
        if key is None or (breach.rule not in _WHOLE_TABLE and not isinstance(column, str)):
            return self._unsplit(breach)
        table = self._since.before.table(key)
        if table is None:
            return _Verdict(f"{breach.text}: {key[1]} is no table that {self._since.name} left", None, ())
        if breach.rule in _WHOLE_TABLE:
            return self._gone(breach, key, table, None)
        was = table.column(str(column))
        if breach.rule not in _OF_COLUMN or was is None:
            return _Verdict(f"{breach.text}: {table.name}.{column} is no column that was released", None, ())
        if breach.rule == _REQUIRES:
            return self._required(breach, key, table, was)
        if not (was.nullable or was.has_default) and self._since.widened(key, was.name) is None:
            reason = f"{table.name}.{was.name} is required and no released migration added what replaces it"
            return _Verdict(f"{breach.text}: {reason}", None, ())
        return self._gone(breach, key, table, was)

    def _gone(self, breach: Breach, key: TableKey, table: Table, column: Column | None) -> _Verdict:
        """Neither the released code nor the one that is judged names it; the released one may still declare it."""
        what = f"{table.name}.{column.name}" if column is not None else table.name
        released, judged = self._named(key, column, released=True), self._named(key, column, released=False)
        for named, whose in ((judged, "the code"), (released, f"the code of {self._since.name}")):
            if named.sure:
                place = named.sure[0]
                fault = f"{breach.text}: {whose} still names {what} at {place.path}:{place.line}"
                return _Verdict(fault, None, named.sure)
        maybe = (*judged.maybe, *released.maybe)
        if maybe:
            return _Verdict(None, f"{maybe[0].path}:{maybe[0].line} may mean {what}", maybe)
        said = f"{breach.text} ({what}: {judged.files} files that speak of the table do not name it)"
        return _Verdict(None, None, (), said if column is not None else f"{breach.text} ({what}: no code names it)")

    def _required(self, breach: Breach, key: TableKey, table: Table, column: Column) -> _Verdict:
        """Code that runs beside the migration must fill the column already, and never with null: its schema says so."""
        what, whose = f"{table.name}.{column.name}", f"the code of {self._since.name}"
        named = self._named(key, column, released=True)
        declared = self._declared(self._released)
        own = declared.table(key) if declared is not None else None
        said = own.column(column.name) if own is not None else None
        if not (named.sure or named.maybe or column.has_default):
            return _Verdict(f"{breach.text}: {whose} does not fill {what}", None, ())
        if said is None or not said.certain:
            return _Verdict(None, f"{breach.text}: no schema of {whose} tells whether it fills {what} each time", ())
        place = Location(said.path, said.line, said.property)
        if said.nullable:
            fault = f"{breach.text}: {whose} may leave {what} empty, as it declares it so at {said.path}:{said.line}"
            return _Verdict(fault, None, (place,))
        return _Verdict(None, None, (), f"{breach.text} ({whose} declares {what} as required)")

    def _named(self, key: TableKey, column: Column | None, *, released: bool) -> NamedAt:
        sources = self._released if released else self._head
        here, there = self._declared(self._head), self._declared(self._released)
        tables = [each.table(key) if each is not None else None for each in (here, there)]
        names = names_of(key[1], column.name if column is not None else None, tables)
        declared = there if released else here
        own = declared.table(key) if declared is not None else None
        kept = own.column(column.name) if own is not None and column is not None else None
        apart = column_lines(declared, None if released else kept)
        if released and own is not None:
            apart |= {(own.path, own.line)}
        paths = sources.paths(sources.fill(self._parameters.code, self._subject))
        return mentions_in(sources, paths, names, apart)

    def _declared(self, sources: Sources) -> Tables | None:
        return tables_of(sources, self._subject, self._parameters.schema_files, None, self._parameters.config).declared
