"""How a JSON text is laid out: one that is written plainly, as most tools write it, tells its lines by counting.

A plain text is what `plain_text` gives for its data: two spaces a level, one member or item a line. Of such a text it
is known without looking that no key stands twice, and on which line each part stands.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import orjson

from prr_pipeline.repository.lines import Places, pointer_parts

_COLON_ESCAPES = (b"\\u003a", b"\\u003A")


def plain_text(value: Any) -> bytes | None:
    """The data as plain text; None for data that is nested too deeply (beyond 254 levels) to be written."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError:
        return None


def is_plain(data: bytes, text: bytes) -> bool:
    """Whether a file holds just this plain text, with a line break at its end or without."""
    return len(data) - len(text) in (0, 1) and data.startswith(text) and data[len(text) :] in (b"", b"\n")


def repeats_no_key(data: bytes, text: bytes) -> bool:
    """Whether it is certain that no key stands twice: one that does loses its colon when the data is written again."""
    return not any(escape in data for escape in _COLON_ESCAPES) and data.count(b":") == text.count(b":")


class PlainLines:
    """The lines of a plain text, from its data alone. Counts no further than it is asked; keeps the data alive."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._counted: dict[int, list[int]] = {}
        self._places = Places()

    def line(self, pointer: str) -> int:
        """See `Lines`."""
        node, line = self._value, 1
        for part in pointer_parts(pointer):
            place = self._places.of(node, part)
            if place is None:
                break
            child = node[part] if isinstance(node, dict) else node[place]
            if isinstance(node, dict) or isinstance(child, dict | list):
                line += self._offset(node, place)
            node = child
        return line

    def _offset(self, node: Any, place: int) -> int:
        """How many lines below the opening bracket the child at that place begins."""
        offsets = self._counted.setdefault(id(node), [1])
        if place < len(offsets):
            return offsets[place]
        children = node.values() if isinstance(node, dict) else node
        for child in islice(children, len(offsets) - 1, place):
            offsets.append(offsets[-1] + _height(child))
        return offsets[place]


def _height(value: Any) -> int:
    """How many lines a value takes."""
    if not isinstance(value, dict | list) or not value:
        return 1
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).count(b"\n") + 1
