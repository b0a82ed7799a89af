"""The shipped checklists as they were last read: their YAML takes longer to read than most lines to judge."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson

from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.tree import Blob

FOLDER = Path(__file__).parent / "catalogue"
READ = FOLDER / "read.json"
"""Checklist to the digest of its file and what stands in it; written with the pages of the checklist."""


def plain_lines(blob: Blob) -> Any:
    """What a checklist's YAML holds. What was read before counts only for the very same bytes.

    Raises `Unreadable` for YAML that is none.
    """
    path = Path(blob.path)
    known = _known().get(path.stem) if path.parent == FOLDER else None
    return known["data"] if known is not None and known["sha256"] == _sha256(blob.data) else load_yaml(blob)


def written_lines(names: tuple[str, ...]) -> bytes:
    """What `READ` must hold: each checklist of those names, read anew."""
    files = {name: (FOLDER / f"{name}.yaml").read_bytes() for name in names}
    read = {
        name: {"sha256": _sha256(data), "data": load_yaml(Blob(f"{name}.yaml", "", data))}
        for name, data in files.items()
    }
    return orjson.dumps(read, option=orjson.OPT_APPEND_NEWLINE)


def _known() -> dict[str, dict[str, Any]]:
    try:
        return orjson.loads(READ.read_bytes())  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return {}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
