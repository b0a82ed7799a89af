"""The context map: which bounded context each package and each operation belongs to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.findings import mapping
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.markup import load


@dataclass(frozen=True, slots=True)
class ContextMap:
    """``packages`` and ``operations`` map names to contexts; ``shared`` packages may be imported by all."""

    path: str
    packages: Mapping[str, str]
    shared: frozenset[str]
    operations: Mapping[str, str]

    def context_of(self, folder: str | None) -> str | None:
        """The context of a package's folder; None for a shared package and for code of no package."""
        return None if folder is None else self.packages.get(posixpath.basename(folder))

    def is_known(self, folder: str) -> bool:
        name = posixpath.basename(folder)
        return name in self.packages or name in self.shared


def context_map(sources: Sources, path: str) -> ContextMap:
    """The map at that path. Raises `NotSeen` where there is none, `Unreadable` for a file of another shape."""
    if not sources.exists(path):
        message = f"There is no context map at {path}; write which context each package belongs to."
        raise NotSeen(Reason.NOT_DECLARED, message, [Location(path)])
    return sources.once("context map", path, lambda: _read(sources, path))


def _read(sources: Sources, path: str) -> ContextMap:
    data = load(sources.blob(path))
    if not isinstance(data, Mapping) or not isinstance(data.get("packages"), Mapping):
        raise Unreadable(f"{path} has no mapping `packages` from package to context.")
    shared = data.get("shared_packages")
    return ContextMap(
        path,
        {str(name): str(context) for name, context in data["packages"].items()},
        frozenset(str(name) for name in (shared if isinstance(shared, list) else ())),
        {str(name): str(context) for name, context in mapping(data.get("operations")).items()},
    )
