"""Reads what stands inside the functions of a source: choices, comparisons, members given, elements of a page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ast_grep_py import Rule, SgNode

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.choices import EQUALITY, operator_of, read_choices
from prr_pipeline.repository.typescript.conditions import read_conditions, read_loops, read_tries
from prr_pipeline.repository.typescript.expressions import Expression, Text
from prr_pipeline.repository.typescript.fragments import Comparison, Element, Fragments, Given, Piece
from prr_pipeline.repository.typescript.reader import Reader
from prr_pipeline.repository.typescript.source import parse_source
from prr_pipeline.repository.typescript.syntax import inner_of, line_of, looked_through, parts_of
from prr_pipeline.repository.typescript.unreached import read_unreached

_ELSE = frozenset(("??", "||"))
_ACCESS = ("member_expression", "subscript_expression")
_ELEMENTS = ("jsx_opening_element", "jsx_self_closing_element")
_COMMON = (*_ACCESS, "binary_expression", "switch_statement", "if_statement", "pair", "string", "template_string",
           "shorthand_property_identifier", "assignment_expression", "expression_statement", "array",
           "ternary_expression", "statement_block", "return_statement", "augmented_assignment_expression",
           "try_statement", "for_in_statement", "variable_declarator")  # fmt: skip
_PAGES, _TYPES = (*_ELEMENTS, "jsx_text"), ("literal_type",)
_KINDS = (*_COMMON, *_PAGES, *_TYPES)


def read_fragments(blob: Blob) -> Fragments:
    """The fragments of a source. Equal paths and contents are read once. Raises `Unreadable` for any syntax error."""
    found = _known(blob.path, blob.id, blob)
    if isinstance(found, str):
        raise Unreadable(found)
    return found


@lru_cache(maxsize=1_024)
def _known(path: str, _: str, blob: Blob) -> Fragments | str:
    try:
        return _Reading(parse_source(blob), path).fragments()
    except Unreadable as fault:
        return str(fault)


class _Reading:
    def __init__(self, root: SgNode, path: str) -> None:
        self._nodes: dict[str, list[SgNode]] = {kind: [] for kind in _KINDS}
        for node in root.find_all(any=_rules(path)):
            self._nodes[node.kind()].append(node)
        self._reader = Reader({})
        self._root = root

    def fragments(self) -> Fragments:
        """Everything, by its kind."""
        binary = [(node, operator_of(node)) for node in self._nodes["binary_expression"]]
        return Fragments(
            tuple(self._piece(node) for kind in _ACCESS for node in self._nodes[kind]),
            tuple(self._piece(node) for node in self._nodes["array"]),
            tuple(self._texts()),
            tuple(sorted(self._given(), key=lambda each: each.start)),
            tuple(self._comparison(node, operator) for node, operator in binary if operator in EQUALITY),
            read_choices(self._root, self._nodes, self._reader),
            tuple(self._piece(left) for node, operator in binary if operator in _ELSE and (left := node.field("left"))),
            tuple(self._element(node) for kind in _ELEMENTS for node in self._nodes[kind]),
            frozenset(_discarded(self._nodes["expression_statement"])),
            tuple(self._piece(value[0]) for node in self._nodes["return_statement"] if (value := parts_of(node))),
            tuple(self._assigned()),
            read_conditions(self._nodes, self._reader),
            read_tries(self._nodes["try_statement"]),
            read_loops(self._nodes["for_in_statement"], self._reader),
            tuple(read_unreached(self._nodes)),
            tuple(self._begun()),
        )

    def _piece(self, node: SgNode) -> Piece:
        span = node.range()
        return Piece(self._reader.read(node), span.start.line + 1, span.start.index, span.end.index)

    def _texts(self) -> Iterator[Piece]:
        types = [(span.start.index, span.end.index) for span in (node.range() for node in self._nodes["literal_type"])]
        for kind in ("string", "template_string"):
            for node in self._nodes[kind]:
                found = self._piece(node)
                if not any(start <= found.start < end for start, end in types):
                    yield found
        for node in self._nodes["jsx_text"]:
            text, span = " ".join(node.text().split()), node.range()
            if text:
                yield Piece(Text(text, (text,), line_of(node)), line_of(node), span.start.index, span.end.index)

    def _given(self) -> Iterator[Given]:
        for node in self._nodes["pair"]:
            key, value = node.field("key"), node.field("value")
            if key is not None and value is not None:
                yield self._giving(_key(key), value, node)
        for node in self._nodes["shorthand_property_identifier"]:
            yield self._giving(node.text(), node, node)
        for node in self._nodes["assignment_expression"]:
            left, value = node.field("left"), node.field("right")
            name = left.field("property") or left.field("index") if left is not None else None
            if name is not None and value is not None:
                yield self._giving(_key(name), value, node)

    def _assigned(self) -> Iterator[Given]:
        for kind in ("assignment_expression", "augmented_assignment_expression"):
            for node in self._nodes[kind]:
                left, value = node.field("left"), node.field("right")
                if left is not None and value is not None and left.kind() == "identifier":
                    yield self._giving(left.text(), value, node)

    def _begun(self) -> Iterator[Given]:
        for node in self._nodes["variable_declarator"]:
            name, value = node.field("name"), node.field("value")
            if name is not None and value is not None and name.kind() == "identifier":
                yield self._giving(name.text(), value, node)

    def _giving(self, name: str, value: SgNode, node: SgNode) -> Given:
        return Given(name, self._reader.read(value), line_of(node), node.range().start.index)

    def _comparison(self, node: SgNode, operator: str) -> Comparison:
        left, right = (self._side(node, name) for name in ("left", "right"))
        return Comparison(operator, left, right, line_of(node), node.range().start.index)

    def _side(self, node: SgNode, name: str) -> Expression:
        side = node.field(name)
        return self._reader.read(side if side is not None else node)

    def _element(self, node: SgNode) -> Element:
        parts = parts_of(node)
        attributes = {name: value for part in parts[1:] for name, value in self._attribute(part)}
        tag = node.field("name")
        whole = node.parent() if node.kind() == "jsx_opening_element" else None
        span = node.range().start.index, (whole or node).range().end.index
        return Element(self._reader.read(tag or node), attributes, line_of(node), *span)

    def _attribute(self, node: SgNode) -> Iterator[tuple[str, Expression | None]]:
        if node.kind() == "jsx_expression":
            yield "...", None
        if node.kind() != "jsx_attribute":
            return
        parts = parts_of(node)
        value = parts[1] if len(parts) > 1 else None
        if value is not None and value.kind() == "jsx_expression":
            value = inner_of(value)
        yield parts[0].text(), self._reader.read(value) if value is not None else None


def _rules(path: str) -> list[Rule]:
    """What is looked for; the grammar of plain TypeScript has no elements, that of JavaScript no types."""
    is_script = path.endswith(("js", "jsx"))
    has_pages = is_script or path.endswith("tsx")
    kinds = (*_COMMON, *(_PAGES if has_pages else ()), *(() if is_script else _TYPES))
    return [Rule(kind=kind) for kind in kinds]


def _key(node: SgNode) -> str:
    return node.text().strip("'\"`[]")


def _discarded(statements: list[SgNode]) -> Iterator[int]:
    for each in statements:
        inner = inner_of(each)
        if inner is not None:
            value = looked_through(inner)
            if value.kind() == "call_expression":
                yield value.range().start.index
