"""Import and export statements as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from ast_grep_py import SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.expressions import Call, Expression, Name, Text
from prr_pipeline.repository.typescript.syntax import has_word, line_of, parts_of
from prr_pipeline.repository.typescript.values import scalar

ImportKind = Literal["value", "type", "side effect", "dynamic", "re-export"]
LOADERS = frozenset(("import", "require"))
"""What loads a module when it is called."""
ASSIGNED = "export="
"""The name under which a file exports the value of ``export = value``."""


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


def read_import(node: SgNode) -> Import:
    """An ``import`` statement; one that names types only has the kind ``type``."""
    line, type_only = line_of(node), has_word(node, "type")
    clause = next((part for part in node.children() if part.kind().endswith("_clause")), None)
    source = node.field("source")
    if clause is not None and clause.kind() == "import_require_clause":
        parts = parts_of(clause)
        names = {parts[0].text(): "*"}
        return Import(_specifier(parts[-1]), "type" if type_only else "value", names, line)
    specifier = _specifier(source) if source is not None else ""
    if clause is None:
        return Import(specifier, "side effect", {}, line)
    bound = list(_bound(clause))
    names = {local: name for local, name, _ in bound}
    only_types = type_only or (bound and all(is_type for _, _, is_type in bound))
    return Import(specifier, "type" if only_types else "value", names, line)


def read_re_export(node: SgNode, source: SgNode) -> tuple[Import, Mapping[str, Export]]:
    """``export ... from``: the import that it is, and what it exports; ``*`` stands for everything."""
    specifier, line = _specifier(source), line_of(node)
    listed = list(export_clause(node))
    whole = next((part for part in node.children() if part.kind() == "namespace_export"), None)
    exports = {shown: Export(name, specifier, line) for shown, name, _ in listed}
    if whole is not None:
        exports[_text(parts_of(whole)[0])] = Export("*", specifier, line)
    elif not any(part.kind() == "export_clause" for part in node.children()):
        exports["*"] = Export("*", specifier, line)
    only_types = has_word(node, "type") or (listed and all(is_type for _, _, is_type in listed))
    names = {shown: name for shown, name, _ in listed}
    return Import(specifier, "type" if only_types else "re-export", names, line), exports


def export_clause(node: SgNode) -> Iterator[tuple[str, str, bool]]:
    """Exported name, local one, and whether it is a type, of each of ``{ a, b as c, type D }``."""
    for clause in node.children():
        for part in parts_of(clause) if clause.kind() == "export_clause" else ():
            name, alias = part.field("name"), part.field("alias")
            if name is not None:
                yield _text(alias or name), _text(name), has_word(part, "type")


def loaded(value: Expression) -> str | None:
    """What ``import("x")`` or ``require("x")`` loads; empty if its name is computed, None for anything else."""
    if not isinstance(value, Call) or not isinstance(value.callee, Name) or not value.arguments:
        return None
    if value.callee.name not in LOADERS:
        return None
    given = value.arguments[0]
    return given.value or "" if isinstance(given, Text) else ""


def _bound(clause: SgNode) -> Iterator[tuple[str, str, bool]]:
    for part in parts_of(clause):
        if part.kind() == "identifier":
            yield part.text(), "default", False
        elif part.kind() == "namespace_import":
            yield parts_of(part)[0].text(), "*", False
        for each in parts_of(part) if part.kind() == "named_imports" else ():
            name, alias = each.field("name"), each.field("alias")
            if name is not None:
                yield (alias or name).text(), _text(name), has_word(each, "type")


def _text(node: SgNode) -> str:
    value = scalar(node) if node.kind() == "string" else node.text()
    return value if isinstance(value, str) else node.text()


def _specifier(source: SgNode) -> str:
    value = scalar(source)
    return value if isinstance(value, str) else ""
