"""Where are the OpenAPI documents? Only what parses and holds operations with ids counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.repository.markup import is_json
from prr_pipeline.repository.openapi import Spec, parse_spec
from prr_pipeline.repository.snapshot import Blob

_NAME = re.compile(r"((.*[-._])?(openapi|swagger|oas)([-._].*)?|api|spec)\.(json|ya?ml)\Z", re.IGNORECASE)
_MARK = re.compile(rb"""["']?openapi["']?\s*:\s*["']?3\.""")
_OLD = re.compile(rb"""["']?swagger["']?\s*:\s*["']?2\.""")
CANDIDATES = 60
"""Files that are opened at most, those nearest to the top first."""
EFFORT_CAP = 64 * 2**20
"""Bytes that are parsed at most, all files together; one of YAML counts as eight, as it takes that long."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that can be read, and how many operations of it have an id."""

    path: str
    operations: int
    spec: Spec


@dataclass(frozen=True, slots=True)
class Specifications:
    """The documents, in the order of their paths, and a sentence for each that could not be taken."""

    found: tuple[Found, ...]
    notes: tuple[str, ...]


def specifications(tree: Tree) -> Specifications:
    """Every OpenAPI 3 document within the caps."""
    found: list[Found] = []
    notes: list[str] = []
    effort = 0
    for blob in _candidates(tree):
        effort += len(blob.data) * (1 if is_json(blob) else 8)
        if effort > EFFORT_CAP:
            notes.append(f"{blob.path} and what follows was not opened: name the description in paths.openapi.")
            break
        try:
            spec = parse_spec(blob)
        except PrrError as fault:
            notes.append(str(fault))
            continue
        found.append(Found(blob.path, len(spec.operations), spec))
    return Specifications(tuple(sorted(found, key=lambda one: one.path)), (*_old(tree), *notes))


def _candidates(tree: Tree) -> Iterator[Blob]:
    for path in _likely(tree):
        blob = tree.blob(path)
        if blob is not None and _MARK.search(blob.data):
            yield blob


def _old(tree: Tree) -> Iterator[str]:
    for path in _likely(tree):
        blob = tree.blob(path)
        if blob is not None and _OLD.search(blob.data[:65_536]):
            yield f"{path} is Swagger 2.0; OpenAPI 3.0 and 3.1 are read, so convert it."


def _likely(tree: Tree) -> list[str]:
    likely = [path for path in tree.paths if _NAME.fullmatch(path.rpartition("/")[2]) and tree.is_file(path)]
    return sorted(likely, key=lambda path: (path.count("/"), path))[:CANDIDATES]
