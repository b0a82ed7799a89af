"""Turns the syntax tree of a literal into plain data, without running anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from ast_grep_py import SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.lines import pointer_to

_DEPTH_CAP = 64
_NODE_CAP = 200_000
_LOOKED_THROUGH = frozenset(
    ("as_expression", "satisfies_expression", "parenthesized_expression", "type_assertion", "non_null_expression")
)
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_TYPES = frozenset(("type_arguments", "comment"))
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


class Unresolved(Enum):
    """The type of `UNRESOLVED`: a value that only running the code could tell."""

    UNRESOLVED = "unresolved"


UNRESOLVED: Final = Unresolved.UNRESOLVED


@dataclass(frozen=True, slots=True)
class Gap:
    """A part that was not resolved: the start of its source, its line, and the JSON pointer of what it is in."""

    pointer: str
    line: int
    source: str


class Evaluator:
    """Reads one literal. ``lines`` maps the JSON pointer of each part to its line, from 1."""

    def __init__(self, path: str, constants: Mapping[str, SgNode]) -> None:
        self.lines: dict[str, int] = {}
        self.gaps: list[Gap] = []
        self._path = path
        self._constants = constants
        self._following: list[str] = []
        self._depth = 0
        self._nodes = 0

    @staticmethod
    def pointer(base: str, key: str) -> str:
        return base + pointer_to(key)

    def value(self, node: SgNode, pointer: str) -> Any:
        """The plain value of an expression; `UNRESOLVED`, noted as a gap, for anything but a literal."""
        self._depth += 1
        self._nodes += 1
        if self._depth > _DEPTH_CAP or self._nodes > _NODE_CAP:
            raise Unreadable(f"{self._path} holds a literal with more than {_DEPTH_CAP} levels or {_NODE_CAP:,} parts.")
        self.lines.setdefault(pointer, node.range().start.line + 1)
        try:
            return self._evaluate(node, pointer)
        finally:
            self._depth -= 1

    def _evaluate(self, node: SgNode, pointer: str) -> Any:
        kind = node.kind()
        if kind in _LOOKED_THROUGH:
            inner = next((n for n in node.children() if n.is_named() and n.kind() not in _TYPES), None)
            return self._gap(node, pointer) if inner is None else self.value(inner, pointer)
        if kind == "object":
            return self._object(node, pointer)
        if kind == "array":
            return self._array(node, pointer)
        if kind in ("identifier", "shorthand_property_identifier"):
            return self._follow(node, pointer)
        if kind == "call_expression":
            return self._frozen(node, pointer)
        found = scalar(node)
        return self._gap(node, pointer) if found is UNRESOLVED else found

    def _object(self, node: SgNode, pointer: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in node.children():
            if not part.is_named() or part.kind() == "comment":
                continue
            name, value = _member(part)
            if name is None:
                self._gap(part, pointer)
                continue
            at = self.pointer(pointer, name)
            self.lines[at] = part.range().start.line + 1
            found[name] = self._gap(part, at) if value is None else self.value(value, at)
        return found

    def _array(self, node: SgNode, pointer: str) -> list[Any]:
        found: list[Any] = []
        for part in node.children():
            if part.kind() == "spread_element":
                self._gap(part, pointer)
            elif part.is_named() and part.kind() != "comment":
                found.append(self.value(part, self.pointer(pointer, str(len(found)))))
        return found

    def _follow(self, node: SgNode, pointer: str) -> Any:
        """The constant of that name in the same file; a circle or an import is a gap."""
        name = node.text()
        if name == "undefined":
            return None
        target = self._constants.get(name)
        if target is None or name in self._following:
            return self._gap(node, pointer)
        self._following.append(name)
        try:
            return self.value(target, pointer)
        finally:
            self._following.pop()

    def _frozen(self, node: SgNode, pointer: str) -> Any:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None or function.text() != "Object.freeze":
            return self._gap(node, pointer)
        given = [part for part in arguments.children() if part.is_named() and part.kind() != "comment"]
        return self.value(given[0], pointer) if len(given) == 1 else self._gap(node, pointer)

    def _gap(self, node: SgNode, pointer: str) -> Unresolved:
        self.gaps.append(Gap(pointer, node.range().start.line + 1, node.text()[:80]))
        return UNRESOLVED


def _member(part: SgNode) -> tuple[str | None, SgNode | None]:
    """Key and value of an object's member; no key for a spread or a computed one, no value for a method."""
    if part.kind() == "shorthand_property_identifier":
        return part.text(), part
    key = part.field("key") or part.field("name")
    name = _key(key) if key is not None else None
    return name, part.field("value") if part.kind() == "pair" else None


def _key(key: SgNode) -> str | None:
    if key.kind() == "property_identifier":
        return key.text()
    if key.kind() == "computed_property_name":
        inner = [part for part in key.children() if part.is_named() and part.kind() != "comment"]
        key = inner[0] if len(inner) == 1 else key
    value = scalar(key)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def scalar(node: SgNode) -> Any:
    """The value of a string, number, boolean or null node; `UNRESOLVED` for any other."""
    kind, text = node.kind(), node.text()
    if kind == "string" and "\\" not in text:
        return text[1:-1]
    if kind in ("string", "template_string"):
        return _string(node)
    if kind == "number":
        return _number(text)
    if kind == "unary_expression":
        inner = node.field("argument")
        value = _number(inner.text()) if inner is not None and inner.kind() == "number" else UNRESOLVED
        sign = {"-": -1, "+": 1}.get(text[0])
        return sign * value if sign is not None and value is not UNRESOLVED else UNRESOLVED
    return _WORDS[kind] if kind in _WORDS and text == kind else UNRESOLVED


def _number(text: str) -> Any:
    digits = text.replace("_", "").removesuffix("n")
    if len(digits) > 400 or not _NUMBER.fullmatch(digits):
        return UNRESOLVED
    if digits[:2].lower() in ("0x", "0o", "0b"):
        return int(digits, 0)
    return int(digits) if digits.isdigit() else float(digits)


def _string(node: SgNode) -> Any:
    parts: list[str] = []
    for part in node.children():
        if part.kind() == "string_fragment":
            parts.append(part.text())
        elif part.kind() == "escape_sequence":
            parts.append(_escape(part.text()))
        elif part.kind() == "template_substitution":
            return UNRESOLVED
    joined = "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return joined


def _escape(text: str) -> str:
    body = text[1:]
    if body[:1] in ("x", "u"):
        digits = body[1:].strip("{}")
        code = int(digits, 16) if digits and len(digits) <= 6 else 0x110000
        return chr(code) if code < 0x110000 else "\ufffd"
    return _ESCAPES.get(body, body)
