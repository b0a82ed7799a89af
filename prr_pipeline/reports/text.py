"""Text from outside, made safe for each place where it is shown."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>&~-])")
_LIMIT = 2_000


def plain(text: str) -> str:
    """One line without control, direction or zero-width characters, at most 2,000 characters."""
    flat = _CONTROL.sub("", text.replace("\r", " ").replace("\n", " "))
    return flat if len(flat) <= _LIMIT else flat[: _LIMIT - 1] + "…"


def markdown(text: str) -> str:
    """Text as Markdown that shows just these characters: no links, images or markup of its own."""
    return _MARKDOWN.sub(r"\\\1", plain(text))
