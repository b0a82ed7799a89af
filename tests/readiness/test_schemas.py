"""What violates a JSON Schema, in sentences; the short way of the most common schema says the same as the long one."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.schemas import faults

NAMES = st.one_of(st.sampled_from(["category", "x-tier", "a.b", "$ref", 'quo"te', "back\\slash", "ß", ""]), st.text())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(NAMES, max_size=5, unique=True), JSON)
def test_keys_that_are_asked_for_are_told_as_the_library_tells_them(required: list[str], value: Any) -> None:
    """Order, wording and what is no object included."""
    schema = {"type": "object", "required": required}
    told = jsonschema_rs.Draft202012Validator(schema).iter_errors(value)
    assert list(faults(schema, value)) == [error.message[:120] for error in told]


def test_a_fault_says_where_it_is() -> None:
    """The path to the part, then the rule."""
    schema = {"type": "object", "properties": {"tiers": {"type": "array", "items": {"enum": [1, 2, 3]}}}}
    assert list(faults(schema, {"tiers": [1, 9]})) == ["tiers.1: 9 is not one of 1, 2 or 3"]


@pytest.mark.parametrize(
    "schema", [{"type": "thing", "required": ["a"]}, {"type": "object", "required": "a"}, {"$ref": "other.json"}]
)
def test_a_broken_schema_is_refused(schema: dict[str, Any]) -> None:
    """In one sentence, whatever the value; nothing is fetched."""
    with pytest.raises(Unreadable, match="is broken"):
        list(faults(schema, {"a": 1}))
