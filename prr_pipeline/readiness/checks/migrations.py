"""Whether new migrations keep the rules: of steps that running code survives, and of locks that are short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unmet
from prr_pipeline.readiness.hours import minutes_of
from prr_pipeline.readiness.migration_rules import Breach, Breaches, breaches, table_of
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_migrations import SinceRelease, file_names, since_release
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.database.changes import Change, EffectRule
from prr_pipeline.subjects import Subject


class MigrationsPassRules(Parameters):
    """``rules`` are squawk's, and those of what SQL does beside shaping tables.

    ``large_tables``: those whose lock a person must know of, wherever a rule is quiet; ``writes-every-row`` is broken
    on them alone.

    A rule may break where the ``window`` of migrations lies outside ``peak_hours``, both like
    ``Mon-Fri 08:00-20:00`` in UTC; where no peak is declared, at no hour.
    """

    migrations: str
    rules: list[str]
    large_tables: list[str] = field(default_factory=list)
    peak_hours: str | None = None
    window: str | None = None


@check("migrations_pass_rules", MigrationsPassRules, version=3)
def migrations_pass_rules(sources: Sources, facts: Facts, subject: Subject, parameters: MigrationsPassRules) -> Finding:
    """No migration that is new since the last release breaks one of the rules, but on tables that it creates.

    A statement that is not known to be harmless makes the line unknown.
    """
    since = since_release(sources, facts, subject, parameters.migrations)
    if since.changed:
        return changed_after_release(subject, since)
    if not since.new:
        return nothing_new(subject, since)
    found = _of_large(breaches(since, facts, parameters.rules), parameters.large_tables)
    judged = judged_digest(subject, since, found.found)
    large = _large(since, parameters.large_tables)
    values = {"new": [each.path for each in since.new], "large_tables": large}
    if found.found and not _is_outside_peak(parameters):
        return _broken(subject, found, parameters, judged, values)
    found.refuse_untold()
    names = listed(file_names(since.new))
    also = f" They touch the large tables {listed(large)}." if large else ""
    if found.found:
        message = f"New migrations lock tables in {parameters.window}, outside the peak of {parameters.peak_hours}:"
        places = [each.place for each in found.found]
        return met(f"{message} {_texts(found.found)}.{also}", judged, places, **values)
    message = f"New migrations of {subject.name} break none of {len(parameters.rules)} rules: {names}.{also}"
    return met(message, judged, since.places, **values)


def _broken(
    subject: Subject, found: Breaches, parameters: MigrationsPassRules, judged: str, values: dict[str, list[str]]
) -> Finding:
    first = found.found[0]
    message = f"New migrations of {subject.name} break rules: {_texts(found.found)}. {first.message.rstrip('.')}."
    if parameters.peak_hours is not None and parameters.window is None:
        message += " Or declare database.migration_window, outside the peak hours."
    return unmet(message + found.silenced, judged, [each.place for each in found.found], **values)


def _texts(found: Sequence[Breach]) -> str:
    return listed([each.text for each in found])


def _large(since: SinceRelease, large: Sequence[str]) -> list[str]:
    """The declared large tables that new migrations touch."""
    return sorted(_names(change for migration in since.new for change in migration.changes) & set(large))


def _names(changes: Iterable[Change]) -> set[str]:
    keys = {table_of(change) for change in changes}
    return {name for schema, table in filter(None, keys) for name in (table, f"{schema}.{table}")}


def _of_large(found: Breaches, large: Sequence[str]) -> Breaches:
    """Rows of a small table are written in no time."""
    kept = [each for each in found.found if each.rule != EffectRule.WRITES_ALL or _names(each.changes) & set(large)]
    return replace(found, found=tuple(kept))


def _is_outside_peak(parameters: MigrationsPassRules) -> bool:
    if parameters.peak_hours is None or parameters.window is None:
        return False
    window = minutes_of(parameters.window, "database.migration_window")
    return not window & minutes_of(parameters.peak_hours, "database.peak_hours")


def judged_digest(subject: Subject, since: SinceRelease, found: Sequence[Breach]) -> str:
    """The subject's own part: its new migrations, and what they break."""
    new = [[each.path, each.blob_id] for each in since.new]
    return digest([subject.name, new, [[each.migration.path, each.line, each.rule] for each in found]])


def nothing_new(subject: Subject, since: SinceRelease) -> Finding:
    """There is no new migration to judge."""
    message = f"{subject.name} has no migration that is new since {since.name}; {len(since.released)} were there."
    return not_applicable(message, digest([subject.name, []]), since.places)


def changed_after_release(subject: Subject, since: SinceRelease) -> Finding:
    """A migration that ran once is not run again: what is changed in it never comes to pass."""
    message = (
        f"{listed(since.changed)} of {subject.name} changed or went since {since.name}, where it has run already; "
        "restore it and write a new migration."
    )
    places = [Location(path) for path in since.changed]
    return unmet(message, digest([subject.name, list(since.changed)]), places)
