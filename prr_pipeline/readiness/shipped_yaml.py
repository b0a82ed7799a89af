"""The checklists and profiles that ship as they were last read: their YAML takes longer to read than lines to judge."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from prr_pipeline import profiles
from prr_pipeline.repository.markup import load_json, load_yaml
from prr_pipeline.repository.tree import Blob

CHECKLISTS = Path(__file__).parent / "catalogue"
PROFILES = Path(*profiles.__path__)
FOLDERS = (CHECKLISTS, PROFILES)
READ = "read.json"
"""In each folder: file to the digest of its bytes and what stands in it; written with the pages of the checklist."""


def plain_data(blob: Blob) -> Any:
    """What a YAML file holds, or one in JSON. What was read before counts only for the very same bytes.

    Raises `Unreadable` for what is neither.
    """
    if blob.path.lower().endswith(".json"):
        return load_json(blob)
    path = Path(blob.path)
    known = _known(path.parent).get(path.stem) if path.parent in FOLDERS else None
    return known["data"] if known is not None and known["sha256"] == _sha256(blob.data) else load_yaml(blob)


def written(folder: Path) -> bytes:
    """What `READ` of that folder must hold: each of its files, read anew."""
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    read = {
        name: {"sha256": _sha256(data), "data": load_yaml(Blob(f"{name}.yaml", "", data))}
        for name, data in files.items()
    }
    return orjson.dumps(read, option=orjson.OPT_APPEND_NEWLINE)


@cache
def _known(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        return orjson.loads((folder / READ).read_bytes())  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return {}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
