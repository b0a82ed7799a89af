"""Whether every table of a service has a column, such as the one that keeps brands apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_tables import ServiceTables, gap_places, tables_of
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.database.tables import Table, Tables
from prr_pipeline.repository.typescript.resolution import Package
from prr_pipeline.subjects import Subject


class TablesHaveColumn(Parameters):
    """``required``: it refuses NULL. ``leading_index``: an index, unique key or primary key begins with it, of every
    table: which reads filter by the column is told only by running them.

    ``exempt`` maps a table, with its schema or without, to the reason. ``schema``, ``migrations`` and ``config`` (of
    Drizzle) are templates of globs; ``libraries`` are packages of which a service without tables, in ``code``, uses
    none.
    """

    column: str
    schema_files: str
    migrations: str | None = None
    config: str | None = None
    code: str | None = None
    libraries: list[str] | None = None
    exempt: dict[str, str] | None = None
    required: bool = False
    leading_index: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    """One table: what is wrong with it, or what cannot be told of it; both None if it holds."""

    table: Table
    fault: str | None
    gap: str | None
    row: Sequence[object]


@check("tables_have_column", TablesHaveColumn)
def tables_have_column(sources: Sources, _facts: Facts, subject: Subject, parameters: TablesHaveColumn) -> Finding:
    """Every table, in the schema and in the migrations, has the column; where asked for, required and indexed."""
    found = tables_of(sources, subject, parameters.schema_files, parameters.migrations, parameters.config)
    if found.declared is None and found.migrated is None:
        return _without_files(sources, subject, parameters)
    exempt = _exempt(parameters.exempt or {})
    drift = _drift(found)
    judged = [
        each for each in _judge_all(found, parameters) if not ({each.table.name, each.table.full_name} & set(exempt))
    ]
    left_out = sorted({table.full_name for table in _all_tables(found) if {table.name, table.full_name} & set(exempt)})
    # What old migrations did by running code cannot be written out any more; the schema says what is there now.
    gaps = (found.declared or found.migrated or Tables(())).gaps
    own = digest([subject.name, parameters.column, sorted((each.row for each in judged), key=str), left_out, len(gaps)])
    values = {"tables": len(judged), "exempt": left_out, "drift": drift}
    faults = [each for each in judged if each.fault is not None]
    if faults:
        return _unmet(subject, parameters, faults, own, values)
    open_ones = [each for each in judged if each.gap is not None]
    if open_ones or gaps:
        places = [_place(each) for each in open_ones] + gap_places(gaps)
        told = [each.gap or "" for each in open_ones] + [f"{gap.what} ({gap.path}:{gap.line})" for gap in gaps]
        message = f"Not every table of {subject.name} can be told without running code: {listed(told)}; write it out."
        return unknown(Reason.NOT_RESOLVABLE, message, own, places, **values)
    if not judged:
        what = f"each ({len(left_out)}) is exempt" if left_out else "its schema and migrations declare no table"
        return not_applicable(f"{subject.name} has no table to hold to this: {what}.", own, found.places, **values)
    also = f" The schema and the migrations differ: {listed(drift)}." if drift else ""
    message = f"Every table of {subject.name} ({len(judged)}) has {_wanted(parameters)}.{also}"
    return met(message, own, [_place(each) for each in judged], **values)


def _wanted(parameters: TablesHaveColumn) -> str:
    required = ", required" if parameters.required else ""
    return parameters.column + required + (" and leading an index" if parameters.leading_index else "")


def _unmet(
    subject: Subject,
    parameters: TablesHaveColumn,
    faults: Sequence[_Judged],
    own: str,
    values: Mapping[str, object],
) -> Finding:
    told = listed([each.fault or "" for each in faults])
    message = f"Tables of {subject.name} lack {_wanted(parameters)}: {told}; mend each, or exempt it with a reason."
    return unmet(message, own, [_place(each) for each in faults], **values)


def _exempt(given: Mapping[str, str]) -> Mapping[str, str]:
    for table, reason in given.items():
        if not reason.strip():
            raise NotDeclared(f"tenant.exempt_tables exempts {table} without a reason; write one.")
    return given


def _all_tables(found: ServiceTables) -> Iterator[Table]:
    """Every table once: as declared, and those that only migrations know."""
    declared = found.declared.tables if found.declared is not None else ()
    yield from declared
    known = {table.key for table in declared}
    if found.migrated is not None:
        yield from (table for table in found.migrated.tables if table.key not in known)


def _judge_all(found: ServiceTables, parameters: TablesHaveColumn) -> Iterator[_Judged]:
    for table in _all_tables(found):
        there = found.migrated.table(table.key) if found.migrated is not None else None
        yield _judge(table, there if there is not table else None, found.migrated, parameters)


def _judge(table: Table, there: Table | None, migrated: Tables | None, parameters: TablesHaveColumn) -> _Judged:
    """The table as it is declared and, where migrations make it, as they do."""
    fault, gap = _of_one(table, parameters, index=there is None)
    if fault is None and gap is None and there is not None and migrated is not None:
        fault, gap = _of_one(there, parameters, index=True)
        where = f"in the migrations, {there.path}"
        fault = f"{fault} ({where})" if fault is not None and not migrated.gaps else None
        gap = None if migrated.gaps else gap
    column = table.column(parameters.column)
    state = None if column is None else [column.nullable, column.certain]
    row = [table.full_name, state, fault is not None, gap is not None]
    return _Judged(table, fault, gap, row)


def _of_one(table: Table, parameters: TablesHaveColumn, *, index: bool) -> tuple[str | None, str | None]:
    """What is wrong with a table, and what cannot be told of it."""
    name, column = table.full_name, table.column(parameters.column)
    first = table.gaps[0].what if table.gaps else ""
    if column is None:
        wrong = f"{name} has no {parameters.column}"
        return (None, f"{name}: {first}") if first else (wrong, None)
    if not column.certain:
        return None, f"{name}: {first} after {parameters.column}"
    if parameters.required and column.nullable:
        return f"{name} lets {parameters.column} be NULL", None
    if parameters.leading_index and index and table.leading(parameters.column) is None:
        wrong = f"{name} has no index that begins with {parameters.column}"
        return (None, f"{name}: {first}") if first else (wrong, None)
    return None, None


def _place(judged: _Judged) -> Location:
    return Location(judged.table.path, judged.table.line, judged.table.full_name)


def _drift(found: ServiceTables) -> list[str]:
    """Tables that one of the two sources knows alone."""
    if found.declared is None or found.migrated is None:
        return []
    declared = {table.key: table.full_name for table in found.declared.tables}
    migrated = {table.key: table.full_name for table in found.migrated.tables}
    alone = [f"{migrated[key]} is in the migrations alone" for key in sorted(set(migrated) - set(declared))]
    return alone + [f"{declared[key]} is in the schema alone" for key in sorted(set(declared) - set(migrated))]


def _without_files(sources: Sources, subject: Subject, parameters: TablesHaveColumn) -> Finding:
    """No schema and no migration: not applicable only if none of the service's code uses a database library."""
    schema = sources.fill(parameters.schema_files, subject)
    own = digest([subject.name, parameters.column, "no tables"])
    files = sources.paths(sources.fill(parameters.code, subject)) if parameters.code is not None else ()
    libraries = set(parameters.libraries or ())
    if not files or not libraries:
        raise NotSeen(Reason.NO_EVIDENCE, f"{subject.name} has no {schema} and no migration; declare its tables there.")
    for path in files:
        for edge in sources.code().edges(path):
            if isinstance(edge.target, Package) and edge.target.name in libraries:
                message = (
                    f"{subject.name} has no {schema} and yet imports {edge.target.name}; declare its tables there."
                )
                return unknown(Reason.NO_EVIDENCE, message, own, [Location(path, edge.statement.line)])
    message = (
        f"{subject.name} has no database: there is no {schema} and no migration, and none of its {len(files)} files "
        f"imports {listed(sorted(libraries))}."
    )
    return not_applicable(message, own, [Location(path) for path in files[:3]], files=len(files))
