"""Validate values of untrusted documents against JSON Schemas: no network, no backtracking patterns.

The library is imported by the first schema that asks for more than keys: that takes as long as judging many lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import orjson

from prr_pipeline.errors import Unreadable

_KEYS_ALONE = frozenset({"type", "required"})
_PLAIN = re.compile(r"[\w.$-]+", re.ASCII)
"""A key that stands in a sentence as it is."""


def faults(schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """One part of a sentence per violation, as in ``min_tier: 9 is not one of 1, 2 or 3``.

    Raises `Unreadable` for a broken schema.
    """
    plain = orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)
    keys = _keys_alone(plain)
    if keys is not None and isinstance(value, dict):
        yield from (f'"{key}" is a required property'[:120] for key in keys if key not in value)
        return
    for error in _validator(plain).iter_errors(value):
        where = ".".join(str(part) for part in error.instance_path)
        yield (f"{where}: " if where else "") + error.message[:120]


@lru_cache(maxsize=256)
def _keys_alone(schema: bytes) -> tuple[str, ...] | None:
    """The keys, if the schema asks an object for keys and for nothing else; such a schema cannot be broken.

    That is the most common schema, and the library takes a hundred times as long to say which of them are missing.
    """
    rules = orjson.loads(schema)
    if not isinstance(rules, dict) or rules.keys() != _KEYS_ALONE or rules["type"] != "object":
        return None
    keys = rules["required"]
    are_keys = isinstance(keys, list) and all(isinstance(key, str) and _PLAIN.fullmatch(key) for key in keys)
    return tuple(keys) if are_keys and len(set(keys)) == len(keys) else None


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> Any:
    """What validates. Raises `Unreadable` for a broken schema."""
    import jsonschema_rs

    rules = orjson.loads(schema)
    try:
        return jsonschema_rs.Draft202012Validator(
            rules, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as fault:
        raise Unreadable(f"The JSON Schema {schema[:80].decode()}... is broken ({str(fault)[:120]}).") from None


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema may not refer to {uri}")
