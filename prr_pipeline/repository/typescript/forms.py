"""Small forms of syntax as plain data, read without what lies within them."""

from __future__ import annotations

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.expressions import Expression, Function, Other, Text
from prr_pipeline.repository.typescript.patterns import read_parameters
from prr_pipeline.repository.typescript.syntax import has_word, line_of, parts_of
from prr_pipeline.repository.typescript.values import UNRESOLVED, scalar

_SHOWN = 80


def function_of(node: SgNode, returns: Expression | None) -> Function:
    """A function's shape; ``returns`` is what its body gives, as far as that is known."""
    name, span = node.field("name"), node.range()
    start, end = span.start, span.end
    called = name.text() if name is not None else None
    parameters = read_parameters(node)
    return Function(called, start.line + 1, end.line + 1, start.index, end.index, parameters, returns)


def text_of(node: SgNode) -> Text:
    """A string, or a template with its plain parts alone."""
    value = scalar(node)
    if value is not UNRESOLVED and node.kind() == "string":
        return Text(str(value), (str(value),) if value else (), line_of(node))
    fragments = tuple(part.text() for part in node.named_children() if part.kind() == "string_fragment")
    return Text(None if value is UNRESOLVED else str(value), fragments, line_of(node))


def key_of(key: SgNode | None) -> str | None:
    """The key of an object's member; None where only running the code could tell it."""
    if key is None:
        return None
    if key.kind() == "property_identifier":
        return key.text()
    if key.kind() == "computed_property_name":
        inner = parts_of(key)
        key = inner[0] if len(inner) == 1 else key
    value = scalar(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def is_accessor(method: SgNode) -> bool:
    """Whether a method is a getter or a setter."""
    return has_word(method, "get") or has_word(method, "set")


def other(node: SgNode) -> Other:
    """What is held as the start of its source."""
    return Other(node.text()[:_SHOWN], line_of(node))


def type_source(node: SgNode) -> str:
    """The source of the type that a field or parameter is given; empty for none."""
    found = node.field("type")
    return found.text().removeprefix(":").strip() if found is not None else ""
