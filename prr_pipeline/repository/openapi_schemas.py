"""The properties of request and response schemas: each once, through references and combinations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.openapi_refs import References

_ONE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties")  # fmt: skip
_MANY = ("allOf", "oneOf", "anyOf", "prefixItems")
_NAMED = ("patternProperties", "dependentSchemas")


@dataclass(frozen=True, slots=True)
class SchemaAt:
    """A schema and the JSON pointer where it stands. ``schema`` may be a ``$ref``."""

    pointer: str
    schema: Any


@dataclass(frozen=True, slots=True)
class PropertyAt:
    """A property: its pointer (escaped, without ``#``), its name, and its schema as written."""

    pointer: str
    name: str
    schema: Any


class SchemaWalk:
    """Finds properties; what lies directly under one pointer is looked up once per document."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._known: dict[str, tuple[tuple[PropertyAt, ...], tuple[str, ...]]] = {}

    def properties(self, schemas: Iterable[SchemaAt]) -> Iterator[PropertyAt]:
        """Every property reachable from the schemas, each once by pointer, in document order per part."""
        seen: set[str] = set()
        given: set[str] = set()
        pending = [schema.pointer for schema in schemas][::-1]
        while pending:
            pointer = pending.pop()
            if pointer not in seen:
                seen.add(pointer)
                found, onward = self._under(pointer)
                yield from (prop for prop in found if prop.pointer not in given)
                given.update(prop.pointer for prop in found)
                pending.extend(reversed(onward))

    def _under(self, pointer: str) -> tuple[tuple[PropertyAt, ...], tuple[str, ...]]:
        """The properties below a pointer up to the next references, and where those lead."""
        found = self._known.get(pointer)
        if found is None:
            properties: list[PropertyAt] = []
            onward: list[str] = []
            pending = [(pointer, self._references.at(pointer))]
            while pending:
                at, schema = pending.pop()
                if not isinstance(schema, dict):
                    continue
                if isinstance(schema.get("$ref"), str):
                    onward.append(self._references.target(schema["$ref"]))
                named = [PropertyAt(f"{at}/properties/{_escape(k)}", k, v) for k, v in _map(schema, "properties")]
                properties.extend(named)
                below = [(prop.pointer, prop.schema) for prop in named] + list(_subschemas(at, schema))
                pending.extend(reversed(below))
            found = self._known[pointer] = (tuple(properties), tuple(dict.fromkeys(onward)))
        return found


def _subschemas(at: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for word in _ONE:
        if isinstance(schema.get(word), dict):
            yield f"{at}/{word}", schema[word]
    for word in _MANY:
        if isinstance(schema.get(word), list):
            yield from ((f"{at}/{word}/{i}", part) for i, part in enumerate(schema[word]))
    for word in _NAMED:
        yield from ((f"{at}/{word}/{_escape(key)}", part) for key, part in _map(schema, word))


def _map(schema: Mapping[str, Any], word: str) -> list[tuple[str, Any]]:
    value = schema.get(word)
    return list(value.items()) if isinstance(value, dict) else []


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
