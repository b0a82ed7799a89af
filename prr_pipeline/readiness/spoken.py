"""Does a name such as ``identity-5xx`` or ``DeadLetterDepth`` speak of something? By whole words, not by letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PIECE = re.compile(r"\d+[xX]+|\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def pieces(name: str) -> list[str]:
    """The words of a name, in small letters: ``latencyP99`` is ``latency``, ``p``, ``99``."""
    return [piece.casefold() for piece in _PIECE.findall(name)]


def speaks_of(name: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in the name; the last piece of a word may have an ``s`` more."""
    own = pieces(name)
    return any(_holds(own, wanted) for word in words if (wanted := pieces(word)))


def _holds(own: list[str], wanted: list[str]) -> bool:
    spans = (own[at : at + len(wanted)] for at in range(len(own) - len(wanted) + 1))
    return any(span[:-1] == wanted[:-1] and span[-1] in (wanted[-1], f"{wanted[-1]}s") for span in spans)
