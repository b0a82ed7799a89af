"""The code of a snapshot as one whole: modules, and where names and imports lead across them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Record
from prr_pipeline.repository.typescript.modules import Import, Module, TypeShape, read_module
from prr_pipeline.repository.typescript.resolution import SUFFIXES, File, Files, Package, Resolution, Resolver

_HOPS = 32
CLOSURE_CAP = 5_000
"""Most files that one closure of imports may hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """The definition that a name leads to, and the file that holds it."""

    path: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Outside:
    """The name comes from a package that is not of the repository."""

    package: str
    name: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A place that could not be followed; ``why`` is a part of a sentence."""

    why: str
    path: str
    line: int


Definition = Found | Outside | Lost


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
        """Where an import leads."""
        return self._resolver.resolve(importer, specifier)

    def package_of(self, path: str) -> str | None:
        """The folder of the workspace package that a file lies in."""
        return self._resolver.package_of(path)

    def follow(self, path: str, expression: Expression) -> Definition:
        """What an expression of that file stands for: names are followed, also through imports and objects."""
        return self._follow(path, expression, _HOPS)

    def exported(self, path: str, name: str) -> Definition:
        """What a file exports under that name, wherever it is defined."""
        return self._exported(path, name, 0, _HOPS)

    def type_of(self, path: str, name: str) -> tuple[str, TypeShape] | None:
        """The type of that name as the file sees it, with the file that declares it; None if it is not of the code."""
        for _ in range(_HOPS):
            module = self.module(path)
            if name in module.types:
                return path, module.types[name]
            bound = module.imported(name)
            if bound is None:
                exported = module.exports.get(name)
                if exported is None or exported.specifier is None:
                    return None
                specifier, name = exported.specifier, exported.name
            else:
                specifier, name = bound[0].specifier, bound[1]
            target = self.resolve(path, specifier)
            if not isinstance(target, File):
                return None
            path = target.path
        return None

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

    def _follow(self, path: str, expression: Expression, hops: int) -> Definition:
        if hops <= 0:
            return Lost("it leads through too many names", path, expression.line)
        if isinstance(expression, Name):
            return self._named(path, expression, hops)
        if isinstance(expression, Member):
            return self._member(path, expression, hops)
        return Found(path, expression)

    def _named(self, path: str, expression: Name, hops: int) -> Definition:
        module = self.module(path)
        if expression.name in module.definitions:
            return self._follow(path, module.definitions[expression.name], hops - 1)
        bound = module.imported(expression.name)
        if bound is None:
            return Lost(f"{expression.name} is not defined at the top of the file", path, expression.line)
        return self._imported(path, bound[0].specifier, bound[1], bound[0].line, hops - 1)

    def _member(self, path: str, expression: Member, hops: int) -> Definition:
        base = expression.object
        if isinstance(base, Name):
            bound = self.module(path).imported(base.name)
            if bound is not None and bound[1] == "*":
                return self._imported(path, bound[0].specifier, expression.name, bound[0].line, hops - 1)
        whole = self._follow(path, base, hops - 1)
        if isinstance(whole, Found) and isinstance(whole.expression, Record):
            value = whole.expression.get(expression.name)
            if value is not None:
                return self._follow(whole.path, value, hops - 1)
        if isinstance(whole, Outside):
            return Outside(whole.package, f"{whole.name}.{expression.name}")
        return Lost(f"the member {expression.name} could not be followed", path, expression.line)

    def _imported(self, path: str, specifier: str, name: str, line: int, hops: int) -> Definition:
        target = self.resolve(path, specifier)
        if isinstance(target, Package):
            return Outside(target.name, name)
        if not isinstance(target, File):
            return Lost(target.why, path, line)
        if name == "*":
            return Lost(f"all of {target.path} is meant", path, line)
        return self._exported(target.path, name, line, hops)

    def _exported(self, path: str, name: str, line: int, hops: int) -> Definition:
        if hops <= 0:
            return Lost("it leads through too many files", path, line)
        try:
            module = self.module(path)
        except PrrError as fault:
            return Lost(str(fault), path, line)
        export = module.exports.get(name)
        if export is not None and export.specifier is not None:
            return self._imported(path, export.specifier, export.name, export.line, hops - 1)
        if export is not None:
            return self._follow(path, Name(export.name, export.line), hops - 1)
        for star in module.star_exports if name != "default" else ():
            found = self._imported(path, star.specifier or "", name, star.line, hops - 1)
            if not isinstance(found, Lost):
                return found
        return Lost(f"{path} exports no {name}", path, line)
