"""How much was tried: a zero without its n is no figure."""

from __future__ import annotations

from collections import Counter

TALLY: Counter[str] = Counter()
"""Of this process: kills, races, looks at the flags file, and looks that found too much."""


def sentence() -> str:
    """For the end of a test run; empty when nothing was tried."""
    if not TALLY:
        return ""
    found = ", ".join(f"{TALLY[name]} {name}" for name in ("kills", "races", "looks"))
    return f"{found}: {TALLY['violations']} times a flag showed more than was approved"
