"""A small file beside the ledger: which flag belongs to which promotion, so that a lowering needs no ledger."""

from __future__ import annotations

import json
import os
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
    """Write the index of all promotions, atomically."""
    path = settings.path(_NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {
        key: {
            "context": state.context,
            "dependencies": [str(subject) for subject in state.dependencies],
            "flag_key": state.flag_key,
            "open": state.is_open,
            "subject": str(state.subject),
        }
        for key, state in states.items()
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(rows, sort_keys=True, indent=1))
    os.replace(temporary, path)


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
