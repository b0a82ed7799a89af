"""What the top level of a file says: its imports, exports, definitions and types."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.expressions import Expression, Member, Other
from prr_pipeline.repository.typescript.imports import (
    ASSIGNED,
    Export,
    Import,
    export_clause,
    loaded,
    read_import,
    read_re_export,
)
from prr_pipeline.repository.typescript.patterns import bound_names, member_names
from prr_pipeline.repository.typescript.reader import Reader
from prr_pipeline.repository.typescript.syntax import CLASSES, has_word, line_of, looked_through, parts_of
from prr_pipeline.repository.typescript.type_shapes import TypeShape, read_type

_VARIABLES = ("lexical_declaration", "variable_declaration")
_TYPES = ("interface_declaration", "type_alias_declaration")
_FUNCTIONS = ("function_declaration", "generator_function_declaration")
_COMMON_EXPORT = re.compile(r"module\.exports(?:\.(?P<name>\w+))?|exports\.(?P<own>\w+)")
_DECLARED_ONLY = ("function_signature", "enum_declaration", "internal_module", "module")


class Statements:
    """Collects what the top-level statements of one file say."""

    def __init__(self, reader: Reader, reassigned: Collection[str]) -> None:
        self._reader = reader
        self._reassigned = reassigned
        self.imports: list[Import] = []
        self.exports: dict[str, Export] = {}
        self.stars: list[Export] = []
        self.definitions: dict[str, Expression] = {}
        self.types: dict[str, TypeShape] = {}
        self.values: list[Expression] = []

    def add(self, node: SgNode) -> None:
        """Take in one statement."""
        kind = node.kind()
        if kind == "import_statement":
            self.imports.append(read_import(node))
        elif kind == "export_statement":
            self._export(node)
        elif kind == "expression_statement":
            self._evaluated(node)
        else:
            self._declare(node)

    def _evaluated(self, node: SgNode) -> None:
        for part in parts_of(node):
            if part.kind() == "internal_module":
                self._declare(part)
                continue
            self.values.append(self._reader.read(part))
            left, value = part.field("left"), part.field("right")
            if part.kind() == "assignment_expression" and left is not None and value is not None:
                found = _COMMON_EXPORT.fullmatch(left.text())
                if found is not None:
                    self._give(found["name"] or found["own"] or ASSIGNED, value, line_of(part))

    def _declare(self, node: SgNode) -> list[str]:
        """Note what a declaration defines; returns the names that it binds."""
        kind = node.kind()
        if kind == "ambient_declaration":
            return [name for part in parts_of(node) for name in self._declare(part)]
        if kind in _VARIABLES:
            return [name for part in parts_of(node) for name in self._variable(part)]
        name = node.field("name")
        if name is None or name.kind() == "string":
            return []
        called = name.text()
        if kind in _TYPES:
            known, found = self.types.get(called), read_type(node)
            self.types[called] = known.merged(found) if known is not None else found
        elif kind in _FUNCTIONS or kind in CLASSES:
            self.definitions[called] = self._reader.read(node)
        elif kind not in _DECLARED_ONLY:
            return []
        return [called]

    def _variable(self, declarator: SgNode) -> Iterator[str]:
        pattern, value = declarator.field("name"), declarator.field("value")
        if declarator.kind() != "variable_declarator" or pattern is None:
            return
        names = list(bound_names(pattern))
        yield from names
        if value is None:
            return
        read = self._reader.read(value)
        specifier, bound = loaded(read), dict[str, str]()
        if specifier is not None:
            bound = {pattern.text(): "*"} if pattern.kind() == "identifier" else dict(member_names(pattern))
            self.imports.append(Import(specifier, "dynamic", bound, line_of(looked_through(value))))
        for name, defined in definitions_of(pattern, read).items():
            changed = name in self._reassigned
            if name not in bound:
                self.definitions[name] = Other(f"{name} is assigned again", line_of(pattern)) if changed else defined

    def _export(self, node: SgNode) -> None:
        line, source = line_of(node), node.field("source")
        declaration, value = node.field("declaration"), node.field("value")
        if source is not None:
            found, exports = read_re_export(node, source)
            self.imports.append(found)
            self.stars.extend(export for name, export in exports.items() if name == "*")
            self.exports.update({name: export for name, export in exports.items() if name != "*"})
        elif declaration is not None:
            default = has_word(node, "default")
            for name in self._declare(declaration):
                self.exports["default" if default else name] = Export(name, None, line)
        elif value is not None:
            self._give("default", value, line)
        elif any(part.kind() == "=" for part in node.children()):
            self._give(ASSIGNED, parts_of(node)[-1], line)
        else:
            self.exports.update({shown: Export(name, None, line) for shown, name, _ in export_clause(node)})

    def _give(self, name: str, value: SgNode, line: int) -> None:
        self.definitions[name] = self._reader.read(value)
        self.exports[name] = Export(name, None, line)


def definitions_of(pattern: SgNode, value: Expression) -> dict[str, Expression]:
    """What each name of a declarator stands for; a name whose part cannot be told is `Other`."""
    if pattern.kind() == "identifier":
        return {pattern.text(): value}
    line = line_of(pattern)
    members = member_names(pattern)
    return {
        name: Member(value, members[name], line) if name in members else Other(pattern.text()[:80], line)
        for name in bound_names(pattern)
    }
