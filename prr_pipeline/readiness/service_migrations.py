"""The migrations of a service since its last release: which are new, and the tables that the release left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.migration_facts import LintedMigration, MigrationAbsent
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.database.changes import Change, ColumnAdded, Migration, TableCreated
from prr_pipeline.repository.database.fold import Fold, in_order
from prr_pipeline.repository.database.migrations import read_migration
from prr_pipeline.repository.database.tables import TableKey, Tables
from prr_pipeline.repository.tree import Blob, Snapshot
from prr_pipeline.subjects import Subject


@dataclass(frozen=True, slots=True)
class SinceRelease:
    """``released`` and ``new`` in the order in which they run; ``before``: the tables that the release left.

    ``changed`` are migrations that were released and have another content, or are gone, now. ``base`` is None where
    nothing was released before.
    """

    base: BaseFact | None
    released: tuple[Migration, ...]
    new: tuple[Migration, ...]
    changed: tuple[str, ...]
    before: Tables

    @property
    def name(self) -> str:
        """How sentences call the base."""
        return self.base.name if self.base is not None else "nothing released"

    @property
    def places(self) -> list[Location]:
        """The newest migrations, new ones or not: what was looked at."""
        return [Location(each.path) for each in (self.new or self.released)[-3:]]

    def created(self, key: TableKey) -> bool:
        """Whether a new migration creates that table, so that nothing holds rows in it or asks it yet."""
        made = (change for each in self.new for change in each.changes if isinstance(change, TableCreated))
        return self.before.table(key) is None and any(change.table.key == key for change in made)

    def widened(self, key: TableKey, column: str) -> Change | None:
        """The column that a later released migration than the one of this column added to the same table."""
        seen = False
        for migration in self.released:
            found = [each for each in migration.changes if _is_of(each, key)]
            if seen:
                for each in found:
                    if isinstance(each, ColumnAdded) and each.column.name != column:
                        return each
            seen = seen or any(_brings(each, column) for each in found)
        return None


def since_release(sources: Sources, facts: Facts, subject: Subject, template: str) -> SinceRelease:
    """Which migrations are new. Raises `NotSeen` without a base, `Unreadable` for one that cannot be parsed."""
    pattern = sources.fill(template, subject)
    base = _base(facts)
    key = f"{pattern}@{base.commit if base is not None else ''}"
    return sources.once("migrations since the release", key, lambda: _since(sources, base, pattern))


def _since(sources: Sources, base: BaseFact | None, pattern: str) -> SinceRelease:
    here = [sources.blob(path) for path in sources.paths(pattern)]
    there = _blobs(base.snapshot, pattern) if base is not None else []
    known, now = ({blob.path: blob.id for blob in blobs} for blobs in (there, here))
    came = {id_ for path, id_ in now.items() if path not in known}
    moved = came & {id_ for path, id_ in known.items() if path not in now}
    new = [blob for blob in here if blob.path not in known and blob.id not in moved]
    changed = sorted(path for path, id_ in known.items() if now.get(path, id_ if id_ in moved else "") != id_)
    released = _read(there)
    fold = Fold()
    for migration in released:
        fold.add(migration)
    return SinceRelease(base, released, _read(new), tuple(changed), fold.tables())


def linted(facts: Facts, migration: Migration) -> LintedMigration:
    """What the linter says of a migration. Raises `NotSeen` where nobody knows."""
    lint = facts.migrations
    if isinstance(lint, MigrationAbsent):
        raise NotSeen(lint.reason, lint.message)
    found = lint.files.get(migration.blob_id) if lint is not None else None
    if found is None:
        message = f"Nobody linted {migration.path}; judge with `prr check`, or with the settings of a deployment."
        raise NotSeen(Reason.NO_EVIDENCE, message, [Location(migration.path)])
    if isinstance(found, MigrationAbsent):
        raise NotSeen(found.reason, f"{migration.path}: {found.message}", [Location(migration.path)])
    return found


def _base(facts: Facts) -> BaseFact | None:
    """The base; None where this is provably the first release."""
    if isinstance(facts.base, BaseFact):
        return facts.base
    if isinstance(facts.base, BaseAbsent):
        if facts.base.reason is None:
            return None
        raise NotSeen(Reason.NO_BASELINE, facts.base.message)
    message = "Nobody knows which migrations are new; name what was released last with --base, or tag the releases."
    raise NotSeen(Reason.NO_BASELINE, message)


def _blobs(snapshot: Snapshot, pattern: str) -> list[Blob]:
    return [snapshot.read(path) for path in snapshot.paths(pattern)]


def _read(blobs: Sequence[Blob]) -> tuple[Migration, ...]:
    by_path = {blob.path: blob for blob in blobs}
    return tuple(read_migration(by_path[path]) for path in in_order(by_path))


def _is_of(change: Change, key: TableKey) -> bool:
    table = getattr(change, "table", None)
    return table is not None and table.key == key


def _brings(change: Change, column: str) -> bool:
    if isinstance(change, ColumnAdded):
        return change.column.name == column
    return isinstance(change, TableCreated) and any(each.name == column for each in change.columns)


def file_names(migrations: Iterable[Migration]) -> list[str]:
    """What sentences call migrations: the last part of their paths, with the folder where that says no more."""
    return ["/".join(each.path.rsplit("/", 2)[-2:]) for each in migrations]
