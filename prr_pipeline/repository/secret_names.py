"""CI's list of the secrets that each stage has: their names, never a value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}\Z")


def read_secret_names(blob: Blob) -> Mapping[str, frozenset[str]]:
    """The names by stage of ``{"stages": {stage: [name]}}``.

    Raises `Unreadable` for anything else, above all for a form that could hold values; none is repeated.
    """
    data = load_json(blob)
    stages = data.get("stages") if isinstance(data, Mapping) else None
    if not isinstance(stages, Mapping):
        raise Unreadable(f'{blob.path} lists no secrets; write {{"stages": {{"dev": ["NAME"]}}}}.')
    return {str(stage): _names(blob.path, str(stage), names) for stage, names in stages.items()}


def _names(path: str, stage: str, names: object) -> frozenset[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) and _NAME.match(name) for name in names):
        raise Unreadable(
            f"{path}: what stands under {stage[:40]!r} is no list of names of secrets; list names alone, never values."
        )
    return frozenset(names)
