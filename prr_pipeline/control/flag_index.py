"""A small file beside the ledger: which flag belongs to which promotion, so that a lowering needs no ledger."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject, parse_promotion_key

_NAME = Path(".prr/flag-index.json")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What a lowering without the ledger needs to know of one promotion."""

    flag_key: str
    subject: Subject
    context: str
    dependencies: tuple[Subject, ...]


def default_flag_key(key: str) -> str:
    """``createGrant-ga`` for ``createGrant:ga``: what `prr open` gives a promotion unless told otherwise."""
    parse_promotion_key(key)
    return key.replace(":", "-")


def write_index(settings: Settings, states: Mapping[str, PromotionState]) -> None:
    """Enter these promotions, atomically, if anything is new. Others stay as they are entered: a ledger that lost or
    cannot read a promotion must not take its flag out of sight."""
    path = settings.path(_NAME)
    rows = {**_rows(path), **{key: _row(state) for key, state in states.items()}}
    data = json.dumps(rows, sort_keys=True, indent=1).encode()
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with temporary.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _row(state: PromotionState) -> dict[str, object]:
    return {
        "context": state.context,
        "dependencies": [str(subject) for subject in state.dependencies],
        "flag_key": state.flag_key,
        "open": state.is_open,
        "subject": str(state.subject),
    }


def _rows(path: Path) -> dict[str, object]:
    """What is entered; nothing of a damaged index."""
    try:
        rows = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return rows if isinstance(rows, dict) else {}


def read_index(settings: Settings) -> dict[str, IndexEntry]:
    """The index of open promotions; empty when it was never written. Raises `PrrError` when it is damaged."""
    path = settings.path(_NAME)
    try:
        rows = json.loads(path.read_bytes())
        return {
            key: IndexEntry(
                row["flag_key"],
                Subject.parse(row["subject"]),
                row["context"],
                tuple(Subject.parse(text) for text in row["dependencies"]),
            )
            for key, row in rows.items()
            if row["open"]
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise PrrError(
            f"The flag index {path} is damaged ({type(fault).__name__}); name the flag key instead."
        ) from None


def flag_key_of(settings: Settings, key: str) -> str:
    """The flag key of a promotion without asking the ledger: from the index, else the default."""
    try:
        index = read_index(settings)
    except PrrError:
        index = {}
    return index[key].flag_key if key in index else default_flag_key(key)
