"""A small file beside the ledger: which flag belongs to which promotion, so that a lowering needs no ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from prr_pipeline.control.placing import place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject, parse_promotion_key

_NAME = Path(".prr/flag-index.json")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What a lowering without the ledger needs to know of one promotion. A context that is not known is empty."""

    flag_key: str
    subject: Subject
    context: str
    dependencies: tuple[Subject, ...]
    dependency_contexts: Mapping[Subject, str] = field(default_factory=dict)

    @classmethod
    def of(cls, state: PromotionState) -> IndexEntry:
        """The entry of a promotion of the ledger."""
        return cls(state.flag_key, state.subject, state.context, state.dependencies, state.dependency_contexts)


def default_flag_key(key: str) -> str:
    """``createGrant-ga`` for ``createGrant:ga``: what `prr open` gives a promotion unless told otherwise."""
    parse_promotion_key(key)
    return key.replace(":", "-")


def write_index(settings: Settings, states: Mapping[str, PromotionState]) -> None:
    """Enter these promotions, atomically, if anything is new. Others stay as they are entered: a ledger that lost or
    cannot read a promotion must not take its flag out of sight."""
    path = settings.path(_NAME)
    rows = {**_rows(path), **{key: _row(state) for key, state in states.items()}}
    place(path, json.dumps(rows, sort_keys=True, indent=1).encode())


def _row(state: PromotionState) -> dict[str, object]:
    return {
        "context": state.context,
        "dependencies": [str(subject) for subject in state.dependencies],
        "dependency_contexts": {str(subject): name for subject, name in state.dependency_contexts.items()},
        "flag_key": state.flag_key,
        "open": state.is_open,
        "subject": str(state.subject),
    }


def _rows(path: Path) -> dict[str, object]:
    """What is entered; nothing of a damaged index."""
    try:
        rows = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return rows if isinstance(rows, dict) else {}


def read_index(settings: Settings) -> dict[str, IndexEntry]:
    """The index of open promotions; empty when it was never written. Raises `PrrError` when it is damaged."""
    path = settings.path(_NAME)
    try:
        rows = json.loads(path.read_bytes())
        if not isinstance(rows, dict):
            raise TypeError("not a mapping")
        return {key: _entry(row) for key, row in rows.items() if row["open"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, PrrError) as fault:
        raise PrrError(
            f"The flag index {path} is damaged ({type(fault).__name__}); name the flag key instead."
        ) from None


def _entry(row: Mapping[str, Any]) -> IndexEntry:
    """One row as it is used. Raises TypeError and its like for a row of another shape."""
    flag_key, context = row["flag_key"], row["context"]
    if not isinstance(flag_key, str) or not isinstance(context, str):
        raise TypeError("a flag key and a context are texts")
    needs = tuple(Subject.parse(text) for text in row["dependencies"])
    theirs = {Subject.parse(text): str(name) for text, name in row.get("dependency_contexts", {}).items()}
    return IndexEntry(flag_key, Subject.parse(row["subject"]), context, needs, theirs)


def flag_key_of(settings: Settings, key: str) -> str:
    """The flag key of a promotion without asking the ledger: from the index, else the default."""
    try:
        index = read_index(settings)
    except PrrError:
        index = {}
    return index[key].flag_key if key in index else default_flag_key(key)
