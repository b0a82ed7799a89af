"""Where does an import lead? Relative paths, path aliases and workspace packages lead to files of the repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.markup import load_json, load_yaml
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.source import parse_expression
from prr_pipeline.repository.typescript.values import Evaluator

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""An ESM import may name the compiled file; the source beside it is meant."""
_EXTENDS_CAP = 8
_CONDITIONS = ("source", "types", "import", "default", "require", "node")


@dataclass(frozen=True, slots=True)
class File:
    """A file of the repository."""

    path: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package from outside, by name: ``zod``, ``@prisma/client``, ``node:fs``."""

    name: str


@dataclass(frozen=True, slots=True)
class Nowhere:
    """An import that leads nowhere; ``why`` is a part of a sentence."""

    why: str


Resolution = File | Package | Nowhere


class Files(Protocol):
    """What resolving reads."""

    def exists(self, path: str) -> bool: ...

    def blob(self, path: str) -> Blob: ...

    def paths(self, pattern: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class _Aliases:
    """``compilerOptions.paths`` of one tsconfig, the targets counted from the repository's root."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Resolver:
    """Resolves the imports of one snapshot. Everything read is kept."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._aliases: dict[str, _Aliases] = {}
        self._workspaces: dict[str, str] | None = None

    def resolve(self, importer: str, specifier: str) -> Resolution:
        """Where ``specifier`` leads from the file ``importer``."""
        if not specifier:
            return Nowhere("its name is computed")
        if specifier.startswith("."):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
            found = None if base.startswith("..") else self._file(base)
            return File(found) if found else Nowhere(f"{specifier!r} names no file of the repository")
        if specifier.startswith("/"):
            return Nowhere(f"{specifier!r} is an absolute path")
        aliased, matched = self._aliased(importer, specifier)
        if aliased:
            return File(aliased)
        return self._package(specifier) or (
            Nowhere(f"the alias {specifier!r} names no file of the repository")
            if matched
            else Package(_package_name(specifier))
        )

    def package_of(self, path: str) -> str | None:
        """The folder of the workspace package that a file lies in."""
        folders = [folder for folder in self._packages().values() if path.startswith(f"{folder}/")]
        return max(folders, key=len, default=None)

    def _file(self, base: str) -> str | None:
        return next((path for path in _candidates(base) if self._is_file(path)), None)

    def _is_file(self, path: str) -> bool:
        try:
            return self._files.exists(path)
        except Unreadable:
            return False

    def _aliased(self, importer: str, specifier: str) -> tuple[str | None, bool]:
        matched = False
        for pattern, targets in self._aliases_for(posixpath.dirname(importer)).patterns:
            rest = _match(pattern, specifier)
            if rest is None:
                continue
            matched = True
            for target in targets:
                found = self._file(posixpath.normpath(target.replace("*", rest)))
                if found:
                    return found, True
        return None, matched

    def _aliases_for(self, folder: str) -> _Aliases:
        known = self._aliases.get(folder)
        if known is None:
            path = posixpath.join(folder, "tsconfig.json")
            if self._is_file(path):
                known = self._tsconfig(path)
            else:
                known = self._aliases_for(posixpath.dirname(folder)) if folder else _Aliases()
            self._aliases[folder] = known
        return known

    def _tsconfig(self, path: str) -> _Aliases:
        """The aliases of a tsconfig, or of the first one in its chain of ``extends`` that has any."""
        for _ in range(_EXTENDS_CAP):
            config = read_jsonc(self._files.blob(path))
            options = config.get("compilerOptions")
            options = options if isinstance(options, Mapping) else {}
            folder = posixpath.dirname(path)
            if isinstance(options.get("paths"), Mapping):
                base = posixpath.join(folder, str(options.get("baseUrl", ".")))
                return _Aliases(tuple(_patterns(options["paths"], base)))
            extends = config.get("extends")
            extends = extends[0] if isinstance(extends, list) and extends else extends
            if not isinstance(extends, str) or not extends.startswith("."):
                break
            path = posixpath.normpath(posixpath.join(folder, extends))
            path = path if path.endswith(".json") else f"{path}.json"
            if not self._is_file(path):
                break
        return _Aliases()

    def _packages(self) -> Mapping[str, str]:
        """Name -> folder of every workspace package."""
        if self._workspaces is None:
            self._workspaces = {}
            for pattern in _workspace_patterns(self._files):
                for path in self._files.paths(f"{pattern.rstrip('/')}/package.json"):
                    name = self._json(path).get("name")
                    if isinstance(name, str) and "node_modules" not in path:
                        self._workspaces.setdefault(name, posixpath.dirname(path))
        return self._workspaces

    def _package(self, specifier: str) -> Resolution | None:
        name = _package_name(specifier)
        folder = self._packages().get(name)
        if folder is None:
            return None
        below = specifier[len(name) :].lstrip("/")
        manifest = self._json(f"{folder}/package.json")
        wanted = _export(manifest.get("exports"), f"./{below}" if below else ".")
        if wanted is None and not below:
            wanted = next((manifest[key] for key in ("source", "types", "module", "main") if key in manifest), None)
        for target in (wanted, below or None, f"src/{below}" if below else "src/index", "index"):
            found = self._file(posixpath.normpath(posixpath.join(folder, target))) if isinstance(target, str) else None
            if found:
                return File(found)
        return Nowhere(f"{specifier!r} names no file of the package in {folder}")

    def _json(self, path: str) -> Mapping[str, Any]:
        try:
            value = load_json(self._files.blob(path))
        except PrrError:
            return {}
        return value if isinstance(value, Mapping) else {}


def read_jsonc(blob: Blob) -> Mapping[str, Any]:
    """A JSON file that may hold comments and trailing commas. Raises `Unreadable`."""
    node = parse_expression(blob)
    value = Evaluator(blob.path, {}).value(node, "")
    if not isinstance(value, Mapping):
        raise Unreadable(f"{blob.path} holds no object.")
    return value


def _candidates(base: str) -> Iterator[str]:
    stem, suffix = posixpath.splitext(base)
    if suffix in _WRITTEN_AS:
        yield from (stem + other for other in _WRITTEN_AS[suffix])
    if suffix:
        yield base
    yield from (base + other for other in SUFFIXES)
    yield from (f"{base}/index{other}" for other in SUFFIXES)


def _match(pattern: str, specifier: str) -> str | None:
    """What the ``*`` of a pattern stands for; None where it does not match."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if specifier == pattern else None
    if len(specifier) < len(head) + len(tail) or not (specifier.startswith(head) and specifier.endswith(tail)):
        return None
    return specifier[len(head) : len(specifier) - len(tail)]


