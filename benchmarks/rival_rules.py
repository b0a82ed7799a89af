"""Eleven rules about each operation of GitHub's specification, alike in meaning for `prr`, Spectral and Redocly.

Nine ask for one key each of GitHub's own extension ``x-github`` (the keys that its operations carry, all or some of
them), one for a description, one for an example. What each means:

- a key: ``x-github`` is an object that has the key; its value may be anything, also false or an empty list;
- a description: a text that is not blank;
- an example: a media type of the request body or of a response has ``example`` or non-empty ``examples``, or its
  schema has; references are followed. An example of a parameter, a header or a property within a schema is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EXTENSION = "x-github"
KEYS = (
    "category",
    "deprecationDate",
    "enabledForGitHubApps",
    "githubCloudOnly",
    "previews",
    "removalDate",
    "requestBodyParameterName",
    "subcategory",
    "triggersNotification",
)
DESCRIPTION, EXAMPLE = "has-description", "has-example"
KEYS_LINE = "has_all_keys"
_KEYS_IN_FAULT = {
    f"{EXTENSION} is missing": KEYS,
    f"{EXTENSION} is empty": KEYS,
    **{f'{EXTENSION}: "{key}" is a required property': (key,) for key in KEYS},
}
SECTION = "Published operations"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_WHY = "Pages and clients are generated from the specification, and what it lacks they lack."
_MEND = "Write it on the operation in the specification, for the next version."
_EVIDENCE = "The operation in the OpenAPI document."


def rule_ids() -> tuple[str, ...]:
    """The eleven rules, by the names that Spectral and Redocly report."""
    return (*map(rule_of, KEYS), DESCRIPTION, EXAMPLE)


def rules_of(line: Mapping[str, Any]) -> list[str]:
    """The rules that one line of our report says to be broken. Our first line asks for all keys and names each."""
    if line["outcome"] == "met":
        return []
    if line["id"] != KEYS_LINE:
        return [line["id"].replace("_", "-")]
    return [rule_of(key) for fault in line["values"]["wrong"] for key in _KEYS_IN_FAULT[fault]]


def write_ours(folder: Path) -> Path:
    """Our rules: a checklist of three lines. As in the checklists that ship, one line asks for all metadata keys."""
    schema = {"type": "object", "required": list(KEYS)}
    keys = {"prefix": "x-", "extensions": {EXTENSION: ["operation"]}, "schemas": {EXTENSION: schema}}
    lines = [
        _line("GH1", KEYS_LINE, "operation_has", keys),
        _line("GH2", DESCRIPTION, "operation_is_documented", {"parts": ["description"]}),
        _line("GH3", EXAMPLE, "operation_is_documented", {"parts": ["example"]}),
    ]
    path = folder / "published.json"
    path.write_text(json.dumps({"catalogue": "published", "lines": lines}))
    return path


def write_spectral(folder: Path) -> Path:
    """Spectral's rules, all by its own functions."""
    given = f"$.paths[*][{','.join(METHODS)}]"
    rules: dict[str, Any] = {
        rule_of(key): _spectral(given, {"field": f"{EXTENSION}.{key}", "function": "defined"}) for key in KEYS
    }
    described = {"required": ["description"], "properties": {"description": {"type": "string", "pattern": "\\S"}}}
    rules[DESCRIPTION] = _spectral(given, {"function": "schema", "functionOptions": {"schema": described}})
    rules[EXAMPLE] = _spectral(given, {"function": "schema", "functionOptions": {"schema": _example_schema()}})
    path = folder / "spectral.json"
    path.write_text(json.dumps({"rules": rules}))
    return path


def write_redocly(folder: Path) -> Path:
    """Redocly's rules: a plug-in, as its built-in assertions cannot look into an extension nor for an example."""
    (folder / "published.mjs").write_text(_PLUGIN % {"keys": json.dumps(KEYS), "extension": EXTENSION})
    rules = "\n".join(f"  published/{rule}: error" for rule in rule_ids())
    path = folder / "redocly.yaml"
    path.write_text(f"plugins:\n  - ./published.mjs\nrules:\n{rules}\n")
    return path


def rule_of(key: str) -> str:
    """The rule that asks for a key: ``has-github-cloud-only`` for ``githubCloudOnly``."""
    return "has-" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in key)


def _line(number: str, rule: str, check: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "id": rule.replace("-", "_"),
        "section": SECTION,
        "line": f"The operation passes {rule}.",
        "applies_to": {"kind": "operation"},
        "kind": "A",
        "check": check,
        "parameters": parameters,
        "evidence": _EVIDENCE,
        "why": f"{_WHY} This line asks for {rule}.",
        "if_unmet": f"{_MEND} The rule is {rule}.",
    }


def _spectral(given: str, then: dict[str, Any]) -> dict[str, Any]:
    return {"given": given, "severity": "error", "then": then}


def _example_schema() -> dict[str, Any]:
    """The rule as a JSON Schema: some member of an object is so, if not each of them is otherwise."""
    shown = {
        "anyOf": [
            {"type": "object", "required": ["example"]},
            {
                "type": "object",
                "required": ["examples"],
                "properties": {"examples": {"type": "object", "minProperties": 1}},
            },
            {"type": "object", "required": ["examples"], "properties": {"examples": {"type": "array", "minItems": 1}}},
        ]
    }
    media = {"anyOf": [shown, {"type": "object", "required": ["schema"], "properties": {"schema": shown}}]}
    body = {"type": "object", "required": ["content"], "properties": {"content": _some(media)}}
    return {
        "anyOf": [
            {"required": ["requestBody"], "properties": {"requestBody": body}},
            {"required": ["responses"], "properties": {"responses": _some(body)}},
        ]
    }


def _some(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "not": {"additionalProperties": {"not": schema}}}


_PLUGIN = """\
const keys = %(keys)s;
const object = (value) => (value !== null && typeof value === "object" ? value : {});
const ruleOf = (key) => "has-" + key.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
const count = (value) => Object.keys(object(value)).length;
const shown = (part) => "example" in part || count(part.examples) > 0;

const rule = (holds, message) => () => ({
  Paths: {
    Operation(operation, ctx) {
      if (!holds(operation, ctx)) ctx.report({ message });
    },
  },
});

const resolved = (node, ctx) => object(object(node).$ref ? ctx.resolve(node).node : node);

function hasExample(operation, ctx) {
  for (const body of [operation.requestBody, ...Object.values(object(operation.responses))])
    for (const written of Object.values(object(resolved(body, ctx).content))) {
      const media = resolved(written, ctx);
      if (shown(media) || shown(resolved(media.schema, ctx))) return true;
    }
  return false;
}

const rules = {
  "has-description": rule(
    ({ description }) => typeof description === "string" && description.trim() !== "",
    "The operation has no description.",
  ),
  "has-example": rule(hasExample, "The operation has no example."),
};
for (const key of keys)
  rules[ruleOf(key)] = rule(
    (operation) => key in object(operation["%(extension)s"]),
    `The operation's %(extension)s has no ${key}.`,
  );

export default () => ({ id: "published", rules: { oas3: rules } });
"""
