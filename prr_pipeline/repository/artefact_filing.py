"""File an artefact of CI with its envelope, bound to a commit's code."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from prr_pipeline.canonical import instant_text
from prr_pipeline.errors import Refused
from prr_pipeline.repository.snapshot import Snapshot


def file_artefact(
    root: Path,
    snapshot: Snapshot,
    name: str,
    data: bytes,
    *,
    suffix: str,
    tool: str,
    version: str,
    at: datetime,
    exclude: Sequence[str],
) -> Path:
    """Write ``<root>/<commit>/<name><suffix>`` and its envelope ``<name>.json``; returns the envelope.

    ``suffix`` starts with a dot and is not ``.json`` alone; ``exclude`` are the path prefixes that are no code (the PRR
    folder). Filing the same name again replaces it.
    """
    if snapshot.commit is None:
        raise Refused("An artefact belongs to a commit; a working tree has none.")
    if suffix == ".json":
        suffix = ".data.json"
    folder = root / snapshot.commit
    folder.mkdir(parents=True, exist_ok=True)
    envelope = {
        "code_digest": snapshot.code_digest(exclude),
        "created_at": instant_text(at),
        "file": f"{name}{suffix}",
        "sha256": hashlib.sha256(data).hexdigest(),
        "tool": tool,
        "version": version,
    }
    _write(folder / f"{name}{suffix}", data)
    _write(folder / f"{name}.json", json.dumps(envelope, indent=1, sort_keys=True).encode())
    return folder / f"{name}.json"


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    os.replace(temporary, path)
