"""History facts from git: when a path last changed, and since when an operation stands in the spec."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.history import commits, last_change_of
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import open_commit

_DEPTH = 2_000
"""Commits looked at: enough for years of a monorepo's main line, and bounded."""


class GitHistory:
    """History along the first-parent line of one commit. Answers None where history cannot tell."""

    def __init__(self, repository: Path, commit: str, spec_path: str | None) -> None:
        self._repository, self._commit, self._spec_path = repository, commit, spec_path
        self._specs: list[tuple[datetime, frozenset[str]]] | None = None

    def last_changed_at(self, path: str) -> datetime | None:
        """When the newest commit that changed the path was made."""
        found = last_change_of(self._repository, self._commit, path)
        return found.committed_at if found is not None else None

    def operation_since(self, operation_id: str) -> datetime | None:
        """When the operation first stood in the spec without a break since."""
        since = None
        for at, operations in self._versions():
            if operation_id not in operations:
                break
            since = at
        return since

    def _versions(self) -> list[tuple[datetime, frozenset[str]]]:
        """Each commit's operations, newest first; a spec that did not change is parsed once (by blob id).

        A commit whose spec cannot be read tells nothing of the operations: they are no newer because of it.
        """
        if self._specs is None:
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
            return frozenset(parse_spec(snapshot.read(str(self._spec_path))).operations)
        except PrrError:
            return None
