"""Validate values of untrusted documents against JSON Schemas: no network, no backtracking patterns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import jsonschema_rs
import orjson

from prr_pipeline.errors import Unreadable


def faults(schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """One part of a sentence per violation, as in ``min_tier: 9 is not one of 1, 2 or 3``.

    Raises `Unreadable` for a broken schema.
    """
    validator = _validator(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))
    for error in validator.iter_errors(value):
        where = ".".join(str(part) for part in error.instance_path)
        yield (f"{where}: " if where else "") + error.message[:120]


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> Any:
    try:
        return jsonschema_rs.Draft202012Validator(
            orjson.loads(schema), retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as fault:
        raise Unreadable(f"The JSON Schema {schema[:80].decode()}... is broken ({str(fault)[:120]}).") from None


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema may not refer to {uri}")
