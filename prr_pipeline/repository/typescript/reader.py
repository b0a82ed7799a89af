"""Turns syntax nodes into expressions."""

from __future__ import annotations

from collections.abc import Iterable

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Entry,
    Expression,
    Function,
    List,
    Member,
    Name,
    Other,
    Parameter,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.values import UNRESOLVED, scalar

DEPTH_CAP = 200
"""Deepest nesting that is looked into; below it everything is `Other`."""
_SHOWN = 80
_LOOKED_THROUGH = frozenset(
    (
        "as_expression",
        "satisfies_expression",
        "parenthesized_expression",
        "type_assertion",
        "non_null_expression",
        "await_expression",
        "instantiation_expression",
    )
)
_FUNCTIONS = frozenset(
    (
        "arrow_function",
        "function_expression",
        "function",
        "function_declaration",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    )
)
_NESTED = _FUNCTIONS | {"class_declaration", "class", "class_body"}


def line_of(node: SgNode) -> int:
    """The line that a node starts in, from 1."""
    return node.range().start.line + 1


def parts_of(node: SgNode) -> list[SgNode]:
    """The named children, without comments."""
    return [part for part in node.children() if part.is_named() and part.kind() != "comment"]


def read_expression(node: SgNode, depth: int = 0) -> Expression:
    """The expression of a node. Type syntax, parentheses and ``await`` are looked through."""
    kind = node.kind()
    if depth > DEPTH_CAP:
        return _other(node)
    if kind in _LOOKED_THROUGH:
        inner = next((part for part in parts_of(node) if part.kind() != "type_arguments"), None)
        return read_expression(inner, depth + 1) if inner is not None else _other(node)
    if kind in ("identifier", "shorthand_property_identifier", "this", "super", "import"):
        return Name(node.text(), line_of(node))
    if kind in ("string", "template_string"):
        return _text(node)
    if kind in ("member_expression", "subscript_expression"):
        return _member(node, depth)
    if kind in ("call_expression", "new_expression"):
        return _call(node, depth)
    if kind in _FUNCTIONS:
        return read_function(node, depth)
    if kind == "array":
        return List(tuple(read_expression(part, depth + 1) for part in parts_of(node)), line_of(node))
    if kind == "object":
        return Record(tuple(_entry(part, depth) for part in parts_of(node)), line_of(node))
    if kind == "spread_element":
        return Spread(_first(node, depth), line_of(node))
    if kind in ("class", "class_declaration", "abstract_class_declaration"):
        return read_class(node, depth)
    return _other(node)


def read_function(node: SgNode, depth: int = 0) -> Function:
    """A function's shape. Its calls are listed by the module, by offset."""
    name, span = node.field("name"), node.range()
    return Function(
        name.text() if name is not None else None,
        span.start.line + 1,
        span.end.line + 1,
        span.start.index,
        span.end.index,
        _parameters(node),
        _returns(node, depth),
    )


def read_class(node: SgNode, depth: int = 0) -> Class:
    """A class with its methods."""
    name, body, span = node.field("name"), node.field("body"), node.range()
    methods = [part for part in (parts_of(body) if body is not None else ()) if part.kind() == "method_definition"]
    return Class(
        name.text() if name is not None else None,
        tuple(read_function(method, depth + 1) for method in methods),
        span.start.line + 1,
        span.end.line + 1,
    )


def callee_of(node: SgNode) -> SgNode | None:
    """The called part of a call or a ``new``."""
    return node.field("function") or node.field("constructor")


def _call(node: SgNode, depth: int) -> Expression:
    callee, arguments = callee_of(node), node.field("arguments")
    if callee is None:
        return _other(node)
    read = read_expression(callee, depth + 1)
    new = node.kind() == "new_expression"
    if arguments is None:
        return Call(read, (), line_of(node), new)
    if arguments.kind() == "template_string":
        return Call(read, (_text(arguments),), line_of(node), new, tag=True)
    given = tuple(read_expression(part, depth + 1) for part in parts_of(arguments))
    return Call(read, given, line_of(node), new)


def _member(node: SgNode, depth: int) -> Expression:
    base = node.field("object")
    name = node.field("property") or node.field("index")
    if base is None or name is None:
        return _other(node)
    if node.kind() == "subscript_expression":
        value = scalar(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return _other(node)
        return Member(read_expression(base, depth + 1), str(value), line_of(node))
    return Member(read_expression(base, depth + 1), name.text(), line_of(node))


def _text(node: SgNode) -> Text:
    value = scalar(node)
    fragments = tuple(part.text() for part in node.children() if part.kind() == "string_fragment")
    return Text(None if value is UNRESOLVED else str(value), fragments, line_of(node))


def _entry(part: SgNode, depth: int) -> Entry:
    kind, line = part.kind(), line_of(part)
    if kind == "shorthand_property_identifier":
        return Entry(part.text(), Name(part.text(), line), line)
    if kind == "spread_element":
        return Entry(None, Spread(_first(part, depth), line), line)
    key = part.field("key") or part.field("name")
    value = read_function(part, depth + 1) if kind == "method_definition" else part.field("value")
    read = value if isinstance(value, Function) else read_expression(value, depth + 1) if value else _other(part)
    return Entry(_key(key), read, line)


def _key(key: SgNode | None) -> str | None:
    if key is None:
        return None
    if key.kind() == "property_identifier":
        return key.text()
    if key.kind() == "computed_property_name":
        inner = parts_of(key)
        key = inner[0] if len(inner) == 1 else key
    value = scalar(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _parameters(node: SgNode) -> tuple[Parameter, ...]:
    single = node.field("parameter")
    if single is not None:
        return (Parameter(single.text(), (single.text(),), "", line_of(single)),)
    listed = node.field("parameters")
    return tuple(_parameter(part) for part in (parts_of(listed) if listed is not None else ()))


def _parameter(part: SgNode) -> Parameter:
    pattern = part.field("pattern") or part
    annotation = part.field("type")
    type_source = annotation.text().removeprefix(":").strip() if annotation is not None else ""
    plain = pattern.kind() in ("identifier", "this")
    return Parameter(pattern.text() if plain else None, tuple(_bound(pattern)), type_source, line_of(part))


def _bound(pattern: SgNode) -> Iterable[str]:
    """Every name that a pattern binds, in order."""
    if pattern.kind() in ("identifier", "shorthand_property_identifier_pattern"):
        yield pattern.text()
        return
    if pattern.kind() == "pair_pattern":
        value = pattern.field("value")
        yield from _bound(value) if value is not None else ()
        return
    for part in parts_of(pattern):
        if part.kind().endswith("pattern") or part.kind() == "identifier":
            yield from _bound(part)


def _returns(node: SgNode, depth: int) -> Expression | None:
    body = node.field("body")
    if body is None:
        return None
    if body.kind() != "statement_block":
        return read_expression(body, depth + 1)
    found = list(_own_returns(body))
    if len(found) != 1:
        return None
    value = parts_of(found[0])
    return read_expression(value[0], depth + 1) if value else None


def _own_returns(node: SgNode) -> Iterable[SgNode]:
    """The return statements of a body, without those of functions inside it."""
    for part in node.children():
        if part.kind() == "return_statement":
            yield part
        elif part.kind() not in _NESTED:
            yield from _own_returns(part)


def _first(node: SgNode, depth: int) -> Expression:
    inner = parts_of(node)
    return read_expression(inner[0], depth + 1) if inner else _other(node)


def _other(node: SgNode) -> Other:
    return Other(node.text()[:_SHOWN], line_of(node))
