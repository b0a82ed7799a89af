"""Message catalogs: what each locale says under a key, and the placeholders in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import is_json, load_json, load_yaml
from prr_pipeline.repository.tree import Blob

Style = Literal["icu", "mustache"]
_DEPTH = 12
_NAME = re.compile(r"\s*([A-Za-z_0-9.]+)")
_MUSTACHE = re.compile(r"\{\{-?\s*([\w.]+)")


def catalog(sources: Sources, path: str) -> Mapping[str, object]:
    """The messages of a JSON or YAML file by dotted key. Raises `MissingFile` or `Unreadable`."""
    return sources.once("message catalog", path, lambda: dict(_flat(_load(sources.blob(path)), "", 0)))


def placeholders(message: str, style: Style) -> frozenset[str]:
    """The names of a message's arguments.

    ICU: ``{name}`` and ``{count, plural, one {# share} other {{count} shares}}``, whose inner braces hold text; a brace
    after an apostrophe is text too. Mustache: ``{{name}}``.
    """
    if style == "mustache":
        return frozenset(_MUSTACHE.findall(message))
    return frozenset(_icu(message))


def _icu(message: str) -> Iterator[str]:
    """Arguments stand at odd depths, the texts of their choices at even ones."""
    depth, at = 0, 0
    while at < len(message):
        character = message[at]
        if character == "'" and message[at + 1 : at + 2] in ("{", "}"):
            closing = message.find("'", at + 2)
            at = len(message) if closing < 0 else closing
        elif character == "{":
            depth += 1
            name = _NAME.match(message, at + 1)
            if depth % 2 and name:
                yield name[1]
        elif character == "}":
            depth = max(0, depth - 1)
        at += 1


def _load(blob: Blob) -> object:
    return load_json(blob) if is_json(blob) else load_yaml(blob)


def _flat(value: object, prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    if not isinstance(value, Mapping) or depth > _DEPTH:
        return
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, Mapping):
            yield from _flat(item, f"{name}.", depth + 1)
        else:
            yield name, item
