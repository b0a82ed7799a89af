"""The words by which a closed gate ``canary`` is told from another: what people may do differs."""

from __future__ import annotations

LEANS = "leans to worse, not proven"
"""The evidence leans without being proof: more requests decide it, and nobody can accept it."""

NEEDED = "requests that the objective needs"
"""The sample is too small: more requests, or two persons' decision."""

PROOF = "e = "
"""A regression is proven: nothing stands before lowering it."""


def lacks_requests_alone(why: str) -> bool:
    """Whether a closed gate waits for nothing but requests. What leans on one metric is not accepted with another."""
    return NEEDED in why and LEANS not in why and PROOF not in why
