"""The packages of a repository as a deploy holds them: their names, and which of them use which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.findings import mapping
from prr_pipeline.readiness.release_facts import DeployFact
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import load_json

_FILE = "package.json"
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


@dataclass(frozen=True, slots=True)
class Package:
    """A package. ``uses`` are the names that it depends on; one without a version is never released."""

    folder: str
    name: str
    uses: frozenset[str]
    has_version: bool

    def is_called(self, name: str) -> bool:
        """Whether a tag's words mean it: by its name, with the scope or without, or by its folder."""
        return name in (self.name, self.name.rpartition("/")[2], self.folder.rpartition("/")[2])


def packages_at(sources: Sources, deploy: DeployFact) -> tuple[Package, ...]:
    """The packages at the deploy's commit; the root, which only holds the others together, where it is the only one.

    Raises `Unreadable` for a description that is none.
    """
    return sources.of("packages of a deploy", deploy, lambda: _packages(deploy))


def only_versions_changed(deploy: DeployFact, path: str, packages: Iterable[Package]) -> bool:
    """Whether a package description differs from the base in nothing but versions that the release itself wrote."""
    if path.rpartition("/")[2] != _FILE or deploy.before is None:
        return False
    if not (deploy.snapshot.exists(path) and deploy.before.exists(path)):
        return False
    own = {one.name for one in packages}
    return _bare(load_json(deploy.snapshot.read(path)), own) == _bare(load_json(deploy.before.read(path)), own)


def _packages(deploy: DeployFact) -> tuple[Package, ...]:
    paths = [path for path in deploy.snapshot.paths(f"**/{_FILE}") if "node_modules/" not in path]
    found = [_package(path, load_json(deploy.snapshot.read(path))) for path in paths]
    inner = tuple(one for one in found if one.folder and one.name)
    return inner or tuple(one for one in found if one.name)


def _package(path: str, data: object) -> Package:
    known = mapping(data)
    name = known.get("name")
    uses = frozenset(name for group in _GROUPS for name in mapping(known.get(group)))
    folder = path.removesuffix(_FILE).rstrip("/")
    return Package(folder, name if isinstance(name, str) else "", uses, isinstance(known.get("version"), str))


def _bare(data: object, own: Set[str]) -> Mapping[str, Any]:
    """A description without its version and those of the repository's own packages."""
    known = {key: value for key, value in mapping(data).items() if key != "version"}
    for group in _GROUPS:
        if group in known:
            known[group] = {**mapping(known[group]), **dict.fromkeys(own & mapping(known[group]).keys())}
    return known
