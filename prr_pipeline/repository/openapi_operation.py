"""One operation of a specification: its extensions, schemas, properties and subtree digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from prr_pipeline.canonical import digest_texts
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.lines import pointer_to
from prr_pipeline.repository.openapi_refs import raw_digest
from prr_pipeline.repository.openapi_schemas import SchemaAt

if TYPE_CHECKING:
    from prr_pipeline.repository.openapi import Spec

Direction = Literal["request", "response"]


class Missing(Enum):
    """The type of `MISSING`: an extension that is absent, as against one that is null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a request or response. ``schema`` is as written; ``resolved`` follows its ``$ref``."""

    pointer: str
    name: str
    schema: Any
    direction: Direction
    spec: Spec = field(repr=False, compare=False)

    @property
    def line(self) -> int:
        """Where it stands in the specification, from 1."""
        return self.spec.line(self.pointer)

    @property
    def resolved(self) -> Any:
        return self.spec.references.resolve(self.schema, self.pointer)[0]

    def extension(self, name: str) -> Any:
        """An extension written on the property itself, else on what it refers to; else `MISSING`."""
        for schema in (self.schema, self.resolved):
            if isinstance(schema, dict) and name in schema:
                return schema[name]
        return MISSING


class Operation:
    """One method of one path. ``data`` is the document's own mapping: read it, never change it."""

    def __init__(
        self, spec: Spec, operation_id: str, method: str, path: str, pointer: str, item: Mapping[str, Any] | None = None
    ) -> None:
        """``item`` is what stands at the path, if it is known."""
        self.spec = spec
        self.operation_id = operation_id
        self.method = method
        self.path = path
        self.pointer = pointer
        self._path_item = spec.references.at(pointer.rpartition("/")[0]) if item is None else item
        self.data: Mapping[str, Any] = self._path_item[method] if item is not None else spec.references.at(pointer)

    def __repr__(self) -> str:
        return f"Operation({self.operation_id!r}, {self.method} {self.path})"

    @cached_property
    def line(self) -> int:
        """Where it stands in the specification, from 1."""
        return self.spec.line(self.pointer)

    def extension(self, name: str) -> Any:
        """The extension on the operation itself, else `MISSING`; nothing is inherited from path or root."""
        return self.data.get(name, MISSING)

    def parameters(self) -> tuple[SchemaAt, ...]:
        """The parameters, resolved: the operation's own, and those of its path that it does not override."""
        found: dict[tuple[Any, Any], SchemaAt] = {}
        for base, node in ((self.pointer.rpartition("/")[0], self._path_item), (self.pointer, self.data)):
            for pointer, part in _items(base, node, "parameters"):
                resolved, at = self.spec.references.resolve(part, pointer)
                if isinstance(resolved, dict):
                    found[str(resolved.get("name")), str(resolved.get("in"))] = SchemaAt(at, resolved)
        return tuple(found.values())

    def request_schemas(self) -> tuple[SchemaAt, ...]:
        """The schema of each media type of the request body."""
        return tuple(self._content(self.pointer + "/requestBody", self.data.get("requestBody")))

    def response_schemas(self) -> tuple[SchemaAt, ...]:
        """The schema of each media type of each response."""
        responses = self.data.get("responses")
        found: list[SchemaAt] = []
        for status, response in responses.items() if isinstance(responses, dict) else ():
            found.extend(self._content(self.pointer + pointer_to("responses", status), response))
        return tuple(found)

    def properties(self) -> Iterator[Property]:
        """Every property of requests, then of responses, each once per direction by the place it stands at."""
        both: tuple[tuple[Direction, tuple[SchemaAt, ...]], ...] = (
            ("request", self.request_schemas()),
            ("response", self.response_schemas()),
        )
        for direction, schemas in both:
            for found in self.spec.walk.properties(schemas):
                yield Property(found.pointer, found.name, found.schema, direction, self.spec)

    def subtree_digest(self, ignore_extensions: frozenset[str] = frozenset()) -> str:
        """``sha256:...`` over all that defines the operation; unrelated parts of the document leave it as it is.

        Method, path, the operation without ``ignore_extensions`` (on itself), the path's parameters, the security
        that applies, and everything reachable by ``$ref``, by name and content. Independent of key order.
        """
        own = self.data
        if not ignore_extensions.isdisjoint(own):
            own = {key: value for key, value in own.items() if key not in ignore_extensions}
        shared = self._path_item.get("parameters")
        references = self.spec.references
        required, schemes = self._security
        own_digest, named = references.digest_and_references(own)
        shared_digest, named_beside = references.digest_and_references(shared)
        body = [self.method, self.path, own_digest, shared_digest, raw_digest(required)]
        return digest_texts([*body, references.closure([*named, *named_beside, *schemes])])

    @cached_property
    def _security(self) -> tuple[Any, list[str]]:
        """The requirements that apply (the document's unless there are own ones), and where their schemes stand."""
        document = self.spec.document
        required = self.data.get("security", document.get("security"))
        each = [part for part in required if isinstance(part, dict)] if isinstance(required, list) else []
        components = document.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, dict) else None
        names = {name for part in each for name in part if isinstance(schemes, dict) and name in schemes}
        return required, [pointer_to("components", "securitySchemes", name) for name in sorted(names)]

    def _content(self, pointer: str, body: Any) -> Iterator[SchemaAt]:
        resolved, at = self.spec.references.resolve(body, pointer)
        if body is not None and not isinstance(resolved, dict):
            raise Unreadable(f"{self.spec.path} has no object at #{at[:200]}, where {self.operation_id} needs one.")
        content = resolved.get("content") if isinstance(resolved, dict) else None
        for media, part in content.items() if isinstance(content, dict) else ():
            inner, inner_at = self.spec.references.resolve(part, at + pointer_to("content", media))
            if isinstance(inner, dict) and "schema" in inner:
                yield SchemaAt(inner_at + "/schema", inner["schema"])


def _items(base: str, node: Any, word: str) -> Iterator[tuple[str, Any]]:
    parts = node.get(word) if isinstance(node, dict) else None
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        yield f"{base}/{word}/{index}", part
