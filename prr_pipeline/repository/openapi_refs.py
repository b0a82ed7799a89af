"""References inside an OpenAPI document: where they point, what is reachable, and digests of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.lines import pointer_parts, pointer_to

_NAME_MAPS = frozenset(
    ("properties", "patternProperties", "dependentSchemas", "definitions", "$defs", "schemas", "responses",
     "parameters", "examples", "headers", "callbacks", "content", "encoding", "links", "requestBodies",
     "securitySchemes", "pathItems")
)  # fmt: skip
"""Keys whose own keys are names that somebody chose, not words of the specification."""
_DATA = frozenset(("example", "default", "enum", "const", "value"))
"""Keys that hold sample data; a ``$ref`` in there is text."""


@dataclass(frozen=True, slots=True)
class _Component:
    """One referenced part: digest of its own text, and the pointers that it references."""

    digest: str
    references: tuple[str, ...]


class References:
    """Follows ``$ref`` within one document; each referenced part is hashed and scanned once."""

    def __init__(self, document: Mapping[str, Any], path: str) -> None:
        self._document = document
        self._path = path
        self._components: dict[str, _Component] = {}

    def at(self, pointer: str) -> Any:
        """What stands at a JSON pointer. Raises `Unreadable` if nothing does."""
        node: Any = self._document
        for part in pointer_parts(pointer):
            if isinstance(node, dict) and part in node:
                node = node[part]
            elif isinstance(node, list) and part.isascii() and part.isdigit() and int(part[:9]) < len(node):
                node = node[int(part)]
            else:
                raise Unreadable(f"{self._path} refers to #{pointer[:200]}, which it does not hold.")
        return node

    def target(self, reference: str) -> str:
        """The JSON pointer that a ``$ref`` means. Raises `Unreadable` unless it stays within the document."""
        if reference != "#" and not reference.startswith("#/"):
            raise Unreadable(
                f"{self._path} holds the reference {reference[:200]!r}; only those within it (#/...) are followed."
            )
        return pointer_to(*pointer_parts(unquote(reference[1:])))

    def resolve(self, node: Any, pointer: str) -> tuple[Any, str]:
        """Follow a chain of ``$ref`` to what is meant and where it stands. Raises `Unreadable` for a circle."""
        seen = {pointer}
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            pointer = self.target(node["$ref"])
            if pointer in seen:
                raise Unreadable(f"{self._path} has a $ref at #{pointer[:200]} that leads to itself.")
            seen.add(pointer)
            node = self.at(pointer)
        return node, pointer

    def closure(self, roots: Iterable[str]) -> dict[str, str]:
        """Pointer -> digest of each part reachable from the given pointers; circles end by themselves."""
        reached: dict[str, str] = {}
        pending = list(roots)
        while pending:
            pointer = pending.pop()
            if pointer not in reached:
                component = self._component(pointer)
                reached[pointer] = component.digest
                pending.extend(component.references)
        return reached

    def of(self, node: Any) -> tuple[str, ...]:
        """The pointers that a part references itself, each once, sorted."""
        return tuple(sorted({self.target(reference) for reference in _references(node)} | self._mapped(node)))

    def _component(self, pointer: str) -> _Component:
        found = self._components.get(pointer)
        if found is None:
            node = self.at(pointer)
            found = self._components[pointer] = _Component(raw_digest(node), self.of(node))
        return found

    def _mapped(self, node: Any) -> set[str]:
        """Pointers that discriminators name: a reference, or the bare name of a schema."""
        schemas = _mapping(_mapping(self._document.get("components")).get("schemas"))
        pointers = set()
        for name in _discriminated(node):
            if name.startswith("#/"):
                pointers.add(self.target(name))
            elif name in schemas:
                pointers.add(pointer_to("components", "schemas", name))
        return pointers


def raw_digest(node: Any) -> str:
    """SHA-256 over the node with sorted keys. Not the ledger's canonical form: specifications hold floats."""
    try:
        return hashlib.sha256(orjson.dumps(node, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:
        raise Unreadable("A part of the specification is nested too deeply to take its digest.") from None


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object below ``node`` whose keys are words of the specification, without sample data."""
    pending = [(node, False)]
    while pending:
        part, names = pending.pop()
        if isinstance(part, list):
            pending.extend((item, False) for item in part)
        elif isinstance(part, dict):
            if names:
                pending.extend((value, False) for value in part.values())
                continue
            yield part
            for key, value in part.items():
                if isinstance(value, dict):
                    if key not in _DATA and not key.startswith("x-"):
                        pending.append((value, key in _NAME_MAPS))
                elif isinstance(value, list) and key not in _DATA and key != "examples":
                    pending.append((value, False))


def _references(node: Any) -> Iterator[str]:
    for part in _walk(node):
        reference = part.get("$ref")
        if isinstance(reference, str):
            yield reference


def _discriminated(node: Any) -> Iterator[str]:
    for part in _walk(node):
        names = _mapping(_mapping(part.get("discriminator")).get("mapping"))
        yield from (name for name in names.values() if isinstance(name, str))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
