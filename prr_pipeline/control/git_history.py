"""History facts from git: when a path last changed, and since when an operation stands in the spec."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.subjects import encode_id

if TYPE_CHECKING:
    from prr_pipeline.repository.history import Versions

_DEPTH = 2_000
"""Commits looked at: enough for years of a monorepo's main line, and bounded."""
_OPERATION_ID = re.compile(rb"""operationId["']?[ \t]*:[ \t]*["']?([^"',}#\r\n]+)""")
"""It begins with what is always there: so it is looked for in a tenth of the time."""


SERVICE_SLOT = "{service}"
"""What stands for the service in the place of the specifications, where each service has its own."""


class GitHistory:
    """History along the first-parent line of one commit. Answers None where history cannot tell.

    ``spec_path`` is the specification's place. With `SERVICE_SLOT` in it, operations are named as third-party endpoints
    are: ``identity/createGrant``.
    """

    def __init__(self, repository: Path, commit: str, spec_path: str | None) -> None:
        self._repository, self._commit, self._spec_path = repository, commit, spec_path
        self._seen: dict[str, frozenset[str] | None] = {}
        self._specs: list[tuple[datetime, frozenset[str]]] | None = None
        self._services: dict[str, Versions | None] = {}

    def last_changed_at(self, path: str) -> datetime | None:
        """When the newest commit that changed the path was made."""
        from prr_pipeline.repository.history import last_change_of

        found = last_change_of(self._repository, self._commit, path)
        return found.committed_at if found is not None else None

    def operation_since(self, operation_id: str) -> datetime | None:
        """When the operation first stood in the spec without a break since."""
        if SERVICE_SLOT in str(self._spec_path):
            return self._endpoint_since(operation_id)
        since = None
        for at, operations in self._versions():
            if operation_id not in operations:
                break
            since = at
        return since

    def _endpoint_since(self, name: str) -> datetime | None:
        from prr_pipeline.control.endpoint_history import since_when
        from prr_pipeline.repository.history import versions_of

        service, _, endpoint = name.partition("/")
        if service not in self._services:
            path = str(self._spec_path).replace(SERVICE_SLOT, encode_id(service))
            try:
                self._services[service] = versions_of(self._repository, self._commit, path)
            except PrrError:
                self._services[service] = None
        versions = self._services[service]
        return since_when(versions, endpoint) if versions is not None else None

    def _versions(self) -> list[tuple[datetime, frozenset[str]]]:
        """Each commit's operations, newest first; a spec that did not change is read once (by blob id).

        A commit whose spec cannot be read tells nothing of the operations: they are no newer because of it.
        """
        if self._specs is None:
            from prr_pipeline.repository.history import commits

            self._specs = []
            for facts in commits(self._repository, self._commit, _DEPTH) if self._spec_path else ():
                operations = self._operations(facts.id)
                if operations is None:
                    continue
                self._specs.append((facts.committed_at, operations))
        return self._specs

    def _operations(self, commit: str) -> frozenset[str] | None:
        try:
            snapshot = open_commit(self._repository, commit)
            blob_id = snapshot.blob_id(str(self._spec_path))
            if blob_id is None:
                return None
            if blob_id not in self._seen:
                self._seen[blob_id] = operation_ids(snapshot.read(str(self._spec_path)).data) or None
        except PrrError:
            return None
        return self._seen[blob_id]


def operation_ids(spec: bytes) -> frozenset[str]:
    """The operation ids written in an OpenAPI document, without parsing it: histories hold hundreds of versions."""
    found = (match[1].strip() for match in _OPERATION_ID.finditer(spec))
    return frozenset(name.decode("utf-8", "replace") for name in found)
