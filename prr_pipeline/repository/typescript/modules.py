"""A TypeScript source as plain data: what it imports, exports, defines, calls and throws, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ast_grep_py import SgNode

from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, dotted
from prr_pipeline.repository.typescript.reader import line_of, parts_of, read_expression, read_function
from prr_pipeline.repository.typescript.source import parse_source

ImportKind = Literal["value", "type", "side effect", "dynamic", "re-export"]
_SQL = re.compile(
    r"\s*(select\s.+\sfrom\s|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|create\s+(table|index)\s|"
    r"alter\s+table\s|drop\s+(table|index)\s|truncate\s|with\s.+\sas\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_DECLARATIONS = ("function_declaration", "generator_function_declaration", "class_declaration",
                 "abstract_class_declaration", "lexical_declaration", "variable_declaration")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """One import of another module; ``names`` maps local names to imported ones (``*`` for all, ``default``)."""

    specifier: str
    kind: ImportKind
    names: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Export:
    """Where an exported name comes from: a local name, or ``name`` of another module."""

    name: str
    specifier: str | None
    line: int


@dataclass(frozen=True, slots=True)
class CallSite:
    """Any call of the file. ``callee`` reads as `dotted`; ``start`` is its character offset."""

    callee: str
    call: Call
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Throw:
    """What a ``throw`` throws; ``start`` is its character offset."""

    value: Expression
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class TypeShape:
    """An interface or type alias: its members' types by name, what it extends or intersects, and its source."""

    members: Mapping[str, str]
    extends: tuple[str, ...]
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class SqlText:
    """A string that reads as an SQL statement."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Module:
    """One source file. ``definitions`` are its top-level constants, functions and classes by local name."""

    path: str
    imports: tuple[Import, ...]
    exports: Mapping[str, Export]
    star_exports: tuple[Export, ...]
    definitions: Mapping[str, Expression]
    types: Mapping[str, TypeShape]
    statements: tuple[Expression, ...]
    calls: tuple[CallSite, ...]
    throws: tuple[Throw, ...]
    sql: tuple[SqlText, ...]
    idle_lines: frozenset[int]
    """Lines that hold nothing but white space and comments."""

    def calls_in(self, function: Function) -> tuple[CallSite, ...]:
        """The calls inside a function of this file, those of functions within it included."""
        return tuple(site for site in self.calls if function.start <= site.start < function.end)

    def throws_in(self, function: Function) -> tuple[Throw, ...]:
        """The throws inside a function of this file."""
        return tuple(each for each in self.throws if function.start <= each.start < function.end)

    def lines_of(self, function: Function, *, idle: bool) -> int:
        """How many lines a function of this file spans, with or without the idle ones."""
        lines = range(function.line, function.end_line + 1)
        return len(lines) if idle else sum(line not in self.idle_lines for line in lines)

    def imported(self, name: str) -> tuple[Import, str] | None:
        """The import that binds a local name, and the name it has over there."""
        for each in self.imports:
            if name in each.names and each.kind != "re-export":
                return each, each.names[name]
        return None


def read_module(blob: Blob) -> Module:
    """The module of a source. Equal paths and contents are read once. Raises `Unreadable` for any syntax error."""
    return _read(blob.path, blob.id, blob)


@lru_cache(maxsize=8_192)
def _read(path: str, _: str, blob: Blob) -> Module:
    root = parse_source(blob)
    reader = _Reader()
    for statement in root.children():
        reader.statement(statement)
    calls = tuple(_calls(root))
    dynamic = [found for site in calls if (found := _dynamic(site)) is not None]
    throws = tuple(_throws(root))
    return Module(
        path,
        (*reader.imports, *dynamic),
        reader.exports,
        tuple(reader.stars),
        reader.definitions,
        reader.types,
        tuple(reader.statements),
        calls,
        throws,
        tuple(_sql(root)),
        _idle_lines(root),
    )


class _Reader:
    """Collects what the top level of a file says."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.exports: dict[str, Export] = {}
        self.stars: list[Export] = []
        self.definitions: dict[str, Expression] = {}
        self.types: dict[str, TypeShape] = {}
        self.statements: list[Expression] = []

    def statement(self, node: SgNode) -> None:
        kind = node.kind()
        if kind == "import_statement":
            self.imports.append(_import(node))
        elif kind == "export_statement":
            self._export(node)
        elif kind == "expression_statement":
            self.statements.extend(read_expression(part) for part in parts_of(node))
        elif kind in _DECLARATIONS:
            self._define(node)
        elif kind in ("interface_declaration", "type_alias_declaration"):
            self._type(node)

    def _define(self, node: SgNode) -> list[str]:
        """Note what a declaration defines; returns the names."""
        if "declaration" in node.kind() and node.kind() not in ("lexical_declaration", "variable_declaration"):
            name = node.field("name")
            if name is None:
                return []
            is_class = "class" in node.kind()
            self.definitions[name.text()] = read_expression(node) if is_class else read_function(node)
            return [name.text()]
        found = []
        for declarator in parts_of(node):
            name, value = declarator.field("name"), declarator.field("value")
            if declarator.kind() == "variable_declarator" and name is not None and value is not None:
                self.definitions[name.text()] = read_expression(value)
                found.append(name.text())
        return found

    def _type(self, node: SgNode) -> str | None:
        name = node.field("name")
        if name is None:
            return None
        self.types[name.text()] = _type_shape(node)
        return name.text()

    def _export(self, node: SgNode) -> None:
        line, source = line_of(node), node.field("source")
        declaration, value = node.field("declaration"), node.field("value")
        if source is not None:
            self._re_export(node, _specifier(source), line)
        elif declaration is not None:
            is_type = declaration.kind() in ("interface_declaration", "type_alias_declaration")
            names = [self._type(declaration)] if is_type else self._define(declaration)
            default = any(part.kind() == "default" for part in node.children())
            for name in names:
                if name is not None:
                    self.exports["default" if default else name] = Export(name, None, line)
        elif value is not None:
            self.definitions["default"] = read_expression(value)
            self.exports["default"] = Export("default", None, line)
        else:
            self.exports.update({shown: Export(name, None, line) for shown, name in _clause(node)})

    def _re_export(self, node: SgNode, specifier: str, line: int) -> None:
        named = dict(_clause(node))
        whole = next((part for part in node.children() if part.kind() == "namespace_export"), None)
        if whole is not None:
            alias = parts_of(whole)[0].text()
            self.exports[alias] = Export("*", specifier, line)
        elif named:
            self.exports.update({shown: Export(name, specifier, line) for shown, name in named.items()})
        else:
            self.stars.append(Export("*", specifier, line))
        only_types = any(part.kind() == "type" for part in node.children())
        self.imports.append(Import(specifier, "type" if only_types else "re-export", named, line))


