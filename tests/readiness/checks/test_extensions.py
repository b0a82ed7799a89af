"""Extensions on the operation and on its properties."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Outcome
from tests.readiness.fakes import COMPONENTS, SPEC, run, spec

M4 = load_catalogue().line("M4")
M29 = load_catalogue().line("M29")
NAMES = ("mcp", "rate-limit", "slo", "cost-budget", "cache-layer", "pii", "classification", "maturity")


def judged(line: Any, text: str) -> Any:
    return run(line.check, line.parameters, {SPEC: text})


def test_all_nine_present_and_valid_is_met() -> None:
    """The explainer counts on a property, where the profile says it sits."""
    finding = judged(M4, spec())
    assert finding.outcome is Outcome.MET
    assert finding.locations[0].path == SPEC


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_extension_is_unmet_and_named(name: str) -> None:
    """Each of the extensions of the operation is asked for by itself."""
    finding = judged(M4, spec(**{f"x_{name.replace('-', '_')}": None}))
    assert finding.outcome is Outcome.UNMET
    assert f"x-matter-{name} is missing" in finding.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_slo": {}}, "x-matter-slo is empty"),
        ({"x_slo": {"class": "fast"}}, "x-matter-slo: "),
        ({"x_mcp": {"exposed": "yes"}}, "x-matter-mcp: exposed: "),
        ({"x_mcp": {"exposed": True, "never_expose": True}}, "x-matter-mcp: "),
        ({"x_mcp": {"exposed": True, "min_tier": 9}}, "min_tier: 9"),
        ({"x_cost_budget": 0}, "x-matter-cost-budget: "),
        ({"x_classification": "Secret"}, "x-matter-classification: "),
        ({"x_maturity": "Alpha"}, "x-matter-maturity: "),
        ({"x_rate_limit": ""}, "x-matter-rate-limit is empty"),
    ],
)
def test_an_extension_that_is_not_full_is_unmet(changes: dict[str, Any], message: str) -> None:
    """Presence is not enough: each value is held against its JSON Schema."""
    finding = judged(M4, spec(**changes))
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_nothing_is_inherited_from_path_or_root() -> None:
    """An extension on the path item or the document is not one on the operation."""
    document = json.loads(spec(x_slo=None))
    document["x-matter-slo"] = document["paths"]["/grants"]["x-matter-slo"] = {"class": "a", "target": 1}
    assert judged(M4, json.dumps(document)).outcome is Outcome.UNMET


def test_an_explainer_on_no_property_at_all_is_missing() -> None:
    """An extension that sits on properties is missing when properties are there and none has it."""
    bare = {"schemas": {"Grant": {"properties": {"quantity": {"type": "integer"}}}}, "responses": {"Conflict": {}}}
    finding = judged(M4, spec(components=bare))
    assert "x-matter-explainer is missing" in finding.message


def test_a_schema_that_points_elsewhere_is_unreadable_and_fetches_nothing() -> None:
    """A profile laid over by the monorepo cannot make the check call a server."""
    parameters = {
        "prefix": "x-matter-",
        "extensions": {"slo": ["operation"]},
        "schemas": {"slo": {"$ref": "http://127.0.0.1:9/schema"}},
    }
    finding = run("operation_has", parameters, {})
    assert finding.outcome is Outcome.UNKNOWN
    assert "ValueError: a schema may not" in finding.message


def test_the_maturity_value_leaves_the_subject_digest_as_it_is() -> None:
    """Recording the promotion's own result must not void what people signed."""
    before, after = (judged(M4, spec(x_maturity={"level": level})) for level in ("Beta", "GA"))
    assert before.subject_digest == after.subject_digest
    assert before.subject_digest != judged(M4, spec(x_slo={"class": "a", "x": 1})).subject_digest


def test_every_property_with_an_explainer_is_met_with_the_ratio() -> None:
    """Trivial names are exempt, a schema that contains itself ends, and the ratio is in the values."""
    finding = judged(M29, spec())
    assert finding.outcome is Outcome.MET
    assert finding.values["properties"] == finding.values["covered"] == 4
    assert finding.values["assumed"] == ["spec.explainer_exempt_properties"]


def test_a_property_without_explainer_is_unmet_with_place_and_ratio() -> None:
    """The message counts and names what is missing."""
    grant = {"properties": {"id": {}, "quantity": {}, "note": {"x-matter-explainer": "Free text for the holder."}}}
    finding = judged(M29, spec(components={**COMPONENTS, "schemas": {**COMPONENTS["schemas"], "Grant": grant}}))
    assert finding.outcome is Outcome.UNMET
    assert "1 of 4 properties lack x-matter-explainer: quantity" in finding.message
    assert finding.values["covered"] == 3


def test_an_operation_without_properties_needs_no_explainer() -> None:
    """An empty set is fine here, and said to be empty."""
    finding = judged(M29, spec(requestBody=None, responses={}))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.values["properties"] == 0
