"""Text from outside, made safe for each place where it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>&~-])")
_LIMIT = 2_000


def plain(text: str) -> str:
    """One line without control, direction or zero-width characters, at most 2,000 characters.

    Nor half surrogates and the like, which JSON can name and no encoding can write: what is left fits UTF-8 and XML.
    """
    flat = _CONTROL.sub("", text.replace("\r", " ").replace("\n", " "))
    return flat if len(flat) <= _LIMIT else flat[: _LIMIT - 1] + "…"


def whole(data: object) -> object:
    """JSON data with half surrogates replaced in every text: JSON could name them, strict readers refuse them."""
    if isinstance(data, str):
        return data if data.isascii() else data.encode("utf-8", "replace").decode("utf-8")
    if data is None or isinstance(data, int):
        return data
    if isinstance(data, Mapping):
        return {whole(str(key)): whole(value) for key, value in data.items()}
    return [whole(value) for value in data] if isinstance(data, list | tuple) else data


def markdown(text: str) -> str:
    """Text as Markdown that shows just these characters: no links, images or markup of its own."""
    return _MARKDOWN.sub(r"\\\1", plain(text))


def fenced(text: str, language: str) -> str:
    """Text as a block of Markdown: whoever wrote it, nothing in it becomes a link, an image or markup."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 3)
    return f"{fence}{language}\n{text}\n{fence}"
