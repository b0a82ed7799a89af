"""The types of configured values that are patterns: one that RE2 does not take is refused when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.patterns import configured

BAD_PATTERN = "bad_pattern"
"""The type of the fault in a `ValidationError`."""
_DATA = frozenset(("const", "default", "enum", "example", "examples"))
"""Keywords of JSON Schema under which everything is data."""


def _checked(text: str) -> str:
    try:
        configured(text)
    except Unreadable as fault:
        raise PydanticCustomError(BAD_PATTERN, "{why}", {"why": str(fault).rstrip(".")}) from None
    return text


def _checked_schema(schema: dict[str, Any]) -> dict[str, Any]:
    for text in _patterns(schema):
        _checked(text)
    return schema


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


PatternText = Annotated[str, AfterValidator(_checked)]
"""A pattern that is searched in linear time."""
SchemaWithPatterns = Annotated[dict[str, Any], AfterValidator(_checked_schema)]
"""A JSON Schema whose patterns are such."""
