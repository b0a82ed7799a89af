"""Whether CI ran the new migrations on a database with rows in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.artefacts import current_artefact, read_artefact
from prr_pipeline.readiness.checks.migrations import nothing_new
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.migration_rules import table_of
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_migrations import SinceRelease, file_names, since_release
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.database.changes import Migration
from prr_pipeline.repository.migration_runs import MigrationRun, read_migration_runs
from prr_pipeline.subjects import Subject


class MigrationsRanOnData(Parameters):
    """``artefact``: CI's record of runs. ``rows_min``: how many rows the database held in all, at least."""

    migrations: str
    artefact: str
    rows_min: int


@dataclass(frozen=True, slots=True)
class _Judged:
    migration: Migration
    fault: str | None
    rows: int


@check("migrations_ran_on_data", MigrationsRanOnData)
def migrations_ran_on_data(
    sources: Sources, facts: Facts, subject: Subject, parameters: MigrationsRanOnData
) -> Finding:
    """CI ran each new migration, in this content, on a database with the declared number of rows, and it passed.

    Every table that was released and that it changes must have held rows.
    """
    since = since_release(sources, facts, subject, parameters.migrations)
    if not since.new:
        return nothing_new(subject, since)
    artefact = current_artefact(facts, parameters.artefact)
    runs = read_artefact(sources, artefact, read_migration_runs)
    judged = [_judge(since, each, runs, parameters) for each in since.new]
    own = digest([subject.name, [[each.migration.path, each.migration.blob_id, each.fault] for each in judged]])
    places = [Location(each.migration.path) for each in judged]
    values = {"rows": {each.migration.path: each.rows for each in judged}}
    faults = [f"{name} {each.fault}" for name, each in zip(file_names(since.new), judged, strict=True) if each.fault]
    if faults:
        wrong = [Location(each.migration.path) for each in judged if each.fault]
        message = f"CI has not run every new migration of {subject.name} on data: {listed(faults)}."
        return unmet(f"{message} Run it on {parameters.rows_min:,} rows or more.", own, wrong, **values)
    rows = min(each.rows for each in judged)
    names = listed(file_names(since.new))
    message = f"New migrations of {subject.name} ran on {rows:,} rows or more ({artefact.source}): {names}."
    return met(message, own, places, **values)


def _judge(
    since: SinceRelease, migration: Migration, runs: tuple[MigrationRun, ...], parameters: MigrationsRanOnData
) -> _Judged:
    """The last run of just this content counts; one of an older content proves nothing."""
    of_path = [run for run in runs if run.path == migration.path]
    same = [run for run in of_path if run.blob_id == migration.blob_id]
    if not same:
        return _Judged(migration, "was run in another content" if of_path else "was not run", 0)
    run = same[-1]
    total = sum(run.rows.values())
    return _Judged(migration, _fault(since, migration, run, total, parameters.rows_min), total)


def _fault(since: SinceRelease, migration: Migration, run: MigrationRun, total: int, rows_min: int) -> str | None:
    if not run.passed:
        return "failed"
    if total < rows_min:
        return f"ran on {total:,} rows"
    empty = sorted(name for name, full in _changed_tables(since, migration) if not _rows(run.rows, name, full))
    return f"ran on no row of {listed(empty)}" if empty else None


def _changed_tables(since: SinceRelease, migration: Migration) -> Iterator[tuple[str, str]]:
    """Those that the release left; name, and name with its schema."""
    keys = {table_of(change) for change in migration.changes}
    for key in keys - {None}:
        if key is not None and since.before.table(key) is not None:
            yield key[1], f"{key[0]}.{key[1]}"


def _rows(rows: Mapping[str, int], name: str, full: str) -> int:
    return max(rows.get(name, 0), rows.get(full, 0))
