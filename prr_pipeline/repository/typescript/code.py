"""The code of a snapshot as one whole: modules, and where names and imports lead across them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.expressions import Expression
from prr_pipeline.repository.typescript.files import SUFFIXES, Files
from prr_pipeline.repository.typescript.following import Definition, Found, Lost, Outside, Tracing
from prr_pipeline.repository.typescript.module_reader import read_module
from prr_pipeline.repository.typescript.modules import Import, Module, TypeShape
from prr_pipeline.repository.typescript.resolution import File, Package, Resolution, Resolver

__all__ = ["CLOSURE_CAP", "Closure", "Code", "Definition", "Edge", "Found", "Lost", "Outside"]

_HOPS = 32
CLOSURE_CAP = 5_000
"""Most files that one closure of imports may hold."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One import, resolved."""

    importer: str
    statement: Import
    target: Resolution


@dataclass(frozen=True, slots=True)
class Closure:
    """All files that a file needs at run time (itself first, then sorted), every import of them, and what was lost."""

    files: tuple[str, ...]
    edges: tuple[Edge, ...]
    lost: tuple[Lost, ...] = field(default=())


class Code:
    """Modules and their links. Give one to everything that judges a snapshot: what is read is kept."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._resolver = Resolver(files)

    def module(self, path: str) -> Module:
        """The module of a file. Raises `MissingFile` or `Unreadable`."""
        return read_module(self._files.blob(path))

    def resolve(self, importer: str, specifier: str) -> Resolution:
        """Where an import leads. Raises `Unreadable` for a broken tsconfig or workspace file."""
        return self._resolver.resolve(importer, specifier)

    def package_of(self, path: str) -> str | None:
        """The folder of the workspace package that a file lies in."""
        return self._resolver.package_of(path)

    def follow(self, path: str, expression: Expression, at: int | None = None) -> Definition:
        """What an expression of that file stands for: names are followed, also through imports and objects.

        ``at`` is the offset that the expression stands at: then names that functions around it bind count as well.
        """
        return Tracing(self.module, self.resolve).follow(path, expression, at)

    def exported(self, path: str, name: str) -> Definition:
        """What a file exports under that name, wherever it is defined."""
        return Tracing(self.module, self.resolve).exported(path, name)

    def type_of(self, path: str, name: str) -> tuple[str, TypeShape] | None:
        """The type of that name as the file sees it, with the file that declares it; None if it is not of the code."""
        return self._type(path, name, set())

    def closure(self, path: str, enter: Callable[[str], bool] = lambda _: True) -> Closure:
        """Everything that a file imports at run time, directly or not.

        ``enter`` says into which files to look further; those refused are listed, their own imports are not.
        """
        seen, waiting = {path}, [path]
        edges: list[Edge] = []
        lost: list[Lost] = []
        while waiting:
            at = waiting.pop()
            if len(seen) > CLOSURE_CAP:
                lost.append(Lost(f"more than {CLOSURE_CAP:,} files are imported", path, 0))
                break
            for edge in self._edges(at, lost):
                edges.append(edge)
                target = edge.target
                if isinstance(target, File) and target.path not in seen:
                    seen.add(target.path)
                    if target.path.endswith(SUFFIXES) and enter(target.path):
                        waiting.append(target.path)
        order = sorted(edges, key=lambda edge: (edge.importer, edge.statement.line, edge.statement.specifier))
        return Closure((path, *sorted(seen - {path})), tuple(order), tuple(lost))

    def edges(self, path: str) -> tuple[Edge, ...]:
        """Every import of one file, those of types too. Raises `MissingFile` or `Unreadable`."""
        return self._files.once("edges", path, lambda: self._resolved(path))

    def _resolved(self, path: str) -> tuple[Edge, ...]:
        return tuple(Edge(path, each, self.resolve(path, each.specifier)) for each in self.module(path).imports)

    def _edges(self, path: str, lost: list[Lost]) -> list[Edge]:
        try:
            found = [edge for edge in self.edges(path) if edge.statement.kind != "type"]
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
            return []
        lost.extend(
            Lost(edge.target.why, path, edge.statement.line)
            for edge in found
            if not isinstance(edge.target, File | Package)
        )
        return found

    def _type(self, path: str, name: str, seen: set[tuple[str, str]]) -> tuple[str, TypeShape] | None:
        if (path, name) in seen or len(seen) > _HOPS:
            return None
        seen.add((path, name))
        module = self.module(path)
        if name in module.types:
            return path, module.types[name]
        bound, exported = module.imported(name), module.exports.get(name)
        leads = [(bound[0].specifier, bound[1])] if bound is not None else []
        if exported is not None and exported.specifier is None and exported.name != name:
            return self._type(path, exported.name, seen)
        if exported is not None and exported.specifier is not None and not leads:
            leads = [(exported.specifier, exported.name)]
        leads = leads or [(star.specifier or "", name) for star in module.star_exports]
        for specifier, there in leads:
            target = self.resolve(path, specifier)
            if isinstance(target, File) and target.path.endswith(SUFFIXES):
                found = self._type(target.path, there, seen)
                if found is not None:
                    return found
        return None
