"""Specifications: operations by id, extensions, properties and the digest of an operation's subtree."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest

from prr_pipeline.errors import UnknownName, Unreadable
from prr_pipeline.repository.openapi import MISSING, Spec, UnknownOperation, parse_spec
from prr_pipeline.repository.tree import Blob, blob_id_of

IGNORED = frozenset({"x-maturity"})


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/grants/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}, {"name": "v", "in": "query"}],
            "post": {
                "operationId": "grants/create.one",
                "x-slo": {"p99": 0.25},
                "x-null": None,
                "x-maturity": "beta",
                "parameters": [{"$ref": "#/components/parameters/v"}],
                "requestBody": {"$ref": "#/components/requestBodies/grant"},
                "responses": {
                    "200": {"content": {"application/json": {"schema": ref("Grant")}}},
                    "400": {"$ref": "#/components/responses/bad"},
                    "204": {"description": "nothing"},
                },
            },
            "get": {"responses": {}},
        },
        "/other": {"get": {"operationId": "other", "responses": {}}},
    },
    "components": {
        "securitySchemes": {"token": {"type": "http"}, "unused": {"type": "apiKey"}},
        "parameters": {"v": {"name": "v", "in": "query", "description": "own"}},
        "requestBodies": {"grant": {"content": {"application/json": {"schema": ref("NewGrant")}}}},
        "responses": {"bad": {"content": {"application/problem+json": {"schema": ref("Problem")}}}},
        "schemas": {
            "NewGrant": {
                "allOf": [ref("Base"), {"properties": {"shares": {"type": "integer", "minimum": 0.5}}}],
                "additionalProperties": {"properties": {"extra": {"type": "string"}}},
            },
            "Base": {"properties": {"note": {"x-explainer": "why"}, "a/b": {"items": {"properties": {"deep": {}}}}}},
            "Grant": {"properties": {"id": {"type": "string"}, "parent": ref("Grant"), "kind": ref("Kind")}},
            "Kind": {
                "oneOf": [ref("Cat"), ref("Dog")],
                "x-explainer": "kinds",
                "discriminator": {"mapping": {"h": "Hen"}},
            },
            "Cat": {"properties": {"$ref": {"type": "string"}, "example": {"properties": {"inner": {}}}}},
            "Dog": {"example": {"$ref": "http://example.org/no"}, "properties": {"id": {"enum": [{"$ref": "no"}]}}},
            "Hen": {"type": "object"},
            "Problem": {"properties": {"code": {}}},
            "Unrelated": {"properties": {"zzz": {}}},
        },
    },
}


def spec_of(document: dict[str, Any], path: str = "spec.json") -> Spec:
    data = json.dumps(document, indent=1).encode()
    return parse_spec(Blob(path, blob_id_of(data), data))


def digest_with(change: Any) -> str:
    """The digest of the operation after ``change`` edited a copy of the document."""
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return spec_of(document).operation("grants/create.one").subtree_digest(IGNORED)


def operation_in(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/grants/{id}"]["post"]
    return found


def test_operations_are_found_by_id() -> None:
    """Ids may hold slashes and dots; method, path, pointer and line come with them."""
    spec = spec_of(DOCUMENT)
    operation = spec.operation("grants/create.one")
    assert (operation.method, operation.path) == ("post", "/grants/{id}")
    assert operation.pointer == "/paths/~1grants~1{id}/post"
    lines = json.dumps(DOCUMENT, indent=1).splitlines()
    assert lines[operation.line - 1].strip() == '"post": {'
    assert sorted(spec.operations) == ["grants/create.one", "other"]
    assert [(u.method, u.path) for u in spec.unnamed] == [("get", "/grants/{id}")]
    assert spec.version == "3.0.3"


def test_an_unknown_operation_names_the_nearest() -> None:
    """At most five, so that a typo is found at once."""
    with pytest.raises(
        UnknownOperation, match=r"'grants/create\.on' in spec\.json\. Nearest: grants/create\.one\."
    ) as e:
        spec_of(DOCUMENT).operation("grants/create.on")
    assert isinstance(e.value, UnknownName)
    with pytest.raises(UnknownOperation, match="No id comes near it"):
        spec_of(DOCUMENT).operation("ZZZZZZZZ")


def test_an_id_that_stands_twice_is_refused_by_name() -> None:
    """Two operations of one id cannot be told apart; the lines of both are given."""
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/other"]["get"]["operationId"] = "grants/create.one"
    spec = spec_of(document)
    assert list(spec.duplicates) == ["grants/create.one"]
    with pytest.raises(Unreadable, match=r"more than once \(lines \d+ and \d+\)"):
        spec.operation("grants/create.one")


def test_an_extension_that_is_null_differs_from_one_that_is_absent() -> None:
    """Nothing is inherited from the path or the root."""
    document = copy.deepcopy(DOCUMENT)
    document["x-root"] = document["paths"]["/grants/{id}"]["x-path"] = 1
    operation = spec_of(document).operation("grants/create.one")
    assert operation.extension("x-null") is None
    assert operation.extension("x-slo") == {"p99": 0.25}
    assert operation.extension("x-root") is operation.extension("x-path") is MISSING


def test_parameters_of_the_path_are_overridden_by_the_operation() -> None:
    """References are followed; one parameter per name and place."""
    found = spec_of(DOCUMENT).operation("grants/create.one").parameters()
    assert [(p.schema["name"], p.schema.get("description")) for p in found] == [("id", None), ("v", "own")]
    assert found[1].pointer == "/components/parameters/v"


def test_properties_are_walked_once_per_direction() -> None:
    """Through references, combinations, items and additional properties; circles end."""
    found = list(spec_of(DOCUMENT).operation("grants/create.one").properties())
    assert sorted(p.name for p in found if p.direction == "request") == ["a/b", "deep", "extra", "note", "shares"]
    response = sorted(p.pointer for p in found if p.direction == "response")
    assert response == [
        "/components/schemas/Cat/properties/$ref",
        "/components/schemas/Cat/properties/example",
        "/components/schemas/Cat/properties/example/properties/inner",
        "/components/schemas/Dog/properties/id",
        "/components/schemas/Grant/properties/id",
        "/components/schemas/Grant/properties/kind",
        "/components/schemas/Grant/properties/parent",
        "/components/schemas/Problem/properties/code",
    ]


def test_a_property_gives_its_line_and_the_extension_of_what_it_refers_to() -> None:
    """An extension beside a reference wins; else that of the target counts."""
    found = {p.pointer: p for p in spec_of(DOCUMENT).operation("grants/create.one").properties()}
    kind = found["/components/schemas/Grant/properties/kind"]
    assert kind.schema == ref("Kind")
    assert kind.extension("x-explainer") == "kinds"
    assert kind.extension("x-nothing") is MISSING
    lines = json.dumps(DOCUMENT, indent=1).splitlines()
    assert lines[kind.line - 1].strip() == '"kind": {'
    assert found["/components/schemas/Base/properties/a~1b/items/properties/deep"].name == "deep"


def test_a_property_reached_first_by_its_own_reference_still_counts() -> None:
    """A reference into the middle of a schema hides no property of that schema."""
    document = copy.deepcopy(DOCUMENT)
    media = operation_in(document)["responses"]["200"]["content"]["application/json"]
    media["schema"] = {"allOf": [{"$ref": "#/components/schemas/Problem/properties/code"}, ref("Problem")]}
    names = [p.name for p in spec_of(document).operation("grants/create.one").properties() if p.direction == "response"]
    assert names == ["code"]


SAME = {
    "key order": lambda d: d["paths"].update({"/grants/{id}": dict(reversed(d["paths"]["/grants/{id}"].items()))}),
    "maturity": lambda d: operation_in(d).update({"x-maturity": "ga"}),
    "maturity gone": lambda d: operation_in(d).pop("x-maturity"),
    "unrelated schema": lambda d: d["components"]["schemas"]["Unrelated"].update({"type": "object"}),
    "unrelated operation": lambda d: d["paths"].pop("/other"),
    "unused security scheme": lambda d: d["components"]["securitySchemes"].pop("unused"),
    "info": lambda d: d.update(info={"title": "new", "version": "2"}),
}
OTHER = {
    "extension": lambda d: operation_in(d)["x-slo"].update(p99=0.3),
    "maturity elsewhere": lambda d: d["components"]["schemas"]["Hen"].update({"x-maturity": "ga"}),
    "deep schema": lambda d: d["components"]["schemas"]["Dog"].update(type="object"),
    "number form": lambda d: d["components"]["schemas"]["NewGrant"]["allOf"][1]["properties"]["shares"].update(
        minimum=1
    ),
    "discriminated schema": lambda d: d["components"]["schemas"]["Hen"].update(type="string"),
    "path parameter": lambda d: d["paths"]["/grants/{id}"]["parameters"].pop(),
    "security": lambda d: d.update(security=[]),
    "security scheme": lambda d: d["components"]["securitySchemes"]["token"].update(type="oauth2"),
    "path": lambda d: d["paths"].update({"/g/{id}": d["paths"].pop("/grants/{id}")}),
    "response order": lambda d: d["components"]["schemas"]["Kind"]["oneOf"].reverse(),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_what_does_not_define_the_operation_leaves_its_digest(change: Any) -> None:
    """An unrelated edit voids no signature."""
    assert digest_with(change) == digest_with(lambda d: None)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_what_defines_the_operation_changes_its_digest(change: Any) -> None:
    """Any reachable part counts, the security that applies included."""
    assert digest_with(change) != digest_with(lambda d: None)


def test_the_digest_is_the_same_from_yaml() -> None:
    """The form of the file does not matter."""
    import yaml

    data = yaml.safe_dump(DOCUMENT, sort_keys=False).encode()
    spec = parse_spec(Blob("spec.yaml", blob_id_of(data), data))
    expected = spec_of(DOCUMENT).operation("grants/create.one").subtree_digest(IGNORED)
    assert spec.operation("grants/create.one").subtree_digest(IGNORED) == expected
    assert data.decode().splitlines()[spec.operation("other").line - 1].strip() == "get:"


@pytest.mark.parametrize(
    "target", ["other.yaml#/a", "http://example.org/x.json", "#anchor", "file:///etc/passwd", "../x"]
)
def test_a_reference_that_leaves_the_document_is_refused_by_name(target: str) -> None:
    """Nothing is fetched; the other operations are not hurt."""
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"]["Grant"]["properties"]["id"] = {"$ref": target}
    spec = spec_of(document)
    operation = spec.operation("grants/create.one")
    for use in (lambda: operation.subtree_digest(IGNORED), lambda: list(operation.properties())):
        with pytest.raises(Unreadable, match="holds the reference") as fault:
            use()
        assert repr(target) in str(fault.value)
    assert spec.operation("other").subtree_digest(IGNORED)


def test_a_reference_to_nothing_or_to_itself_is_refused() -> None:
    """Both are named in one sentence."""
    document = copy.deepcopy(DOCUMENT)
    operation_in(document)["requestBody"] = {"$ref": "#/components/requestBodies/gone"}
    with pytest.raises(Unreadable, match="refers to #/components/requestBodies/gone, which it does not hold"):
        spec_of(document).operation("grants/create.one").request_schemas()
    document["components"]["requestBodies"]["gone"] = {"$ref": "#/components/requestBodies/gone"}
    with pytest.raises(Unreadable, match="leads to itself"):
        spec_of(document).operation("grants/create.one").request_schemas()


@pytest.mark.parametrize("key", ["example", "default", "const", "enum", "x-sample"])
def test_a_reference_to_nothing_in_sample_data_is_text(key: str) -> None:
    """What an example shows need not be there; it counts as part of the example alone."""
    sample = {"$ref": "#/components/schemas/gone"}

    def show(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Dog"][key] = [sample] if key == "enum" else sample

    assert digest_with(show) not in (digest_with(lambda d: None), "")


def test_of_what_sample_data_refers_to_more_is_covered_never_less() -> None:
    """A reference in an example that leads somewhere brings that part into the digest, and takes nothing out of it."""

    def show(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Dog"]["example"] = {"$ref": "#/components/schemas/Base"}

    def both(document: dict[str, Any]) -> None:
        show(document)
        document["components"]["schemas"]["Dog"]["type"] = "object"

    assert len({digest_with(show), digest_with(both), digest_with(lambda d: None)}) == 3


def test_an_encoded_reference_is_decoded() -> None:
    """Percent and tilde escapes both name the same part."""
    document = copy.deepcopy(DOCUMENT)
    operation_in(document)["responses"] = {"200": {"$ref": "#/paths/~1x~1%7Bid%7D/get/responses/200"}}
    document["paths"]["/x/{id}"] = {
        "get": {"responses": {"200": {"content": {"a/b": {"schema": {"properties": {"p": {}}}}}}}}
    }
    found = [p.name for p in spec_of(document).operation("grants/create.one").properties() if p.direction == "response"]
    assert found == ["p"]


def test_a_path_item_may_be_a_reference() -> None:
    """OpenAPI 3.1 keeps shared path items under components."""
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"$ref": "#/components/pathItems/a"}},
        "components": {"pathItems": {"a": {"get": {"operationId": "x"}}}},
    }
    operation = spec_of(document).operation("x")
    assert (operation.path, operation.pointer) == ("/a", "/components/pathItems/a/get")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({}, "is no OpenAPI document"),
        ([], "is no OpenAPI document"),
        ({"openapi": 3.0}, "is no OpenAPI document"),
        ({"swagger": "2.0"}, "is no OpenAPI document"),
        ({"openapi": "4.0.0"}, "versions 3.0 and 3.1 are read"),
        ({"openapi": "3.0.0", "paths": []}, "no object under 'paths'"),
    ],
)
def test_what_is_no_openapi_3_is_one_sentence(document: Any, why: str) -> None:
    """The version and the fault are named."""
    with pytest.raises(Unreadable, match=why):
        spec_of(document)


@pytest.mark.parametrize("value", [None, 1, "x", [], [1], {}, {"$ref": 1}, True])
def test_nonsense_within_an_operation_raises_nothing_but_sentences(value: Any) -> None:
    """Any part may be of any type."""
    for word in ("parameters", "requestBody", "responses", "security"):
        document = copy.deepcopy(DOCUMENT)
        operation_in(document)[word] = value
        operation = spec_of(document).operation("grants/create.one")
        assert operation.subtree_digest(IGNORED)
        with suppress(Unreadable):
            list(operation.properties())
        operation.parameters()


def test_a_parsed_file_is_kept() -> None:
    """The same blob gives the same object."""
    assert spec_of(DOCUMENT) is spec_of(DOCUMENT)