def _clause(node: SgNode) -> Iterable[tuple[str, str]]:
    """Exported name and local one of each ``{ a, b as c }``."""
    for clause in node.children():
        for part in parts_of(clause) if clause.kind() == "export_clause" else ():
            name, alias = part.field("name"), part.field("alias")
            if name is not None:
                yield (alias or name).text().strip("'\""), name.text()


def _import(node: SgNode) -> Import:
    source = node.field("source")
    specifier = _specifier(source) if source is not None else ""
    names: dict[str, str] = {}
    type_only = any(part.kind() == "type" for part in node.children())
    clause = next((part for part in node.children() if part.kind() == "import_clause"), None)
    if clause is None:
        return Import(specifier, "side effect", names, line_of(node))
    values = 0
    for part in parts_of(clause):
        if part.kind() == "identifier":
            names[part.text()] = "default"
            values += 1
        elif part.kind() == "namespace_import":
            names[parts_of(part)[0].text()] = "*"
            values += 1
        elif part.kind() == "named_imports":
            for each in parts_of(part):
                name, alias = each.field("name"), each.field("alias")
                if name is not None:
                    names[(alias or name).text()] = name.text().strip("'\"")
                    values += not any(child.kind() == "type" for child in each.children())
    return Import(specifier, "type" if type_only or (names and not values) else "value", names, line_of(node))


def _specifier(source: SgNode) -> str:
    return source.text().strip("'\"`")


def _dynamic(site: CallSite) -> Import | None:
    """``import("x")`` and ``require("x")``; a computed name is told by an empty specifier."""
    if site.callee not in ("import", "require") or not site.call.arguments:
        return None
    specifier = getattr(site.call.arguments[0], "value", None)
    return Import(specifier if isinstance(specifier, str) else "", "dynamic", {}, site.line)


def _calls(root: SgNode) -> Iterable[CallSite]:
    nodes = [*root.find_all(kind="call_expression"), *root.find_all(kind="new_expression")]
    for node in sorted(nodes, key=lambda each: each.range().start.index):
        read = read_expression(node)
        if isinstance(read, Call):
            yield CallSite(dotted(read.callee), read, read.line, node.range().start.index)


def _throws(root: SgNode) -> Iterable[Throw]:
    for node in root.find_all(kind="throw_statement"):
        value = parts_of(node)
        if value:
            yield Throw(read_expression(value[0]), line_of(node), node.range().start.index)


def _sql(root: SgNode) -> Iterable[SqlText]:
    for kind in ("string", "template_string"):
        for node in root.find_all(kind=kind):
            inner = node.text()[1:-1]
            if len(inner) > 10 and _SQL.match(inner):
                yield SqlText(" ".join(inner.split())[:120], line_of(node))


def _idle_lines(root: SgNode) -> frozenset[int]:
    lines = [list(line) for line in root.text().split("\n")]
    for comment in root.find_all(kind="comment"):
        span = comment.range()
        for at in range(span.start.line, span.end.line + 1):
            first = span.start.column if at == span.start.line else 0
            last = span.end.column if at == span.end.line else len(lines[at])
            lines[at][first:last] = " " * (last - first)
    return frozenset(at + 1 for at, line in enumerate(lines) if not "".join(line).strip())


def _type_shape(node: SgNode) -> TypeShape:
    value = node.field("value") or node.field("body")
    members: dict[str, str] = {}
    extends: list[str] = []
    if value is not None:
        _members(value, members, extends)
    for clause in node.children():
        if clause.kind() in ("extends_type_clause", "extends_clause"):
            extends.extend(part.text() for part in parts_of(clause))
    return TypeShape(members, tuple(extends), node.text(), line_of(node))


def _members(value: SgNode, members: dict[str, str], extends: list[str]) -> None:
    kind = value.kind()
    if kind in ("interface_body", "object_type"):
        for part in parts_of(value):
            name, annotation = part.field("name"), part.field("type") or part.field("return_type")
            if name is not None:
                members[name.text()] = annotation.text().removeprefix(":").strip() if annotation is not None else ""
    elif kind in ("intersection_type", "parenthesized_type"):
        for part in parts_of(value):
            _members(part, members, extends)
    else:
        extends.append(value.text())
