"""What is known of an answer where a condition that asks it holds, where it does not, and what runs on each side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from ast_grep_py import SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.choices import leaves, operator_of
from prr_pipeline.repository.typescript.enclosing import (
    body_of,
    callee_of,
    function_around,
    holds,
    is_same,
    names_in,
    span_of,
)
from prr_pipeline.repository.typescript.source import parse_source
from prr_pipeline.repository.typescript.syntax import looked_through, parts_of

Known = bool | None | Literal["?"]
"""The answer is true, is false, may be either, or is made into something that is not followed."""
_ASKING = ("if_statement", "ternary_expression", "binary_expression")
_COUNTS = frozenset(("length", "size", "rowCount", "rowsAffected", "count", "affectedRows", "changes"))
_NOTHING = frozenset(("false", "0", "null", "undefined"))
_SOMETHING = frozenset(("true", "1"))
_SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of the answer there, the span of what runs there (None: nothing), and whether that leaves."""

    known: Known
    span: tuple[int, int] | None
    leaves: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that a function declares: how its first value is written, and the span of that."""

    name: str
    said: str
    span: tuple[int, int]


def declared_in(blob: Blob, function: tuple[int, int]) -> tuple[Declared, ...]:
    """The names that the function at a span declares with a value, those of functions in it too."""
    found = []
    for node in parse_source(blob).find_all(kind="variable_declarator"):
        name, value = node.field("name"), node.field("value")
        if name is not None and value is not None and function[0] <= span_of(node)[0] < function[1]:
            found.append(Declared(name.text(), looked_through(value).text(), span_of(value)))
    return tuple(found)


def sides_of(
    blob: Blob, condition: tuple[int, int], answer: tuple[int, int], names: Collection[str]
) -> tuple[Side, Side] | None:
    """The side on which the condition at a span holds, and the other; None where no such condition stands there.

    ``answer``: the span of the call; ``names`` hold its answer, or what is made of it.
    """
    root = parse_source(blob)
    for kind in _ASKING:
        for node in root.find_all(kind=kind):
            asked = node.field("left" if kind == "binary_expression" else "condition")
            if asked is not None and span_of(asked) == condition:
                true, false = _Asking(answer, names).known(asked)
                first, second = _ways(node)
                return _side(true, first), _side(false, second)
    return None


def answer_of(blob: Blob, function: tuple[int, int], answer: tuple[int, int], names: Collection[str]) -> Known:
    """What is known of an answer where the function at a span gives something true; only of one that it gives at
    once."""
    root = parse_source(blob)
    for kind in ("arrow_function", "function_expression", "function_declaration", "method_definition"):
        for node in root.find_all(kind=kind):
            body = node.field("body")
            if span_of(node) != function or body is None:
                continue
            if body.kind() != "statement_block":
                return _Asking(answer, names).known(body)[0]
            own = [
                each for each in body.find_all(kind="return_statement") if is_same(function_around(each) or each, node)
            ]
            parts = parts_of(own[0]) if len(own) == 1 else []
            return _Asking(answer, names).known(parts[0])[0] if parts else "?"
    return "?"


def _ways(node: SgNode) -> tuple[SgNode | None, SgNode | None]:
    if node.kind() != "binary_expression":
        return node.field("consequence"), node.field("alternative")
    right = node.field("right")
    return (right, None) if operator_of(node) == "&&" else (None, right)


def _side(known: Known, way: SgNode | None) -> Side:
    if way is None:
        return Side(known, None, leaves=False)
    return Side(known, span_of(way), leaves=leaves(body_of(way)))


class _Asking:
    def __init__(self, answer: tuple[int, int], names: Collection[str]) -> None:
        self._answer = answer
        self._names = names

    def known(self, node: SgNode, depth: int = _DEPTH) -> tuple[Known, Known]:
        """What is known of the answer where an expression is true, and where it is false."""
        node = looked_through(node)
        if span_of(node) == self._answer:
            return True, False
        if not self._speaks(node):
            return None, None
        if depth == 0:
            return "?", "?"
        kind = node.kind()
        if kind == "identifier":
            return self._named(node, depth)
        if kind == "unary_expression" and node.text().startswith("!"):
            return self._swapped(node.field("argument"), depth)
        if kind == "binary_expression":
            return self._combined(node, depth)
        if kind in ("member_expression", "subscript_expression"):
            return self._part(node, depth)
        if kind == "call_expression" and callee_of(node) == "Boolean":
            given = node.field("arguments")
            return self.known(parts_of(given)[0], depth - 1) if given is not None else ("?", "?")
        return "?", "?"

    def _speaks(self, node: SgNode) -> bool:
        is_around = span_of(node)[0] <= self._answer[0] < span_of(node)[1]
        return is_around or any(each.text() in self._names for each in (node, *names_in(node)))

    def _swapped(self, node: SgNode | None, depth: int) -> tuple[Known, Known]:
        true, false = self.known(node, depth - 1) if node is not None else ("?", "?")
        return false, true

    def _part(self, node: SgNode, depth: int) -> tuple[Known, Known]:
        """Of ``rows.length`` and ``rows[0]``, what is known of the rows."""
        inner, name = node.field("object"), node.field("property")
        is_count = name is not None and name.text() in _COUNTS
        if inner is None or not (is_count or node.kind() == "subscript_expression"):
            return "?", "?"
        return self.known(inner, depth - 1)

    def _named(self, node: SgNode, depth: int) -> tuple[Known, Known]:
        values = list(self._values(node))
        told = {self.known(each, depth - 1) for each in values if self._speaks(each)}
        if len(told) > 1:
            return "?", "?"
        return told.pop() if told else (True, False)

    def _values(self, name: SgNode) -> Iterator[SgNode]:
        """What a name is set to in the function around it."""
        around = function_around(name)
        for node in around.find_all(kind="variable_declarator") if around is not None else ():
            bound, value = node.field("name"), node.field("value")
            if bound is not None and value is not None and bound.text() == name.text() and not holds(value, name):
                yield value

    def _combined(self, node: SgNode, depth: int) -> tuple[Known, Known]:
        left, right, operator = node.field("left"), node.field("right"), operator_of(node)
        if left is None or right is None:
            return "?", "?"
        if operator in ("&&", "||"):
            (true, false), (also, nor) = self.known(left, depth - 1), self.known(right, depth - 1)
            if operator == "&&":
                return (true if true is not None else also), (false if false == nor else None)
            return (true if true == also else None), (false if false is not None else nor)
        if not self._speaks(left):
            left, right, operator = right, left, _SWAPPED.get(operator, operator)
        return self._compared(left, looked_through(right).text(), operator, depth)

    def _compared(self, side: SgNode, other: str, operator: str, depth: int) -> tuple[Known, Known]:
        is_equal = operator in ("===", "==")
        if (is_equal and other in _SOMETHING) or (operator in ("!==", "!=") and other in _NOTHING):
            return self.known(side, depth - 1)
        if (operator, other) in ((">", "0"), (">=", "1")):
            return self.known(side, depth - 1)
        if (is_equal and other in _NOTHING) or (operator in ("!==", "!=") and other in _SOMETHING):
            return self._swapped(side, depth)
        return self._swapped(side, depth) if (operator, other) in (("<", "1"), ("<=", "0")) else ("?", "?")
