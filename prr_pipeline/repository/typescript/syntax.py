"""Small questions about syntax nodes."""

from __future__ import annotations

from ast_grep_py import SgNode

LOOKED_THROUGH = frozenset(
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
"""Nodes that leave the value of the expression in them as it is, ``await`` among them."""
FUNCTIONS = frozenset(
    (
        "arrow_function",
        "function_expression",
        "function_declaration",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    )
)
CLASSES = frozenset(("class", "class_declaration", "abstract_class_declaration"))
COMMENTS = frozenset(("comment", "html_comment", "hash_bang_line"))
NOT_ALONE = frozenset((*COMMENTS, "type_arguments"))


def line_of(node: SgNode) -> int:
    """The line that a node starts in, from 1."""
    return node.range().start.line + 1


def parts_of(node: SgNode) -> list[SgNode]:
    """The named children, without comments."""
    parts = node.named_children()
    return [part for part in parts if part.kind() not in COMMENTS] if parts else parts


def inner_of(node: SgNode) -> SgNode | None:
    """The expression that parentheses, type syntax or ``await`` stand around; None for an empty one."""
    return next((part for part in node.named_children() if part.kind() not in NOT_ALONE), None)


def looked_through(node: SgNode) -> SgNode:
    """The node without the parentheses, type syntax and ``await`` around it."""
    while node.kind() in LOOKED_THROUGH:
        inner = inner_of(node)
        if inner is None:
            return node
        node = inner
    return node


def has_word(node: SgNode, word: str) -> bool:
    """Whether one of the node's own tokens is that word: ``default``, ``type``, ``get``."""
    return word in node.text() and any(
        part.text() == word for part in node.children() if part.kind() in (word, "ERROR")
    )
