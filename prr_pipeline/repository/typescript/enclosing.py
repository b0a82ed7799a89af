"""Where a syntax node stands: the function and the statement around it, what is done there, how a branch ends."""

from __future__ import annotations

from collections.abc import Collection

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.syntax import FUNCTIONS, inner_of, parts_of


def span_of(node: SgNode) -> tuple[int, int]:
    """The character offsets of a node."""
    span = node.range()
    return span.start.index, span.end.index


def is_same(one: SgNode, other: SgNode | None) -> bool:
    """Whether two nodes are one."""
    return other is not None and span_of(one) == span_of(other) and one.kind() == other.kind()


def holds(outer: SgNode, inner: SgNode) -> bool:
    """Whether a node lies in another."""
    (start, end), (first, last) = span_of(outer), span_of(inner)
    return start <= first and last <= end


def is_first(parent: SgNode, node: SgNode) -> bool:
    """Whether a node lies in what the one around it asks first."""
    first = parent.field("left") or parent.field("condition")
    return first is not None and holds(first, node)


def function_around(node: SgNode) -> SgNode | None:
    """The innermost function around a node."""
    return next((each for each in node.ancestors() if each.kind() in FUNCTIONS), None)


def statement_around(node: SgNode) -> SgNode:
    """The innermost statement around a node."""
    return next((each for each in node.ancestors() if each.kind().endswith(("_statement", "_declaration"))), node)


def callee_of(call: SgNode) -> str:
    """How what a call calls is written."""
    callee = call.field("function")
    return callee.text() if callee is not None else ""


def names_in(node: SgNode) -> list[SgNode]:
    """Every name in a node, shorthand ones of objects included."""
    return [*node.find_all(kind="identifier"), *node.find_all(kind="shorthand_property_identifier")]


def returned_by(statement: SgNode) -> str:
    """How the value of a ``return`` is written; empty for none."""
    parts = parts_of(statement)
    return parts[0].text() if parts else ""


def body_of(branch: SgNode) -> SgNode:
    """The statement of a branch, or the block of a ``catch``."""
    if branch.kind() == "catch_clause":
        return branch.field("body") or branch
    return (inner_of(branch) or branch) if branch.kind() == "else_clause" else branch


def _last(branch: SgNode) -> SgNode:
    body = body_of(branch)
    parts = parts_of(body) if body.kind() == "statement_block" else [body]
    return parts[-1] if parts else body


def throws_last(branch: SgNode) -> bool:
    """Whether a branch ends with a ``throw``."""
    return _last(branch).kind() == "throw_statement"


def refusal_of(branch: SgNode) -> str:
    """How the value is written that a branch ends with; ``?`` where it ends otherwise."""
    last = _last(branch)
    return returned_by(last) if last.kind() == "return_statement" else "?"


def acts_between(function: SgNode, names: Collection[str], start: int, end: int) -> bool:
    """Whether anything of weight is done between two offsets of a function: one of these calls, or one that is
    waited for."""
    waits = (each.range().start.index for each in function.find_all(kind="await_expression"))
    return calls_any(function, names, start, end) or any(start <= at < end for at in waits)


def calls_any(node: SgNode, names: Collection[str], start: int = 0, end: int | None = None) -> bool:
    """Whether a call of one of these names stands in a node, between two offsets."""
    for each in node.find_all(kind="call_expression"):
        callee, at = callee_of(each), each.range().start.index
        is_within = start <= at and (end is None or at < end)
        if is_within and any(callee == name or callee.endswith(f".{name}") for name in names):
            return True
    return False


def asked_before(parent: SgNode, other: SgNode) -> bool:
    """Whether what stands beside was asked by a condition before, which may have left already."""
    function = function_around(parent)
    asked = function.find_all(kind="if_statement") if function is not None else []
    start = statement_around(parent).range().start.index
    names = {each.text() for each in names_in(other)}
    return any(
        each.range().end.index <= start
        and (condition := each.field("condition")) is not None
        and names & {name.text() for name in names_in(condition)}
        for each in asked
    )
