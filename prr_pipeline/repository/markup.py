"""JSON and YAML files as plain data, within budgets of depth and nodes, with the lines of their parts.

The library for YAML is imported by the first YAML that is read: that takes as long as reading a large file.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.json_layout import PlainLines, is_plain, plain_text, repeats_no_key
from prr_pipeline.repository.lines import LineIndex, Lines, ScannedLines
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.yaml_budgets import DEPTH_CAP as YAML_DEPTH_CAP
from prr_pipeline.repository.yaml_budgets import NODE_BUDGET

JSON_DEPTH_CAP = 256
SPEC_BUDGET = 5_000_000
"""Most nodes of a JSON document, or of a specification in YAML."""

__all__ = [
    "JSON_DEPTH_CAP",
    "NODE_BUDGET",
    "SPEC_BUDGET",
    "YAML_DEPTH_CAP",
    "Lines",
    "is_json",
    "load",
    "load_json",
    "load_json_with_lines",
    "load_yaml",
    "load_yaml_with_lines",
]


def is_json(blob: Blob) -> bool:
    """Whether the name says JSON; raises `Unreadable` if it says neither JSON nor YAML."""
    if blob.path.lower().endswith((".json", ".yaml", ".yml")):
        return blob.path.lower().endswith(".json")
    raise Unreadable(f"{blob.path} ends in neither .json nor .yaml, so its form is not known.")


def load(blob: Blob, budget: int = NODE_BUDGET) -> Any:
    """The plain data of a ``.json``, ``.yaml`` or ``.yml`` file."""
    return load_json(blob) if is_json(blob) else load_yaml(blob, budget)


def load_json(blob: Blob, budget: int = SPEC_BUDGET) -> Any:
    """The plain data of a JSON file.

    Raises `Unreadable` for broken JSON, NaN, a lone surrogate, a repeated key, and beyond ``budget`` nodes or
    `JSON_DEPTH_CAP` levels. Integers beyond 64 bits become floats.
    """
    return load_json_with_lines(blob, budget)[0]


def load_json_with_lines(blob: Blob, budget: int = SPEC_BUDGET) -> tuple[Any, Lines]:
    """As `load_json`, and the lines of its parts, which are counted when the first one is asked for."""
    data = _json_bytes(blob)
    if len(data) > 4 * budget and data.count(b"[") + data.count(b"{") + data.count(b",") > 4 * budget:
        raise _unreadable(blob, f"it has more than {budget:,} nodes")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        raise _unreadable(blob, f"its JSON is broken ({str(fault)[:100]})") from None
    text = plain_text(value)
    # A node has a line of its own in the plain text, of five bytes and more but for the outermost brackets.
    if text is None or (len(text) >= 5 * budget and text.count(b"\n") >= budget):
        _measure(blob, value, budget)
    if text is not None and is_plain(data, text):
        return value, PlainLines(value)
    if text is None or not repeats_no_key(data, text):
        _refuse_repeated_keys(blob, data)
    return value, ScannedLines(data, value)


def load_yaml(blob: Blob, budget: int = NODE_BUDGET) -> Any:
    """The plain data of a YAML file with one document; keys are text as written, dates stay text.

    Raises `Unreadable` for broken YAML, unknown tags, repeated keys, several documents, and beyond ``budget``
    nodes (aliases expanded; they may add at most `NODE_BUDGET`) or `YAML_DEPTH_CAP` levels.
    """
    return load_yaml_with_lines(blob, budget)[0]


def load_yaml_with_lines(blob: Blob, budget: int = NODE_BUDGET) -> tuple[Any, Lines]:
    """As `load_yaml`, and the lines of its parts."""
    from prr_pipeline.repository.yaml_builder import Builder
    from prr_pipeline.repository.yaml_reader import feed

    build = Builder(budget)
    text = blob.text()
    try:
        feed(text, build)
    except Unreadable as fault:
        raise _unreadable(blob, str(fault)) from None
    return build.result, LineIndex(build.result, build.lines)


def _json_bytes(blob: Blob) -> bytes:
    return blob.data.removeprefix(b"\xef\xbb\xbf")


def _measure(blob: Blob, value: Any, budget: int) -> None:
    """Count nodes level by level: quick, and without recursion."""
    level, nodes, depth = [value], 0, 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > budget:
            raise _unreadable(blob, f"it has more than {budget:,} nodes")
        if depth > JSON_DEPTH_CAP:
            raise _unreadable(blob, f"it is nested deeper than {JSON_DEPTH_CAP}")
        deeper: list[Any] = []
        for node in level:
            if type(node) is dict:
                deeper.extend(node.values())
            elif type(node) is list:
                deeper.extend(node)
        level = deeper


def _refuse_repeated_keys(blob: Blob, data: bytes) -> None:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> None:
        if len(dict(pairs)) != len(pairs):
            names = sorted(key for key, _ in pairs)
            twice = next(a for a, b in pairwise(names) if a == b)
            raise _unreadable(blob, f"the key {twice[:60]!r} stands twice in one object")

    json.loads(data, object_pairs_hook=unique, parse_int=len, parse_float=len)


def _unreadable(blob: Blob, why: str) -> Unreadable:
    return Unreadable(f"{blob.path} cannot be read: {why}.")
