"""Literals that a TypeScript file exports, as plain data with the line of each entry. Nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from typing import Literal as OneOf

from ast_grep_py import SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import UnknownName
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.source import Exports, parse_source, read_exports
from prr_pipeline.repository.typescript.values import UNRESOLVED, Evaluator, Gap, Unresolved

__all__ = ["UNRESOLVED", "Entry", "Gap", "Literal", "Unresolved", "exported_literal", "exported_names"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an object (``key`` is its name) or an array (``key`` is its index as text)."""

    key: str
    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Literal:
    """An exported constant as plain data; parts that only running the code could tell are `UNRESOLVED`.

    ``gaps`` lists those, with spreads and computed keys, which leave no entry. ``lines`` maps the JSON pointer of
    every part to its line.
    """

    path: str
    name: str
    line: int
    kind: OneOf["object", "array", "other"]
    value: Any
    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    lines: Mapping[str, int]

    @property
    def complete(self) -> bool:
        """Whether everything in it was resolved."""
        return not self.gaps

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)


def exported_literal(blob: Blob, name: str) -> Literal:
    """The literal exported as ``name`` (``default`` for the default export).

    Type annotations, ``as const``, ``satisfies``, parentheses and ``Object.freeze`` are looked through; constants of
    the same file are followed. Raises `UnknownName` for a name that is not exported, `Unreadable` for a file with
    syntax errors.
    """
    exports = _exports(blob)
    node = exports.values.get(name)
    if node is None:
        raise UnknownName(f"exported constant of {blob.path}", name, exports.values)
    return _literal(blob.path, name, node, exports.constants)


def exported_names(blob: Blob) -> tuple[str, ...]:
    """The names of the constants that a file exports with a value of its own, sorted."""
    return tuple(sorted(_exports(blob).values))


def _literal(path: str, name: str, node: SgNode, constants: Mapping[str, SgNode]) -> Literal:
    evaluator = Evaluator(path, constants)
    value = evaluator.value(node, "")
    lines = evaluator.lines
    kind: OneOf["object", "array", "other"] = "other"
    parts: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        kind, parts = "object", list(value.items())
    elif isinstance(value, list):
        kind, parts = "array", [(str(i), item) for i, item in enumerate(value)]
    line = node.range().start.line + 1
    entries = tuple(Entry(key, part, lines.get(evaluator.pointer("", key), line)) for key, part in parts)
    return Literal(path, name, line, kind, value, entries, tuple(evaluator.gaps), lines)


def _exports(blob: Blob) -> Exports:
    return _cached_exports(blob.path, blob.id, blob)


@lru_cache(maxsize=64)
def _cached_exports(path: str, blob_id: str, blob: Blob) -> Exports:
    return read_exports(parse_source(blob))
