"""Which service packages does an operation's route call?"""

from __future__ import annotations

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.routes import Route
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Closure, Lost
from prr_pipeline.repository.typescript.resolution import File


@dataclass(frozen=True, slots=True)
class Service:
    """One service package: its folder, and the file that the route's side imports."""

    folder: str
    entry: str


def service_folder(sources: Sources, path: str, pattern: str) -> str | None:
    """The folder of the service package that a file lies in; ``pattern`` is a glob of folders."""
    folder = sources.code().package_of(path)
    return folder if folder is not None and matches(pattern, folder) else None


def services_of(sources: Sources, route: Route, pattern: str) -> tuple[Service, ...]:
    """The service packages that the route imports, itself or through code that is in none of them.

    Raises `NotSeen` where an import cannot be followed and no service was found.
    """
    closure = calling_side(sources, route, pattern)
    found = {
        edge.target.path: folder
        for edge in closure.edges
        if isinstance(edge.target, File)
        and edge.statement.kind != "type"
        and (folder := service_folder(sources, edge.target.path, pattern)) is not None
        and service_folder(sources, edge.importer, pattern) is None
    }
    if not found:
        raise _no_service(route, closure.lost, pattern)
    return tuple(Service(folder, entry) for entry, folder in sorted(found.items()))


def calling_side(sources: Sources, route: Route, pattern: str) -> Closure:
    """Everything that the route imports, down to the service packages, whose own imports are left out."""
    return sources.once(
        "calling side",
        f"{route.path}#{pattern}",
        lambda: sources.code().closure(route.path, lambda path: service_folder(sources, path, pattern) is None),
    )


def _no_service(route: Route, lost: tuple[Lost, ...], pattern: str) -> NotSeen:
    if lost:
        place = lost[0]
        where = f"{place.path}:{place.line}"
        return NotSeen(
            Reason.NOT_RESOLVABLE,
            f"The service behind {route.path} was not found: at {where} {place.why}.",
            [route.location],
        )
    return NotSeen(
        Reason.NO_EVIDENCE,
        f"{route.path} imports no package of {pattern}; move the logic into a service package and call that.",
        [route.location],
    )
