"""Turns the syntax nodes of one file into expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Entry,
    Expression,
    Field,
    Function,
    Index,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.forms import function_of, is_accessor, key_of, other, text_of, type_source
from prr_pipeline.repository.typescript.syntax import (
    CLASSES,
    FUNCTIONS,
    LOOKED_THROUGH,
    inner_of,
    line_of,
    parts_of,
)
from prr_pipeline.repository.typescript.values import scalar

DEPTH_CAP = 100
"""Deepest nesting that is looked into; below it everything is `Other`."""
CHAIN_CAP = 200
"""Longest chain of calls, ``a().b().c()``, that is held as one expression."""
_NAMES = frozenset(("identifier", "shorthand_property_identifier", "this", "super", "import"))
_FIELDS = ("public_field_definition", "field_definition")
_OPERANDS = ("left", "right", "condition", "consequence", "alternative")


class Reader:
    """Reads expressions. Calls and functions are read once: read inner ones before those around them.

    ``returns`` holds the return statements of each function's own body.
    """

    def __init__(self, returns: Mapping[SgNode, Sequence[SgNode]]) -> None:
        self._returns = returns
        self._known: dict[SgNode, tuple[Expression, int]] = {}
        self._deepest = 0

    def read(self, node: SgNode, depth: int = 0) -> Expression:
        """The expression of a node. Type syntax, parentheses and ``await`` are looked through."""
        kind = node.kind()
        if depth > self._deepest:
            self._deepest = depth
        if kind in _NAMES:
            return Name(node.text(), node.range().start.line + 1)
        while kind in LOOKED_THROUGH:
            inner = inner_of(node)
            if inner is None:
                return other(node)
            node, kind = inner, inner.kind()
            if kind in _NAMES:
                return Name(node.text(), node.range().start.line + 1)
        if kind in _KEPT:
            return self._once(node, depth, _KEPT[kind])
        read = _KINDS.get(kind)
        return other(node) if read is None or depth > DEPTH_CAP else read(self, node, depth)

    def function(self, node: SgNode, depth: int = 0) -> Function:
        """A function's shape. Its calls are listed by the module, by offset."""
        found = self._once(node, depth, Reader._function)
        return found if isinstance(found, Function) else function_of(node, None)

    def _class(self, node: SgNode, depth: int) -> Class:
        name, body, span = node.field("name"), node.field("body"), node.range()
        methods, fields = list[Function](), list[Field]()
        for part in parts_of(body) if body is not None else ():
            method = self._method(part, depth + 1)
            field = self._field(part, depth + 1) if method is None else None
            methods.extend([method] if method is not None else [])
            fields.extend([field] if field is not None else [])
        called = name.text() if name is not None else None
        return Class(called, tuple(methods), span.start.line + 1, span.end.line + 1, tuple(fields))

    def _field(self, part: SgNode, depth: int) -> Field | None:
        name, value = part.field("name") or part.field("property"), part.field("value")
        if part.kind() not in _FIELDS or name is None:
            return None
        read = self.read(value, depth) if value is not None else None
        return Field(name.text(), type_source(part), read, line_of(part))

    def _method(self, part: SgNode, depth: int) -> Function | None:
        if part.kind() == "method_definition":
            return None if is_accessor(part) else self.function(part, depth)
        name, value = part.field("name") or part.field("property"), part.field("value")
        if part.kind() not in _FIELDS or name is None or value is None or value.kind() not in FUNCTIONS:
            return None
        found = self.function(value, depth)
        return Function(
            name.text(), found.line, found.end_line, found.start, found.end, found.parameters, found.returns
        )

    def _once(self, node: SgNode, depth: int, make: _Read) -> Expression:
        known = self._known.get(node)
        if known is not None:
            found, height = known
            if depth + height > CHAIN_CAP:
                return other(node)
            if depth + height > self._deepest:
                self._deepest = depth + height
            return found
        if depth > DEPTH_CAP:
            return other(node)
        outer, self._deepest = self._deepest, depth
        found = make(self, node, depth)
        self._known[node] = found, self._deepest - depth
        if outer > self._deepest:
            self._deepest = outer
        return found

    def _function(self, node: SgNode, depth: int) -> Function:
        return function_of(node, self._returned(node, depth))

    def _call(self, node: SgNode, depth: int) -> Expression:
        new = node.kind() == "new_expression"
        callee, arguments = node.field("constructor" if new else "function"), node.field("arguments")
        if callee is None:
            return other(node)
        read, line = self.read(callee, depth + 1), node.range().start.line + 1
        if arguments is None:
            return Call(read, (), line, new)
        if arguments.kind() == "template_string":
            return Call(read, (self._text(arguments, depth),), line, new, tag=True)
        return Call(read, tuple([self.read(part, depth + 1) for part in parts_of(arguments)]), line, new)

    def _member(self, node: SgNode, depth: int) -> Expression:
        base, name = node.field("object"), node.field("property")
        if base is None or name is None:
            return other(node)
        return Member(self._base(base, depth), name.text(), line_of(node))

    def _base(self, node: SgNode, depth: int) -> Expression:
        """What a member belongs to; in a chain of calls each link counts as one level."""
        return self.read(node, depth if node.kind() == "call_expression" else depth + 1)

    def _subscript(self, node: SgNode, depth: int) -> Expression:
        base, key = node.field("object"), node.field("index")
        if base is None or key is None:
            return other(node)
        read, line = self._base(base, depth), line_of(node)
        value = scalar(key)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return Index(read, self.read(key, depth + 1), line)
        return Member(read, str(value), line)

    def _list(self, node: SgNode, depth: int) -> List:
        return List(tuple(self.read(part, depth + 1) for part in parts_of(node)), line_of(node))

    def _record(self, node: SgNode, depth: int) -> Record:
        return Record(tuple(self._entry(part, depth) for part in parts_of(node)), line_of(node))

    def _text(self, node: SgNode, depth: int) -> Text:
        found = text_of(node)
        if found.value is not None:
            return found
        return Text(None, found.parts, found.line, tuple(self._pieces(node, depth + 1)))

    def _pieces(self, node: SgNode, depth: int) -> Iterator[str | Expression]:
        """The plain parts of a template and what is substituted, in order."""
        for part in node.named_children():
            inner = inner_of(part) if part.kind() == "template_substitution" else None
            yield self.read(inner, depth) if inner is not None else part.text()

    def _operation(self, node: SgNode, depth: int) -> Other:
        """Two values and what stands between them, or the three of ``a ? b : c``."""
        found = [node.field(name) for name in _OPERANDS]
        operator = node.field("operator")
        operands = tuple(self.read(each, depth + 1) for each in found if each is not None)
        return Other(other(node).source, line_of(node), operator.text() if operator is not None else "?", operands)

    def _spread(self, node: SgNode, depth: int) -> Spread:
        inner = parts_of(node)
        return Spread(self.read(inner[0], depth + 1) if inner else other(node), line_of(node))

    def _entry(self, part: SgNode, depth: int) -> Entry:
        kind, line = part.kind(), line_of(part)
        if kind == "shorthand_property_identifier":
            return Entry(part.text(), Name(part.text(), line), line)
        if kind == "spread_element":
            return Entry(None, self._spread(part, depth), line)
        key = part.field("key") or part.field("name")
        if kind == "method_definition":
            read: Expression = other(part) if is_accessor(part) else self.function(part, depth + 1)
        else:
            value = part.field("value")
            read = self.read(value, depth + 1) if value is not None else other(part)
        return Entry(key_of(key), read, line)

    def _returned(self, node: SgNode, depth: int) -> Expression | None:
        """What a function returns, if that is written in one place."""
        body = node.field("body")
        if body is None:
            return None
        if body.kind() != "statement_block":
            return self.read(body, depth + 1)
        found = self._returns.get(node, ())
        value = parts_of(found[0]) if len(found) == 1 else []
        return self.read(value[0], depth + 1) if value else None


_Read = Callable[[Reader, SgNode, int], Expression]
_KINDS: dict[str, _Read] = {
    "string": lambda _, node, _depth: text_of(node),
    "template_string": Reader._text,
    "binary_expression": Reader._operation,
    "ternary_expression": Reader._operation,
    "member_expression": Reader._member,
    "subscript_expression": Reader._subscript,
    "array": Reader._list,
    "object": Reader._record,
    "spread_element": Reader._spread,
    **dict.fromkeys(sorted(CLASSES), Reader._class),
}
_KEPT: dict[str, _Read] = {
    "call_expression": Reader._call,
    "new_expression": Reader._call,
    **dict.fromkeys(sorted(FUNCTIONS), Reader._function),
}
"""What is read once, as it stands both on its own and within others."""
