"""Reads the conditions of a source, with its loops and what it catches: what is asked, and what runs by the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.choices import leaves, operator_of
from prr_pipeline.repository.typescript.fragments import Condition, Loop, Try
from prr_pipeline.repository.typescript.patterns import bound_names
from prr_pipeline.repository.typescript.reader import Reader
from prr_pipeline.repository.typescript.syntax import line_of

_SHORT = frozenset(("&&", "||"))


def read_conditions(nodes: Mapping[str, Sequence[SgNode]], reader: Reader) -> tuple[Condition, ...]:
    """Every condition, in order. ``nodes``: those of the source by kind."""
    found = [
        _condition(node, reader, "condition", "consequence", "alternative")
        for kind in ("if_statement", "ternary_expression")
        for node in nodes[kind]
    ]
    short = [node for node in nodes["binary_expression"] if operator_of(node) in _SHORT]
    found += [_condition(node, reader, "left", "right") for node in short]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.start))


def read_tries(nodes: Sequence[SgNode]) -> tuple[Try, ...]:
    """Every ``try`` that catches, in order."""
    found = [(node.field("body"), node.field("handler")) for node in nodes]
    tries = [Try(*_span(body), _span(handler)) for body, handler in found if body is not None and handler is not None]
    return tuple(sorted(tries, key=lambda each: each.start))


def read_loops(nodes: Sequence[SgNode], reader: Reader) -> tuple[Loop, ...]:
    """Every ``for ... of`` and ``for ... in``, in order."""
    found = []
    for node in nodes:
        left, right, body = (node.field(name) for name in ("left", "right", "body"))
        if left is not None and right is not None and body is not None:
            found.append(Loop(reader.read(right), tuple(bound_names(left)), line_of(node), *_span(body)))
    return tuple(sorted(found, key=lambda each: each.start))


def _condition(node: SgNode, reader: Reader, question: str, *answers: str) -> Condition | None:
    asked = node.field(question)
    if asked is None:
        return None
    ways = [way for name in answers if (way := node.field(name)) is not None]
    ends = any(leaves(inner) for way in ways for inner in _inner(way))
    start, end = _span(asked)
    return Condition(reader.read(asked), start, end, tuple(_span(way) for way in ways), ends)


def _inner(way: SgNode) -> Iterator[SgNode]:
    """A branch itself; of an ``else`` the statement."""
    yield from way.named_children() if way.kind() == "else_clause" else (way,)


def _span(node: SgNode) -> tuple[int, int]:
    span = node.range()
    return span.start.index, span.end.index
