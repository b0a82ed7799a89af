"""SQL migrations, each content read once: what their statements do to tables."""

from __future__ import annotations

from functools import lru_cache

from prr_pipeline.repository.database.changes import Migration
from prr_pipeline.repository.tree import Blob


def read_migration(blob: Blob) -> Migration:
    """What a migration does, in order. Equal paths and contents are read once. Raises `Unreadable`."""
    return _read(blob.path, blob.id, blob)


@lru_cache(maxsize=8_192)
def _read(path: str, blob_id: str, blob: Blob) -> Migration:
    # Postgres' parser takes long to load; whoever reads no SQL is not to pay for it.
    from prr_pipeline.repository.database.sql import changes_in

    return Migration(path, blob_id, changes_in(blob))
