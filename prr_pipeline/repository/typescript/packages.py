"""Workspace packages: where each lies, and which file its ``exports`` or ``imports`` name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prr_pipeline.repository.markup import load_json, load_yaml
from prr_pipeline.repository.typescript.files import Files, find, is_file, read_json
from prr_pipeline.repository.typescript.tsconfig import match

_NESTING_CAP = 8
_CONDITIONS = ("source", "types", "import", "default", "require", "node")
"""Conditions in the order in which they are tried; any other comes after these."""
_ENTRY_KEYS = ("source", "types", "module", "main")
_BUILT = frozenset(("dist", "build", "lib", "out", "esm", "cjs"))


class Packages:
    """The packages of the workspace."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def folder(self, name: str) -> str | None:
        """The folder of a package by its name."""
        return self._all().get(name)

    def holding(self, path: str) -> str | None:
        """The folder of the package that a file lies in."""
        folders = [folder for folder in self._all().values() if path.startswith(f"{folder}/")]
        return max(folders, key=len, default=None)

    def entry(self, folder: str, below: str) -> str | None:
        """The file that a package offers under a subpath (empty: its entry); what is built is sought in its source."""
        manifest = read_json(self._files, posixpath.join(folder, "package.json"))
        targets = list(_targets(manifest.get("exports"), f"./{below}" if below else "."))
        if not below and not targets:
            targets = [str(manifest[key]) for key in _ENTRY_KEYS if isinstance(manifest.get(key), str)]
        targets += [posixpath.join("src", *_unbuilt(target)) for target in targets if _unbuilt(target)]
        targets += [below, f"src/{below}"] if below else ["src/index", "index"]
        found = (find(self._files, posixpath.join(folder, target)) for target in targets)
        return next((path for path in found if path is not None), None)

    def private(self, importer: str, specifier: str) -> tuple[str, ...]:
        """What the nearest package.json says of a ``#name``: paths from the root, or names of packages."""
        folder = posixpath.dirname(importer)
        while not is_file(self._files, posixpath.join(folder, "package.json")):
            if not folder:
                return ()
            folder = posixpath.dirname(folder)
        manifest = read_json(self._files, posixpath.join(folder, "package.json"))
        targets = list(_targets(manifest.get("imports"), specifier))
        targets += ["./" + posixpath.join("src", *_unbuilt(each)) for each in targets if _unbuilt(each)]
        return tuple(f"./{posixpath.join(folder, each)}" if each.startswith("./") else each for each in targets)

    def _all(self) -> Mapping[str, str]:
        """Name -> folder. Raises `Unreadable` for a workspace file that cannot be read."""
        return self._files.once("workspace packages", "", self._found)

    def _found(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        patterns = _workspace_patterns(self._files)
        refused = {path for each in patterns if each.startswith("!") for path in self._manifests(each[1:])}
        for pattern in patterns:
            for path in self._manifests(pattern) if not pattern.startswith("!") else ():
                name = read_json(self._files, path).get("name")
                if isinstance(name, str) and "node_modules" not in path.split("/") and path not in refused:
                    found.setdefault(name, posixpath.dirname(path))
        return found

    def _manifests(self, pattern: str) -> tuple[str, ...]:
        folder = pattern.removeprefix("./").rstrip("/")
        found = self._files.paths(f"{folder}/package.json") if folder else ()
        return tuple(path for path in found if "/" in path)


def package_name(specifier: str) -> str:
    """The package that a specifier names: ``@prisma/client`` of ``@prisma/client/edge``."""
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]


def _workspace_patterns(files: Files) -> Sequence[str]:
    """The globs of package folders in package.json and pnpm-workspace.yaml; ``!`` in front takes some out."""
    found: list[Any] = []
    if is_file(files, "package.json"):
        manifest = load_json(files.blob("package.json"))
        declared = manifest.get("workspaces") if isinstance(manifest, Mapping) else None
        declared = declared.get("packages") if isinstance(declared, Mapping) else declared
        found.extend(declared if isinstance(declared, list) else ())
    if is_file(files, "pnpm-workspace.yaml"):
        manifest = load_yaml(files.blob("pnpm-workspace.yaml"))
        declared = manifest.get("packages") if isinstance(manifest, Mapping) else None
        found.extend(declared if isinstance(declared, list) else ())
    return [each for each in found if isinstance(each, str)]


def _targets(table: Any, wanted: str) -> Iterator[str]:
    """What a table of ``exports`` or ``imports`` gives for a subpath, the most useful first."""
    if not isinstance(table, Mapping) or not any(str(key).startswith((".", "#")) for key in table):
        table = {".": table}
    if wanted in table:
        yield from _leaves(table[wanted], 0)
        return
    patterns = [str(key) for key in table if "*" in str(key) and match(str(key), wanted) is not None]
    if patterns:
        best = max(patterns, key=lambda each: len(each.partition("*")[0]))
        rest = match(best, wanted) or ""
        yield from (target.replace("*", rest) for target in _leaves(table[best], 0))


def _leaves(target: Any, depth: int) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, list) and depth < _NESTING_CAP:
        for each in target:
            yield from _leaves(each, depth + 1)
    elif isinstance(target, Mapping) and depth < _NESTING_CAP:
        for key in (*(each for each in _CONDITIONS if each in target), *target):
            yield from _leaves(target[key], depth + 1)


def _unbuilt(target: str) -> list[str]:
    """The parts of a built file's path within its folder of built files; empty for any other path."""
    parts = posixpath.normpath(target).split("/")
    while parts and parts[0] in _BUILT:
        parts = parts[1:]
    stem = parts[-1].removesuffix(".d.ts") if parts else ""
    return [*parts[:-1], stem] if parts and posixpath.normpath(target).split("/")[0] in _BUILT else []
