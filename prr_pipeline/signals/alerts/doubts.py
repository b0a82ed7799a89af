"""What people are told of an incomplete reading: the first doubts, and how many more there are."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 3


def in_words(doubts: Sequence[str], fine: str) -> str:
    """The first sentences; ``fine`` if there is no doubt."""
    if not doubts:
        return fine
    more = f" And {len(doubts) - SHOWN} more." if len(doubts) > SHOWN else ""
    return " ".join(doubts[:SHOWN]) + more
