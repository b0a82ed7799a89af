"""References inside an OpenAPI document: where they point, what is reachable, and digests of that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import orjson

from prr_pipeline.deferred_dataclass import dataclass
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
_WRITTEN = b'"$ref":'
_REFERENCE = re.compile(rb'"\$ref":("(?:[^"\\]|\\.)*")')


_OF_NOTHING = hashlib.sha256(b"null").hexdigest()
"""The digest of a part that is not there."""


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
        self._targets: dict[str, str] = {}
        self._written: dict[bytes, str | None] = {}
        """Reference as JSON -> what it means; None for one that leads nowhere in this document."""

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
        if reference in self._targets:
            return self._targets[reference]
        if reference != "#" and not reference.startswith("#/"):
            raise Unreadable(
                f"{self._path} holds the reference {reference[:200]!r}; only those within it (#/...) are followed."
            )
        return self._targets.setdefault(reference, pointer_to(*pointer_parts(unquote(reference[1:]))))

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
        known = self._components
        while pending:
            pointer = pending.pop()
            if pointer not in reached:
                component = known.get(pointer) or self._component(pointer)
                reached[pointer] = component.digest
                pending.extend(component.references)
        return reached

    def digest_and_references(self, node: Any) -> tuple[str, tuple[str, ...]]:
        """`raw_digest` of a part, and the pointers that it references itself, each once, sorted."""
        if node is None:
            return _OF_NOTHING, ()
        text = _sorted_text(node)
        return hashlib.sha256(text).hexdigest(), self._named(node, text)

    def _named(self, node: Any, text: bytes) -> tuple[str, ...]:
        """What it references, read off the part's text where that is certain.

        All that stands under ``$ref`` counts where it leads somewhere, sample data too: of more the digest is taken
        then than need be, never of less. Else it is looked at where each stands.
        """
        if b'"discriminator"' not in text:
            found = [self._meant(written) for written in _references(text)]
            certain = {pointer for pointer in found if pointer is not None}
            if None not in found:
                return tuple(sorted(certain))
        references, names = _named_in(node)
        return tuple(sorted({*map(self.target, references), *self._mapped(names)}))

    def _meant(self, written: bytes) -> str | None:
        if written not in self._written:
            try:
                pointer = self.target(orjson.loads(written))
                self.at(pointer)
            except Unreadable:
                self._written[written] = None
            else:
                self._written[written] = pointer
        return self._written[written]

    def _component(self, pointer: str) -> _Component:
        found = self._components.get(pointer)
        if found is None:
            found = self._components[pointer] = _Component(*self.digest_and_references(self.at(pointer)))
        return found

    def _mapped(self, names: Iterable[str]) -> Iterator[str]:
        """Pointers that discriminators name: a reference, or the bare name of a schema."""
        schemas = _mapping(_mapping(self._document.get("components")).get("schemas"))
        for name in names:
            if name.startswith("#/"):
                yield self.target(name)
            elif name in schemas:
                yield pointer_to("components", "schemas", name)


def _references(text: bytes) -> set[bytes]:
    """What stands under ``$ref``, as JSON."""
    if b"\\" in text:
        return set(_REFERENCE.findall(text))
    return {part[: part.index(b'"', 1) + 1] for part in text.split(_WRITTEN)[1:] if part[:1] == b'"'}


def raw_digest(node: Any) -> str:
    """SHA-256 over the node with sorted keys. Not the ledger's canonical form: specifications hold floats."""
    if node is None:
        return _OF_NOTHING
    return hashlib.sha256(_sorted_text(node)).hexdigest()


def _sorted_text(node: Any) -> bytes:
    try:
        return orjson.dumps(node, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Unreadable("A part of the specification is nested too deeply to take its digest.") from None


def _named_in(node: Any) -> tuple[set[str], set[str]]:
    """What stands under ``$ref`` below a part, and what its discriminators name; sample data is left out."""
    references: set[str] = set()
    names: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, dict):
            if "$ref" in part and isinstance(part["$ref"], str):
                references.add(part["$ref"])
            if "discriminator" in part:
                mapped = _mapping(_mapping(part["discriminator"]).get("mapping"))
                names.update(name for name in mapped.values() if isinstance(name, str))
            for key, value in part.items():
                if isinstance(value, dict):
                    if key in _NAME_MAPS:
                        pending.extend(value.values())
                    elif key not in _DATA and not key.startswith("x-"):
                        pending.append(value)
                elif isinstance(value, list) and key not in _DATA and key != "examples":
                    pending.append(value)
    return references, names


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
