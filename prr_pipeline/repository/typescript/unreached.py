"""Finds what no run of a source reaches: what stands behind a way out, and branches of a condition that is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.choices import operator_of
from prr_pipeline.repository.typescript.syntax import inner_of, looked_through, parts_of

_LEAVING = frozenset(("return_statement", "throw_statement", "continue_statement", "break_statement"))
_DEPTH = 50
_DEAD_SIDE = {("&&", "false"), ("||", "true")}


def read_unreached(nodes: Mapping[str, Sequence[SgNode]]) -> Iterator[tuple[int, int]]:
    """The character offsets of each such part. ``nodes``: those of the source by kind."""
    for block in nodes["statement_block"]:
        parts = parts_of(block)
        behind = next((at + 1 for at, each in enumerate(parts) if _ends(each)), len(parts))
        if behind < len(parts):
            yield parts[behind].range().start.index, parts[-1].range().end.index
    for kind in ("if_statement", "ternary_expression"):
        for node in nodes[kind]:
            asked = node.field("condition")
            answer = looked_through(asked).text() if asked is not None else ""
            side = {"false": "consequence", "true": "alternative"}.get(answer)
            dead = node.field(side) if side is not None else None
            if dead is not None:
                yield _span(dead)
    for node in nodes["binary_expression"]:
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None and (operator_of(node), looked_through(left).text()) in _DEAD_SIDE:
            yield _span(right)


def _ends(statement: SgNode, depth: int = _DEPTH) -> bool:
    """Whether nothing behind a statement is ever run."""
    kind = statement.kind()
    if kind in _LEAVING or depth == 0:
        return kind in _LEAVING
    if kind == "statement_block":
        return any(_ends(each, depth - 1) for each in parts_of(statement))
    if kind == "if_statement":
        consequence, rest = statement.field("consequence"), statement.field("alternative")
        inner = inner_of(rest) if rest is not None else None
        return (
            consequence is not None and inner is not None and _ends(consequence, depth - 1) and _ends(inner, depth - 1)
        )
    return False


def _span(node: SgNode) -> tuple[int, int]:
    span = node.range()
    return span.start.index, span.end.index
