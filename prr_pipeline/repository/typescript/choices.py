"""Reads the choices of a source: what is compared in each, and where all else goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.fragments import Choice
from prr_pipeline.repository.typescript.reader import Reader
from prr_pipeline.repository.typescript.syntax import inner_of, line_of, looked_through, parts_of

EQUALITY = frozenset(("===", "!==", "==", "!="))
_NAMED = ("identifier", "member_expression", "subscript_expression")
_LEAVING = frozenset(("return_statement", "throw_statement", "continue_statement", "break_statement"))
_TEXTS = ("string", "template_string")
_DECLARATIONS = ("lexical_declaration", "variable_declaration")
_IDLE = frozenset(("break_statement", "continue_statement", "empty_statement"))
_DEPTH = 50


def read_choices(root: SgNode, nodes: Mapping[str, Sequence[SgNode]], reader: Reader) -> tuple[Choice, ...]:
    """Every choice, in order. ``nodes``: those of the source by kind, outer ones before those in them."""
    reading = _Choices(root, nodes, reader)
    found = (*reading.switches(), *reading.chains(), *reading.ternaries())
    return tuple(sorted(found, key=lambda each: each.start))


def operator_of(node: SgNode) -> str:
    """The operator of a node with two sides; empty if it has none."""
    operator = node.field("operator")
    return operator.text() if operator is not None else ""


class _Choices:
    def __init__(self, root: SgNode, nodes: Mapping[str, Sequence[SgNode]], reader: Reader) -> None:
        self._nodes = nodes
        self._reader = reader
        self._after = {at: rest for block in (root, *nodes["statement_block"]) for at, rest in _followers(block)}
        """What is left to a choice that leaves its function in each branch: the statement after it, by its offset."""

    def switches(self) -> Iterator[Choice]:
        for node in self._nodes["switch_statement"]:
            value, body = node.field("value"), node.field("body")
            cases = parts_of(body) if body is not None else []
            labels = [label for each in cases if (label := each.field("value")) is not None]
            fallback = next((each for each in cases if each.kind() == "switch_default"), None)
            compared = ([value] if value is not None else []) + labels
            acts = fallback is not None and any(map(_acts, parts_of(fallback)))
            line = line_of(fallback) if fallback is not None and acts else None
            if fallback is None:
                line = self._left_to(node, compared)
            read = tuple(self._reader.read(each) for each in compared)
            yield Choice(read, line, line_of(node), node.range().start.index)

    def ternaries(self) -> Iterator[Choice]:
        for node in self._nodes["ternary_expression"]:
            condition, rest = node.field("condition"), node.field("alternative")
            compared = _compared(condition) if condition is not None else []
            says = rest is not None and (looked_through(rest).kind() in _TEXTS or _speaks(rest, compared))
            line = line_of(rest) if rest is not None and says and looked_through(rest).kind() != node.kind() else None
            read = tuple(self._reader.read(each) for each in compared)
            yield Choice(read, line, line_of(node), node.range().start.index)

    def chains(self) -> Iterator[Choice]:
        """Chains of ``if`` and ``else if``, each once, by its first condition."""
        inner: set[int] = set()
        for first in self._nodes["if_statement"]:
            start = first.range().start.index
            if start in inner:
                continue
            compared: list[SgNode] = []
            node: SgNode | None = first
            fallback = None
            while node is not None:
                condition, alternative = node.field("condition"), node.field("alternative")
                compared += _compared(condition) if condition is not None else []
                rest = inner_of(alternative) if alternative is not None else None
                node = rest if rest is not None and rest.kind() == "if_statement" else None
                if node is not None:
                    inner.add(node.range().start.index)
                elif rest is not None and _acts(rest):
                    fallback = line_of(rest)
                elif rest is None:
                    fallback = self._left_to(first, compared)
            yield Choice(tuple(self._reader.read(each) for each in compared), fallback, line_of(first), start)

    def _left_to(self, choice: SgNode, compared: list[SgNode]) -> int | None:
        """The line of what is left to a choice without a last branch, if it throws, or speaks of what is compared."""
        rest = self._after.get(choice.range().start.index)
        tells = rest is not None and (rest.kind() == "throw_statement" or _speaks(rest, compared))
        return line_of(rest) if rest is not None and tells else None


def _speaks(rest: SgNode, compared: Sequence[SgNode]) -> bool:
    """Whether what is left to a choice names what is compared there."""
    said = rest.text()
    return any(each.text() in said for each in map(looked_through, compared) if each.kind() in _NAMED)


def _compared(condition: SgNode) -> list[SgNode]:
    """Both sides of each comparison in a condition."""
    found = [each for each in condition.find_all(kind="binary_expression") if operator_of(each) in EQUALITY]
    return [side for each in found for name in ("left", "right") if (side := each.field(name)) is not None]


def _followers(block: SgNode) -> Iterator[tuple[int, SgNode]]:
    """The offset of each choice that leaves in all its branches, with the first statement after it that is no such."""
    after: SgNode | None = None
    for statement in reversed(parts_of(block)):
        if statement.kind() in _DECLARATIONS:
            continue
        if not leaves(statement) or statement.kind() in _LEAVING:
            after = statement
        elif after is not None:
            yield statement.range().start.index, after


def leaves(statement: SgNode, depth: int = _DEPTH) -> bool:
    """Whether no branch of a statement goes on behind it; not told of what is nested too deeply."""
    kind = statement.kind()
    if kind in _LEAVING or depth == 0:
        return kind in _LEAVING
    if kind == "statement_block":
        return any(leaves(each, depth - 1) for each in parts_of(statement)[-1:])
    if kind == "if_statement":
        consequence, rest = statement.field("consequence"), statement.field("alternative")
        inner = inner_of(rest) if rest is not None else None
        return consequence is not None and all(
            leaves(way, depth - 1) for way in (consequence, inner) if way is not None
        )
    if kind == "switch_statement":
        body = statement.field("body")
        ends = [parts_of(case)[-1] for case in (parts_of(body) if body is not None else []) if len(parts_of(case)) > 1]
        return bool(ends) and all(leaves(end, depth - 1) and end.kind() != "break_statement" for end in ends)
    return False


def _acts(statement: SgNode, depth: int = _DEPTH) -> bool:
    """Whether a branch does anything: an empty block, a ``break`` and a plain ``return`` do not."""
    if statement.kind() == "statement_block":
        return depth == 0 or any(_acts(each, depth - 1) for each in parts_of(statement))
    if statement.kind() == "return_statement":
        return bool(parts_of(statement))
    return statement.kind() not in _IDLE
