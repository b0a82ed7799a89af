"""The description of an operation, and an example to try."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import COMPONENTS, SPEC, run, spec


def judged(*parts: str, components: Any = COMPONENTS, **changes: Any) -> Finding:
    text = spec(components=components, **changes)
    return run("operation_is_documented", {"parts": list(parts)}, {SPEC: text})


def answered(media: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"content": {"application/json": media}}}


@pytest.mark.parametrize("text", [None, "", " \n", 3], ids=repr)
def test_a_blank_description_is_none(text: object) -> None:
    """What a reader cannot see describes nothing."""
    finding = judged("description", description=text)
    assert finding.outcome is Outcome.UNMET
    assert finding.values == {"missing": ["description"]}
    assert finding.locations[0].snippet == "post /grants"


def test_a_description_with_words_is_met() -> None:
    """One sentence is enough for this line."""
    assert judged("description", description="Grants shares.").outcome is Outcome.MET


@pytest.mark.parametrize(
    "changes",
    [
        {"responses": answered({"example": None})},
        {"responses": answered({"examples": {"one": {"value": 1}}})},
        {"responses": answered({"schema": {"example": {"id": 1}}})},
        {"responses": answered({"schema": {"examples": [1]}})},
        {"responses": answered({"schema": {"$ref": "#/components/schemas/Shown"}})},
        {"responses": {"200": {"$ref": "#/components/responses/Shown"}}},
        {"requestBody": {"content": {"application/json": {"example": {}}}}},
    ],
    ids=["media", "several", "schema", "schema, several", "schema by reference", "response by reference", "request"],
)
def test_an_example_may_stand_at_any_body_or_its_schema(changes: dict[str, Any]) -> None:
    """References are followed; the example's own value is anybody's choice."""
    shown = {
        "schemas": {**COMPONENTS["schemas"], "Shown": {"example": 1}},
        "responses": {**COMPONENTS["responses"], "Shown": answered({"example": 1})["200"]},
    }
    assert judged("example", components=shown, **changes).outcome is Outcome.MET


@pytest.mark.parametrize(
    "responses",
    [answered({"examples": {}}), answered({"schema": {"properties": {"a": {"example": 1}}}}), {"204": {}}],
    ids=["empty", "of a property", "no body"],
)
def test_an_example_of_a_part_is_none_of_the_operation(responses: dict[str, Any]) -> None:
    """Nobody can send or expect a property alone."""
    finding = judged("description", "example", responses=responses, requestBody=None)
    assert finding.outcome is Outcome.UNMET
    assert finding.message.startswith("createGrant has no description and no example.")


def test_a_broken_specification_is_unknown() -> None:
    """What cannot be read is not taken for undocumented."""
    finding = run("operation_is_documented", {"parts": ["example"]}, {SPEC: "{"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