def _patterns(paths: Mapping[str, Any], base: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The longest prefix first, as the compiler chooses."""
    for pattern in sorted(paths, key=lambda each: len(each.partition("*")[0]), reverse=True):
        targets = paths[pattern]
        if isinstance(targets, list):
            yield pattern, tuple(posixpath.join(base, each) for each in targets if isinstance(each, str))


def _workspace_patterns(files: Files) -> Sequence[str]:
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
    return [each for each in found if isinstance(each, str) and not each.startswith("!")]


def _export(exports: Any, wanted: str) -> str | None:
    """The target of a subpath in a package's ``exports``."""
    if isinstance(exports, str):
        return exports if wanted == "." else None
    if not isinstance(exports, Mapping):
        return None
    if wanted == "." and not any(str(key).startswith(".") for key in exports):
        return _condition(exports)
    if wanted in exports:
        return _condition(exports[wanted])
    for pattern in exports:
        rest = _match(str(pattern), wanted)
        if "*" in str(pattern) and rest is not None:
            target = _condition(exports[pattern])
            return target.replace("*", rest) if target else None
    return None


def _condition(target: Any) -> str | None:
    for _ in range(_EXTENDS_CAP):
        if isinstance(target, str):
            return target
        if not isinstance(target, Mapping):
            return None
        target = next((target[key] for key in _CONDITIONS if key in target), None)
    return None


def _package_name(specifier: str) -> str:
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]
