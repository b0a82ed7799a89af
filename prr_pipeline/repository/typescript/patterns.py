"""Names that parameters and destructuring patterns bind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.expressions import Parameter
from prr_pipeline.repository.typescript.syntax import line_of, parts_of

_NAMES = frozenset(("identifier", "shorthand_property_identifier_pattern"))
_WITH_DEFAULT = frozenset(("assignment_pattern", "object_assignment_pattern"))


def read_parameters(function: SgNode) -> tuple[Parameter, ...]:
    """The parameters of a function, arrow function or method."""
    single = function.field("parameter")
    if single is not None:
        return (Parameter(single.text(), (single.text(),), "", line_of(single)),)
    listed = function.field("parameters")
    return tuple(_parameter(part) for part in (parts_of(listed) if listed is not None else ()))


def bound_names(pattern: SgNode) -> Iterator[str]:
    """Every name that a pattern binds, in order. Default values and computed keys bind none."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        kind = node.kind()
        if kind in _NAMES:
            yield node.text()
        elif kind == "pair_pattern":
            value = node.field("value")
            waiting.extend([value] if value is not None else [])
        elif kind in _WITH_DEFAULT:
            waiting.append(_without_default(node))
        elif kind.endswith("pattern"):
            waiting.extend(reversed(parts_of(node)))


def member_names(pattern: SgNode) -> Mapping[str, str]:
    """Bound name -> the key (or index) it is taken from, of the outermost level of a pattern.

    What has a default value, lies deeper, or is a rest of something is left out: its value is not that member.
    """
    if pattern.kind() == "array_pattern":
        packed = "".join(pattern.text().split())
        items = [] if ",," in packed or packed.startswith("[,") else parts_of(pattern)
        return {part.text(): str(at) for at, part in enumerate(items) if part.kind() == "identifier"}
    found = {}
    for part in parts_of(pattern) if pattern.kind() == "object_pattern" else ():
        key, value = part.field("key"), part.field("value")
        if part.kind() == "shorthand_property_identifier_pattern":
            found[part.text()] = part.text()
        elif key is not None and value is not None and value.kind() == "identifier":
            plain = key.kind() in ("property_identifier", "string")
            found.update({value.text(): key.text().strip("'\"")} if plain else {})
    return found


def _parameter(part: SgNode) -> Parameter:
    pattern = part.field("pattern") or part
    annotation = part.field("type")
    type_source = annotation.text().removeprefix(":").strip() if annotation is not None else ""
    pattern = _without_default(pattern)
    kind = pattern.kind()
    name = pattern.text() if kind in ("identifier", "this") else None
    rest = parts_of(pattern) if kind == "rest_pattern" else []
    if rest and rest[0].kind() == "identifier":
        name = rest[0].text()
    members = member_names(pattern) if name is None else {}
    return Parameter(name, tuple(bound_names(pattern)), type_source, line_of(part), members, bool(rest))


def _without_default(node: SgNode) -> SgNode:
    if node.kind() not in _WITH_DEFAULT:
        return node
    left = node.field("left")
    return left if left is not None else parts_of(node)[0]
