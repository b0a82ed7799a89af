"""Where does an import lead? Relative paths, path aliases and workspace packages lead to files of the repository."""

from __future__ import annotations

import posixpath

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.files import SUFFIXES, Files, find, refusal
from prr_pipeline.repository.typescript.packages import Packages, package_name
from prr_pipeline.repository.typescript.tsconfig import Configurations, read_jsonc

__all__ = ["SUFFIXES", "File", "Files", "Nowhere", "Package", "Resolution", "Resolver", "read_jsonc"]


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


class Resolver:
    """Resolves the imports of one snapshot. What was found is kept by the files."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._packages = Packages(files)
        self._configurations = Configurations(files, self._packages.folder)

    def resolve(self, importer: str, specifier: str) -> Resolution:
        """Where ``specifier`` leads from the file ``importer``. Raises `Unreadable` for broken configurations."""
        folder = posixpath.dirname(importer)
        return self._files.once("resolve", f"{folder}\n{specifier}", lambda: self._resolve(importer, specifier))

    def package_of(self, path: str) -> str | None:
        """The folder of the workspace package that a file lies in."""
        return self._packages.holding(path)

    def _resolve(self, importer: str, specifier: str) -> Resolution:
        if not specifier:
            return Nowhere("its name is computed")
        if specifier.startswith("/"):
            return Nowhere(f"{specifier!r} is an absolute path")
        folder = posixpath.dirname(importer)
        if specifier.startswith(("./", "../")) or specifier in (".", ".."):
            index_only = specifier.rpartition("/")[2] in ("", ".", "..")
            base = posixpath.join(folder, specifier)
            found = find(self._files, base, folder=index_only)
            return File(found) if found else self._nowhere(specifier, base)
        aliases = self._configurations.of(folder)
        tried = list(aliases.targets(specifier) or ())
        if aliases.base is not None:
            tried.append(posixpath.join(aliases.base, specifier))
        aliased = next((path for each in tried if (path := find(self._files, each)) is not None), None)
        if aliased is not None:
            return File(aliased)
        refused = next((why for each in tried if (why := refusal(self._files, each)) is not None), None)
        if refused is not None:
            return Nowhere(f"{specifier!r} leads nowhere: {refused}")
        if specifier.startswith("#"):
            return self._private(importer, specifier)
        return self._package(specifier, is_alias=aliases.is_alias(specifier))

    def _nowhere(self, specifier: str, base: str) -> Nowhere:
        why = refusal(self._files, base)
        return Nowhere(
            f"{specifier!r} leads nowhere: {why}" if why else f"{specifier!r} names no file of the repository"
        )

    def _package(self, specifier: str, *, is_alias: bool = False) -> Resolution:
        name = package_name(specifier)
        folder = self._packages.folder(name)
        if folder is not None:
            found = self._packages.entry(folder, specifier[len(name) :].strip("/"))
            return File(found) if found else Nowhere(f"{specifier!r} names no file of the package in {folder}")
        if is_alias:
            return Nowhere(f"the alias {specifier!r} names no file of the repository")
        unread = self._packages.unread(name)
        return Nowhere(f"{specifier!r} may be a package of this repository: {unread}") if unread else Package(name)

    def _private(self, importer: str, specifier: str) -> Resolution:
        targets = self._packages.private(importer, specifier)
        for target in targets:
            found = find(self._files, target) if target.startswith("./") else None
            if found is not None:
                return File(found)
        outside = next((each for each in targets if not each.startswith(".")), None)
        if outside is None:
            return Nowhere(f"{specifier!r} names no file of the repository")
        return self._package(outside)
