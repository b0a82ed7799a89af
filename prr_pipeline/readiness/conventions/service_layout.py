"""Where are the services, and which files does each of them have?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.conventions.seen import Seen
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.repository.globs import select

_PARENTS = ("services", "microservices", "apps", "functions", "lambdas", "workers", "cmd")
"""What folders of services are called, the surest first."""
_MARKS = frozenset(
    (
        "Cargo.toml", "Dockerfile", "build.gradle", "build.gradle.kts", "catalog-info.yaml", "go.mod", "main.go",
        "main.py", "package.json", "pom.xml", "pyproject.toml", "requirements.txt", "service.yaml", "service.yml",
    )
)  # fmt: skip
"""A folder that holds one of these can be built or run by itself."""
_DEPLOYED = frozenset(("Dockerfile", "catalog-info.yaml", "main.go", "main.py", "service.yaml", "service.yml"))
"""What says that it is deployed, too: in ``apps`` lie pages and tools beside services."""
_FILES: Mapping[str, Sequence[str]] = {
    "paths.manifest": ("service.yaml", "service.yml", "catalog-info.yaml", "catalog-info.yml"),
    "paths.readme": ("README.md", "README.mdx", "Readme.md", "readme.md"),
    "paths.service_runbook": ("RUNBOOK.md", "RUNBOOK.mdx", "Runbook.md", "runbook.md", "docs/runbook.md"),
    "paths.service_entry": ("src/index.ts", "src/main.ts", "src/server.ts", "index.ts"),
    "paths.db_schema": ("src/db/schema.ts", "db/schema.ts", "prisma/schema.prisma"),
    "paths.db_config": ("drizzle.config.ts",),
    "paths.infra": ("infra.ts", "infra/index.ts"),
    "paths.repositories": ("src/db/*.repository.ts", "src/repositories/*.ts"),
    "paths.service_classes": ("src/services/*.service.ts", "src/services/*.ts"),
    "paths.service_routes": ("src/routes/**/*.routes.ts", "src/routes/**/*.ts"),
    "paths.event_handlers": ("src/events/**/*.ts",),
    "paths.migrations": (
        "drizzle/*.sql", "migrations/*.sql", "db/migrations/*.sql", "db/migrate/*.sql",
        "prisma/migrations/*/migration.sql",
    ),
    "paths.service_tests": ("tests/**/*.test.ts", "test/**/*.test.ts", "__tests__/**/*.test.ts", "src/**/*.test.ts"),
    "paths.service_code": ("src/**/*.ts",),
}  # fmt: skip
"""Keys about one service, and how such files are usually called. Code that no check can read is not looked for."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder that holds the services, and their names. ``ignored``: folders marked as none (``_``, ``.``)."""

    parent: str
    names: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def template(self) -> str:
        return f"{self.parent}/{{service}}"


def service_layout(tree: Tree) -> Layout | None:
    """The folder of services, or None: by its name, and by what lies in the folders below it."""
    best = max(_layouts(tree), key=_rank, default=None)
    return best if best is not None and best.names else None


def service_files(tree: Tree, layout: Layout) -> Iterator[Seen]:
    """The folder of services, then what most of them have, as templates."""
    yield Seen("paths.service", layout.template, f"{layout.parent}/{layout.names[0]}")
    if layout.ignored:
        yield Seen("service.ignored", list(layout.ignored), f"{layout.parent}/{layout.ignored[0]}")
    if "_template" in layout.ignored:
        yield Seen("paths.service_template", f"{layout.parent}/_template", f"{layout.parent}/_template")
    for key, candidates in _FILES.items():
        if (found := common(tree, layout, candidates)) is not None:
            yield Seen(key, f"{layout.template}/{found[0]}", found[1])


def common(tree: Tree, layout: Layout, candidates: Sequence[str]) -> tuple[str, str] | None:
    """The candidate that most services have, and one path that shows it; at a tie the first."""
    best: tuple[int, str, str] | None = None
    for candidate in candidates:
        paths = [path for path in select(f"{layout.parent}/*/{candidate}", tree.paths) if tree.is_file(path)]
        own = [path for path in paths if path[len(layout.parent) + 1 :].partition("/")[0] in layout.names]
        count = len({path[len(layout.parent) + 1 :].partition("/")[0] for path in own})
        if own and (best is None or count > best[0]):
            best = (count, candidate, own[0])
    return None if best is None else best[1:]


def _layouts(tree: Tree) -> Iterator[Layout]:
    parents: dict[str, set[str]] = {}
    marked: dict[str, Counter[str]] = {}
    for path in tree.paths:
        parts = path.split("/")
        for depth in range(len(parts) - 2):
            if parts[depth] in _PARENTS and depth < 3:
                parent = "/".join(parts[: depth + 1])
                parents.setdefault(parent, set()).add(parts[depth + 1])
                marks = _DEPLOYED if parts[depth] == "apps" else _MARKS
                if len(parts) == depth + 3 and parts[-1] in marks:
                    marked.setdefault(parent, Counter())[parts[depth + 1]] += 1
                break
    for parent, children in parents.items():
        aside = {name for name in children if name.startswith(("_", "."))}
        if own := sorted(name for name in marked.get(parent, ()) if name not in aside):
            yield Layout(parent, tuple(own), tuple(sorted(aside)))


def _rank(layout: Layout) -> tuple[int, int, int]:
    sure = len(_PARENTS) - _PARENTS.index(layout.parent.rpartition("/")[2])
    return sure, len(layout.names), -layout.parent.count("/")
