"""A snapshot held in a dictionary, a small spec, and short ways to judge with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import orjson

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.judge import judge
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.profile import Profile, load_profile
from prr_pipeline.readiness.profile_keys import ProfileKeys
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.tree import Blob, MissingFile, blob_id_of, digest_entries
from prr_pipeline.subjects import Subject, SubjectKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CREATE = Subject(SubjectKind.OPERATION, "createGrant")
SPEC = "apps/docs/api-reference/openapi.yaml"


class FakeSnapshot:
    """Path to text or bytes. Counts how often each path was read."""

    commit: str | None = "1" * 40
    label = "fake snapshot"

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self.reads: dict[str, int] = {}

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        return select(pattern, sorted(self.files))

    def read(self, path: str) -> Blob:
        self.reads[path] = self.reads.get(path, 0) + 1
        if path not in self.files:
            raise MissingFile(path, self.label)
        return Blob(path, blob_id_of(self.files[path]), self.files[path])

    def exists(self, path: str) -> bool:
        return path in self.files

    def blob_id(self, path: str) -> str | None:
        return blob_id_of(self.files[path]) if path in self.files else None

    def code_digest(self, exclude: Sequence[str]) -> str:
        return digest_entries([], exclude)


class FakeTree(FakeSnapshot):
    """The same files in a working tree, of no commit."""

    commit = None
    label = "fake working tree"


OPERATION: dict[str, Any] = {
    "operationId": "createGrant",
    "tags": ["Cap table"],
    "x-matter-mcp": {"exposed": True, "never_expose": False, "tool_name": "matter_create_grant", "min_tier": 2},
    "x-matter-rate-limit": {"free": 30},
    "x-matter-slo": {"class": "write-standard", "availability": "99.9", "latency_p99_ms": 400},
    "x-matter-cost-budget": {"micro_usd_per_call": 900},
    "x-matter-cache-layer": {"layer": "none"},
    "x-matter-pii": {"fields": ["recipient_name"]},
    "x-matter-classification": "Restricted",
    "x-matter-maturity": {"level": "Beta"},
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Grant"}}}},
    "responses": {
        "202": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Grant"}}}},
        "409": {"$ref": "#/components/responses/Conflict"},
    },
}
COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Grant": {
            "properties": {
                "id": {"type": "string"},
                "quantity": {"type": "integer", "x-matter-explainer": "How many shares are granted."},
                "parent": {"$ref": "#/components/schemas/Grant", "x-matter-explainer": "The grant it replaces."},
            }
        },
        "Problem": {"properties": {"code": {"type": "string", "x-matter-explainer": "What went wrong, for code."}}},
    },
    "responses": {
        "Conflict": {
            "content": {
                "application/problem+json": {
                    "schema": {
                        "allOf": [{"$ref": "#/components/schemas/Problem"}],
                        "properties": {
                            "code": {"enum": ["pool_exhausted"], "x-matter-explainer": "The codes of this answer."}
                        },
                    }
                }
            }
        }
    },
}


def spec(version: str = "2026-06-10", components: Mapping[str, Any] = COMPONENTS, **changes: Any) -> str:
    """The spec as text. ``changes`` set keys of the operation (``_`` for ``-``, ``x_`` first); None deletes one."""
    operation = deepcopy(OPERATION)
    for name, value in changes.items():
        key = f"x-matter-{name.removeprefix('x_').replace('_', '-')}" if name.startswith("x_") else name
        operation[key] = value
        if value is None:
            del operation[key]
    paths = {"/grants": {"post": operation}, "/other": {"get": {"operationId": "listOther", "responses": {}}}}
    document = {"openapi": "3.1.0", "info": {"version": version}, "paths": paths, "components": components}
    return orjson.dumps(document).decode()


def profile(**changes: Any) -> Profile:
    """The matter profile with some keys replaced: ``paths__openapi="spec.json"``."""
    found = load_profile("matter")
    keys = found.keys.plain()
    for name, value in changes.items():
        section, _, key = name.partition("__")
        keys.setdefault(section, {})[key] = value
    return Profile(found.name, ProfileKeys.of(keys), found.basis)


def run(
    check: str,
    parameters: Mapping[str, Any],
    files: Mapping[str, str | bytes],
    facts: Facts | None = None,
    subject: Subject = CREATE,
    using: Profile | None = None,
) -> Finding:
    """One check's finding over these files; the spec is the default one unless given."""
    sources = Sources(FakeSnapshot({SPEC: spec(), **files}), using or profile())
    return judge(check, parameters, sources, facts or Facts(now=NOW), subject).finding
