"""The types of configured values that are patterns: one that RE2 does not take is refused when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.repository.patterns import configured

_DATA = frozenset(("const", "default", "enum", "example", "examples"))
"""Keywords of JSON Schema under which everything is data."""


class PatternText(str):
    """A pattern that is searched in linear time. Raises `Unreadable` for another, `ValueError` for what is no text."""

    __slots__ = ()

    def __new__(cls, text: object) -> PatternText:
        if not isinstance(text, str):
            raise ValueError(f"expected `str`, got `{type(text).__name__}`")
        configured(text)
        return super().__new__(cls, text)


class SchemaWithPatterns(dict[str, Any]):
    """A JSON Schema whose patterns are such. Raises as `PatternText` does."""

    def __init__(self, schema: object) -> None:
        if not isinstance(schema, Mapping):
            raise ValueError(f"expected `object`, got `{type(schema).__name__}`")
        for text in _patterns(schema):
            configured(text)
        super().__init__(schema)


def _patterns(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every ``pattern`` of a JSON Schema, and every key of its ``patternProperties``."""
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, Mapping):
            own, by_name = node.get("pattern"), node.get("patternProperties")
            yield from [own] if isinstance(own, str) else []
            yield from (key for key in (by_name if isinstance(by_name, Mapping) else ()) if isinstance(key, str))
            waiting += [value for key, value in node.items() if key not in _DATA]
