"""The tables of a service: as its schema declares them, and as its migrations make them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.database.drizzle import read_drizzle
from prr_pipeline.repository.database.drizzle_columns import Casing
from prr_pipeline.repository.database.fold import Fold, in_order
from prr_pipeline.repository.database.migrations import read_migration
from prr_pipeline.repository.database.prisma import read_prisma
from prr_pipeline.repository.database.tables import Gap, Tables
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Record, Text
from prr_pipeline.subjects import Subject

_PRISMA = ".prisma"


@dataclass(frozen=True, slots=True)
class ServiceTables:
    """``declared`` is None without a schema file, ``migrated`` None without a migration."""

    declared: Tables | None
    migrated: Tables | None
    schema_files: tuple[str, ...]
    migrations: tuple[str, ...]

    @property
    def places(self) -> list[Location]:
        """The files that were read."""
        return [Location(path) for path in (*self.schema_files, *self.migrations[-1:])]


def tables_of(
    sources: Sources, subject: Subject, schema: str, migrations: str | None = None, config: str | None = None
) -> ServiceTables:
    """The tables of a service. All three are templates of globs; ``config`` is Drizzle's, which may set a casing.

    Raises `Unreadable` for a schema or a migration that cannot be parsed.
    """
    files = sources.paths(sources.fill(schema, subject))
    scripts = in_order(sources.paths(sources.fill(migrations, subject))) if migrations is not None else ()
    casing = _casing(sources, sources.fill(config, subject)) if config is not None else None
    declared = _declared(sources, files, casing) if files else None
    return ServiceTables(declared, _migrated(sources, scripts) if scripts else None, files, scripts)


def _declared(sources: Sources, files: Sequence[str], casing: Casing | None) -> Tables:
    key = "\n".join((*files, casing or ""))
    if all(path.endswith(_PRISMA) for path in files):
        return sources.once("prisma tables", key, lambda: read_prisma([sources.blob(path) for path in files]))
    code = [path for path in files if not path.endswith(_PRISMA)]
    return sources.once("drizzle tables", key, lambda: read_drizzle(sources.code(), code, casing))


def _migrated(sources: Sources, scripts: Sequence[str]) -> Tables:
    def run() -> Tables:
        fold = Fold()
        for path in scripts:
            fold.add(read_migration(sources.blob(path)))
        return fold.tables()

    return sources.once("migrated tables", "\n".join(scripts), run)


def _casing(sources: Sources, path: str) -> Casing | None:
    """What ``export default defineConfig({ casing: ... })`` says."""
    found = sources.code().exported(path, "default") if sources.exists(path) else None
    value = found.expression if isinstance(found, Found) else None
    if isinstance(value, Call) and value.arguments:
        value = value.arguments[0]
    said = value.get("casing") if isinstance(value, Record) else None
    if isinstance(said, Text) and said.value in ("snake_case", "camelCase"):
        return said.value  # type: ignore[return-value]
    return None


def gap_places(gaps: Iterable[Gap]) -> list[Location]:
    """Where something could not be followed, and what."""
    return [Location(gap.path, gap.line, gap.what) for gap in gaps]
