"""Workspace packages: where each lies, and which file its ``exports`` or ``imports`` name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.markup import load_json, load_yaml
from prr_pipeline.repository.typescript.files import Files, find, is_file, read_json
from prr_pipeline.repository.typescript.tsconfig import match

_NESTING_CAP = 8
_CONDITIONS = ("source", "types", "import", "default", "require", "node")
"""Conditions in the order in which they are tried; any other comes after these."""
_ENTRY_KEYS = ("source", "types", "module", "main")
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies")
_VERSION = re.compile(r"[\^~<>=v]*[0-9]")
_BUILT = frozenset(("dist", "build", "lib", "out", "esm", "cjs"))


class Packages:
    """The packages of the workspace."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def folder(self, name: str) -> str | None:
        """The folder of a package by its name."""
        return self._all().get(name)

    def unread(self, name: str) -> str | None:
        """Why a manifest that may be that package's is not read; None for a package that is declared by a version."""
        why = self._files.once("workspace manifest unread", "", self._first_unread)
        return None if why is None or name.startswith("node:") or name in self._versioned() else why

    def holding(self, path: str) -> str | None:
        """The folder of the package that a file lies in."""
        folders = self._files.once("package folders", "", lambda: frozenset(self._all().values()))
        above = path.rpartition("/")[0]
        while above and above not in folders:
            above = above.rpartition("/")[0]
        return above or None

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
        for path in self._listed():
            name = read_json(self._files, path).get("name")
            if isinstance(name, str):
                found.setdefault(name, posixpath.dirname(path))
        return found

    def _first_unread(self) -> str | None:
        for path in self._listed():
            try:
                load_json(self._files.blob(path))
            except PrrError as fault:
                return str(fault).rstrip(".")
        return None

    def _versioned(self) -> frozenset[str]:
        """The packages that some manifest takes from a registry, as their versions show."""
        return self._files.once("versioned packages", "", lambda: frozenset(self._from_registry()))

    def _from_registry(self) -> Iterator[str]:
        for path in ("package.json", *self._listed()):
            manifest = read_json(self._files, path)
            tables = [manifest.get(key) for key in _DEPENDENCIES]
            for table in tables:
                pairs = table.items() if isinstance(table, Mapping) else ()
                yield from (name for name, version in pairs if _VERSION.match(str(version)))

    def _listed(self) -> Iterator[str]:
        """The manifests of the workspace's packages, in the order of its patterns."""
        patterns = _workspace_patterns(self._files)
        refused = {path for each in patterns if each.startswith("!") for path in self._manifests(each[1:])}
        for pattern in patterns:
            for path in self._manifests(pattern) if not pattern.startswith("!") else ():
                if path not in refused and "node_modules" not in path.split("/"):
                    yield path

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
    if files.exists("package.json"):
        manifest = load_json(files.blob("package.json"))
        declared = manifest.get("workspaces") if isinstance(manifest, Mapping) else None
        declared = declared.get("packages") if isinstance(declared, Mapping) else declared
        found.extend(declared if isinstance(declared, list) else ())
    if files.exists("pnpm-workspace.yaml"):
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
