"""An option of the TypeScript compiler as a configuration sets it, through what it extends."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.findings import plain
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.tree import is_plain
from prr_pipeline.repository.typescript.resolution import File, Package
from prr_pipeline.repository.typescript.tsconfig import read_jsonc

_EXTENDS_CAP = 8


@dataclass(frozen=True, slots=True)
class Setting:
    """What an option is set to. ``outside``: a package that is not of the repository says it, or leaves it open."""

    value: object = None
    outside: str | None = None

    @property
    def shown(self) -> str:
        """For sentences."""
        if self.outside is not None:
            return f"what {self.outside} says"
        return "not set" if self.value is None else repr(self.value)


def compiler_option(sources: Sources, path: str, option: str, depth: int = 0) -> Setting:
    """The option in a configuration file; spelling in capitals makes no difference to the compiler.

    Raises `MissingFile`, `Unreadable`, or `NotSeen` for a configuration that extends what is not there.
    """
    config = sources.once("jsonc", path, lambda: read_jsonc(sources.blob(path)))
    given = config.get("compilerOptions")
    value = given.get(option) if isinstance(given, Mapping) else None
    if value is not None:
        return Setting(plain(value.casefold() if isinstance(value, str) else value))
    for parent in _parents(config.get("extends")):
        found = _inherited(sources, path, parent, option, depth)
        if found.value is not None or found.outside is not None:
            return found
    return Setting()


def _parents(extends: object) -> Iterator[str]:
    """What a configuration extends, the one that counts most first."""
    listed = extends if isinstance(extends, list) else [extends]
    return (each for each in reversed(listed) if isinstance(each, str))


def _inherited(sources: Sources, path: str, parent: str, option: str, depth: int) -> Setting:
    target = _target(sources, path, parent)
    if target is None:
        return Setting(outside=parent)
    if depth >= _EXTENDS_CAP:
        raise NotSeen(Reason.NOT_RESOLVABLE, f"{path} extends more than {_EXTENDS_CAP} configurations in a row.")
    return compiler_option(sources, target, option, depth + 1)


def _target(sources: Sources, path: str, parent: str) -> str | None:
    """The file that is extended; None for one of a package that is not of the repository."""
    if parent.startswith("."):
        base = posixpath.normpath(posixpath.join(posixpath.dirname(path), parent))
        tried = (base, f"{base}.json", posixpath.join(base, "tsconfig.json"))
        there = [each for each in tried if each.endswith(".json") and is_plain(each) and sources.exists(each)]
    else:
        resolved = [
            sources.code().resolve(path, each) for each in (parent, f"{parent}.json", f"{parent}/tsconfig.json")
        ]
        if isinstance(resolved[0], Package):
            return None
        there = [each.path for each in resolved if isinstance(each, File) and each.path.endswith(".json")]
    if there:
        return there[0]
    message = f"{path} extends {parent}, which is not there; mend the path."
    raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(path)])
