"""Since when a third-party endpoint stands in its service's description, told from all versions of that file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from prr_pipeline.control.git_history import operation_ids
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.endpoints import all_operations
from prr_pipeline.repository.history import Versions
from prr_pipeline.repository.openapi import parse_anew
from prr_pipeline.repository.tree import Blob, blob_id_of


def since_when(versions: Versions, endpoint: str) -> datetime | None:
    """When an operation first stood there without a break since, by its id or as ``POST /v1/events``.

    None where it does not stand there, and where a shallow clone may hide older versions. A version that cannot be
    parsed tells nothing: no operation is newer because of it.
    """
    since: datetime | None = None
    for version in versions.newest_first:
        known = _names(version.data, endpoint)
        if known is None:
            continue
        if endpoint not in known:
            return since
        since = version.since.committed_at
    return since if versions.complete else None


def _names(data: bytes, endpoint: str) -> Collection[str] | None:
    """The operations of a description; ids are looked up without parsing it, as there may be hundreds of versions."""
    known = operation_ids(data)
    if endpoint in known or " " not in endpoint:
        return known or None
    try:
        return all_operations(parse_anew(Blob("openapi.yaml", blob_id_of(data), data)))
    except PrrError:
        return None
