"""Interfaces and type aliases as plain data."""

from __future__ import annotations

from collections.abc import Mapping

from ast_grep_py import SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.syntax import line_of, parts_of

_DEPTH_CAP = 32


@dataclass(frozen=True, slots=True)
class TypeShape:
    """An interface or type alias: its members' types by name, what it extends or intersects, and its source."""

    members: Mapping[str, str]
    extends: tuple[str, ...]
    source: str
    line: int

    def merged(self, other: TypeShape) -> TypeShape:
        """This interface with another declaration of the same name."""
        members = {**self.members, **other.members}
        return TypeShape(members, self.extends + other.extends, f"{self.source}\n{other.source}", self.line)


def read_type(node: SgNode) -> TypeShape:
    """The shape of an interface or a type alias. A method's type is what it returns."""
    value = node.field("value") or node.field("body")
    members: dict[str, str] = {}
    extends: list[str] = []
    if value is not None:
        _collect(value, members, extends, 0)
    for clause in node.children():
        if clause.kind() in ("extends_type_clause", "extends_clause"):
            extends.extend(part.text() for part in parts_of(clause))
    return TypeShape(members, tuple(extends), node.text(), line_of(node))


def _collect(value: SgNode, members: dict[str, str], extends: list[str], depth: int) -> None:
    kind = value.kind()
    if kind in ("interface_body", "object_type"):
        for part in parts_of(value):
            name, annotation = part.field("name"), part.field("type") or part.field("return_type")
            if name is not None:
                written = annotation.text().removeprefix(":").strip() if annotation is not None else ""
                members[name.text().strip("'\"")] = written
    elif kind in ("intersection_type", "parenthesized_type") and depth < _DEPTH_CAP:
        for part in parts_of(value):
            _collect(part, members, extends, depth + 1)
    else:
        extends.append(value.text())
