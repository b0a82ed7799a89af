"""OpenAPI 3.0 and 3.1 documents, in JSON or YAML: operations by id, with lines and digests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName, Unreadable
from prr_pipeline.repository.lines import Lines, pointer_to
from prr_pipeline.repository.markup import (
    SPEC_BUDGET,
    is_json,
    load_json_with_lines,
    load_yaml_with_lines,
)
from prr_pipeline.repository.openapi_operation import MISSING, Direction, Missing, Operation, Property
from prr_pipeline.repository.openapi_refs import References
from prr_pipeline.repository.openapi_schemas import SchemaAt, SchemaWalk
from prr_pipeline.repository.tree import Blob, LateBlob

__all__ = [
    "MISSING",
    "Direction",
    "Missing",
    "Operation",
    "Property",
    "SchemaAt",
    "Spec",
    "UnknownOperation",
    "Unnamed",
    "parse_anew",
    "parse_spec",
]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_KEPT = 4
_lock = Lock()
_cache: OrderedDict[tuple[str, object], Spec] = OrderedDict()
_offers: dict[tuple[str, object], Callable[[], Spec | None]] = {}


class UnknownOperation(UnknownName):
    """An operation id that the specification does not hold; the sentence gives the nearest."""

    def __init__(self, operation_id: str, path: str, nearest: list[str]) -> None:
        self.nearest = tuple(nearest)
        hint = f" Nearest: {', '.join(nearest)}." if nearest else " No id comes near it; `prr subjects` lists all."
        PrrError.__init__(self, f"Unknown operation {operation_id[:200]!r} in {path}.{hint}")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An operation without an ``operationId``."""

    method: str
    path: str
    pointer: str


class Spec:
    """One parsed document. Treat everything in it as read-only; it is shared through a cache."""

    def __init__(self, blob: Blob, document: dict[str, Any], version: str, lines: Lines) -> None:
        self.path = blob.path
        self._made_of = blob if isinstance(blob, LateBlob) else blob.id
        self.document = document
        self.version = version
        self.references = References(document, blob.path)
        self.walk = SchemaWalk(self.references)
        self._lines = lines
        self.operations: Mapping[str, Operation]
        self.duplicates: Mapping[str, tuple[str, ...]]
        """Operation id -> pointers, for each id that stands more than once; `operation` refuses those."""
        self.unnamed: tuple[Unnamed, ...]
        self._collect()

    @property
    def blob_id(self) -> str:
        """The git blob id of the file that it was parsed from."""
        return self._made_of if isinstance(self._made_of, str) else self._made_of.id

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id. Raises `UnknownOperation`, or `Unreadable` for an id that stands twice."""
        if operation_id in self.duplicates:
            raise Unreadable(self.more_than_once(operation_id))
        found = self.operations.get(operation_id)
        if found is None:
            from difflib import get_close_matches

            nearest = get_close_matches(operation_id[:200], self.operations, n=5, cutoff=0.5)
            raise UnknownOperation(operation_id, self.path, nearest)
        return found

    def more_than_once(self, operation_id: str) -> str:
        """The sentence about one of the `duplicates`."""
        lines = " and ".join(str(self.line(pointer)) for pointer in self.duplicates[operation_id])
        return f"{self.path} has the operation id {operation_id!r} more than once (lines {lines}); make it unique."

    @property
    def lines(self) -> Lines:
        """Where its parts stand."""
        return self._lines

    def line(self, pointer: str) -> int:
        """The line of what stands at a JSON pointer, from 1."""
        return self._lines.line(pointer)

    def _collect(self) -> None:
        operations: dict[str, Operation] = {}
        places: dict[str, list[str]] = {}
        unnamed: list[Unnamed] = []
        for method, path, pointer, item in self._methods():
            name = item[method].get("operationId")
            if not isinstance(name, str) or not name:
                unnamed.append(Unnamed(method, path, pointer))
                continue
            places.setdefault(name, []).append(pointer)
            operations.setdefault(name, Operation(self, name, method, path, pointer, item))
        self.operations = operations
        self.duplicates = {name: tuple(at) for name, at in places.items() if len(at) > 1}
        self.unnamed = tuple(unnamed)

    def _methods(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Method, path, pointer to the operation, and what stands at the path."""
        for path, written in self.document["paths"].items():
            item, pointer = written, pointer_to("paths", path)
            if isinstance(written, dict) and isinstance(written.get("$ref"), str):
                item, pointer = self.references.resolve(written, pointer)
            for method in _METHODS if isinstance(item, dict) else ():
                if isinstance(item.get(method), dict):
                    yield method, path, f"{pointer}/{method}", item


def parse_spec(blob: Blob) -> Spec:
    """The specification in a file; the last few are kept by path and blob id.

    Raises `Unreadable` for anything but OpenAPI 3.0 or 3.1 in JSON or YAML.
    """
    key = (blob.path, blob if isinstance(blob, LateBlob) else blob.id)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
        offer = _offers.pop(key, None)
    spec = (offer() if offer is not None else None) or parse_anew(blob)
    with _lock:
        _cache[key] = spec
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return spec


def known_spec(path: str, blob_id: str) -> Spec | None:
    """The specification of that file, if it was parsed before."""
    with _lock:
        return _cache.get((path, blob_id))


def offer_spec(path: str, blob_id: str, make: Callable[[], Spec | None]) -> None:
    """When `parse_spec` is asked for that file, ``make`` is asked first, once; it is parsed where that gives None."""
    with _lock:
        _offers[path, blob_id] = make


def parse_anew(blob: Blob) -> Spec:
    """The same, parsed for the caller alone: what it does to the document, nobody else sees."""
    document, lines = load_json_with_lines(blob) if is_json(blob) else load_yaml_with_lines(blob, SPEC_BUDGET)
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(version, str):
        raise Unreadable(f"{blob.path} is no OpenAPI document: it lacks a text 'openapi: 3.x.y' at the top.")
    if not version.startswith(("3.0.", "3.1.")):
        raise Unreadable(f"{blob.path} is OpenAPI {version[:20]!r}; versions 3.0 and 3.1 are read.")
    if not isinstance(document.get("paths", {}), dict):
        raise Unreadable(f"{blob.path} has no object under 'paths'.")
    document.setdefault("paths", {})
    return Spec(blob, document, version, lines)
