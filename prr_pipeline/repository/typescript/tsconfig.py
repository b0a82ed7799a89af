"""Path aliases of the compiler's settings: ``paths`` and ``baseUrl`` of the nearest tsconfig.json."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, is_plain
from prr_pipeline.repository.typescript.files import Files
from prr_pipeline.repository.typescript.source import parse_expression
from prr_pipeline.repository.typescript.values import Evaluator

_EXTENDS_CAP = 8
_CONFIG_FOLDER = "${configDir}"


@dataclass(frozen=True, slots=True)
class Aliases:
    """``paths`` with targets counted from the repository's root, the best match first; ``base`` is ``baseUrl``."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None

    def targets(self, specifier: str) -> tuple[str, ...] | None:
        """The paths that the first pattern that matches gives; None if none matches."""
        for pattern, targets in self.patterns:
            rest = match(pattern, specifier)
            if rest is not None:
                return tuple(posixpath.normpath(target.replace("*", rest)) for target in targets)
        return None

    def is_alias(self, specifier: str) -> bool:
        """Whether a pattern other than the bare ``*`` matches, so that no package can be meant."""
        return any(pattern != "*" and match(pattern, specifier) is not None for pattern, _ in self.patterns)


@dataclass(frozen=True, slots=True)
class _Options:
    """``paths`` and ``baseUrl`` of a chain of configurations, each with the folder that it counts from."""

    paths: Mapping[str, Any] | None = None
    paths_folder: str = ""
    base: str | None = None

    def over(self, inherited: _Options) -> _Options:
        base = self.base if self.base is not None else inherited.base
        source = self if self.paths is not None else inherited
        return _Options(source.paths, source.paths_folder, base)


class Configurations:
    """The aliases that hold in each folder. ``packages`` says in which folder a workspace package lies."""

    def __init__(self, files: Files, package_folder: Callable[[str], str | None]) -> None:
        self._files = files
        self._package_folder = package_folder

    def of(self, folder: str) -> Aliases:
        """The aliases for files in a folder. Raises `Unreadable` for a configuration that is no JSON, or a link."""
        return self._files.once("tsconfig", folder, lambda: self._nearest(folder))

    def _nearest(self, folder: str) -> Aliases:
        path = posixpath.join(folder, "tsconfig.json")
        if self._files.exists(path):
            return self._aliases(path)
        return self.of(posixpath.dirname(folder)) if folder else Aliases()

    def _aliases(self, path: str) -> Aliases:
        options = self._options(path, posixpath.dirname(path), 0)
        base = options.base if options.base is not None else options.paths_folder
        return Aliases(tuple(_patterns(options.paths or {}, base)), options.base)

    def _options(self, path: str, own_folder: str, depth: int) -> _Options:
        """What a configuration says over what it extends; of several that it extends the last one counts."""
        config, folder = read_jsonc(self._files.blob(path)), posixpath.dirname(path)
        given = config.get("compilerOptions")
        given = given if isinstance(given, Mapping) else {}
        paths, base = given.get("paths"), given.get("baseUrl")
        found = _Options(
            _here(paths, own_folder) if isinstance(paths, Mapping) else None,
            folder,
            posixpath.normpath(posixpath.join(folder, _filled(base, own_folder))) if isinstance(base, str) else None,
        )
        extends = config.get("extends")
        for parent in reversed(extends if isinstance(extends, list) else [extends]):
            target = self._extended(folder, parent) if isinstance(parent, str) else None
            if target is not None and depth < _EXTENDS_CAP:
                found = found.over(self._options(target, own_folder, depth + 1))
        return found

    def _extended(self, folder: str, name: str) -> str | None:
        if name.startswith("."):
            base = posixpath.normpath(posixpath.join(folder, name))
        else:
            parts = name.split("/")
            package = "/".join(parts[: 2 if name.startswith("@") else 1])
            lies_in = self._package_folder(package)
            if lies_in is None:
                return None
            base = posixpath.join(lies_in, name[len(package) + 1 :])
        tried = (base, f"{base}.json", posixpath.join(base, "tsconfig.json"))
        named = (path for path in tried if path.endswith(".json") and is_plain(path))
        return next((path for path in named if self._files.exists(path)), None)


def read_jsonc(blob: Blob) -> Mapping[str, Any]:
    """A JSON file that may hold comments and trailing commas. Raises `Unreadable`."""
    value = Evaluator(blob.path, {}).value(parse_expression(blob), "")
    if not isinstance(value, Mapping):
        raise Unreadable(f"{blob.path} holds no object.")
    return value


def match(pattern: str, specifier: str) -> str | None:
    """What the ``*`` of a pattern stands for; None where it does not match."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if specifier == pattern else None
    if len(specifier) < len(head) + len(tail) or not (specifier.startswith(head) and specifier.endswith(tail)):
        return None
    return specifier[len(head) : len(specifier) - len(tail)]


def _patterns(paths: Mapping[str, Any], base: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Exact names first, then the longest prefix, as the compiler chooses."""
    for pattern in sorted(paths, key=lambda each: ("*" in each, -len(each.partition("*")[0]))):
        targets = paths[pattern]
        if isinstance(targets, list):
            yield pattern, tuple(posixpath.join(base, each) for each in targets if isinstance(each, str))


def _here(paths: Mapping[str, Any], own_folder: str) -> Mapping[str, Any]:
    """The paths with the folder of the extending configuration filled in, where they ask for it."""
    return {
        pattern: [_filled(each, own_folder) for each in targets if isinstance(each, str)]
        for pattern, targets in paths.items()
        if isinstance(targets, list)
    }


def _filled(target: str, own_folder: str) -> str:
    """``${configDir}`` stands for a folder of the repository, and so never counts from elsewhere."""
    if not target.startswith(_CONFIG_FOLDER):
        return target
    return posixpath.join("/", own_folder, target[len(_CONFIG_FOLDER) :].lstrip("/"))
