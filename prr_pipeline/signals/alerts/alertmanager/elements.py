"""The elements of a JSON list, one by one: what stands before a break is still read."""

from __future__ import annotations

import json
import re
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")


def elements(body: bytes) -> tuple[list[object], str]:
    """What can be read of a list, and why that is not all of it as the end of a sentence; empty if it is.

    An object with a doubled key, and NaN, are read as null: nobody can say what is meant. Numbers are read as floats.
    """
    try:
        text, fault = body.decode("utf-8"), ""
    except UnicodeDecodeError:
        text, fault = body.decode("utf-8", "replace"), "holds bytes that are not UTF-8"
    at = _past_space(text, 0)
    if not text.startswith("[", at):
        return [], "is no JSON list"
    found, at, broken = _walk(text, _past_space(text, at + 1))
    if not broken and _past_space(text, at) < len(text):
        broken = "goes on after its end"
    return found, broken or fault


def _walk(text: str, at: int) -> tuple[list[object], int, str]:
    """The elements from ``at``, the place after them, and why they end too early."""
    found: list[object] = []
    if text.startswith("]", at):
        return found, at + 1, ""
    while True:
        try:
            element, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found, at, f"is cut off or broken after {len(found)} alerts"
        found.append(element)
        at = _past_space(text, at)
        if text.startswith("]", at):
            return found, at + 1, ""
        if not text.startswith(",", at):
            return found, at, f"is cut off or broken after {len(found)} alerts"
        at = _past_space(text, at + 1)


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


def _nothing(word: str) -> None:
    """What NaN and the infinities are read as."""


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_nothing, parse_int=float)
