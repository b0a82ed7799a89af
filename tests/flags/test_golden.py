"""The installed evaluator draws the users that we recorded: an upgrade that draws anew fails here."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.flags.golden import GOLDEN, HASH_SCHEME, cohort_digest, installed_hash_scheme, members

USERS = [f"user-{number}" for number in range(1000)]


@pytest.mark.parametrize(
    ("weight", "count", "digest"),
    [(100, 5, "d2249bc5552e4a0f"), (1_000, 80, "c7ba4a3cb281d46e"), (5_000, 475, "f9277973fdf976fa")],
)
def test_the_golden_cohorts_are_drawn(weight: int, count: int, digest: str) -> None:
    """Number and digest of the members among a thousand users."""
    drawn = members("checkout-v2", Exposure.share(weight), USERS)
    assert (len(drawn), cohort_digest(drawn)) == (count, digest)
    assert GOLDEN[weight] == digest


def test_the_first_members_are_known_by_name() -> None:
    """So that a failure shows who moved."""
    drawn = members("checkout-v2", Exposure.share(1_000), USERS)
    assert drawn[:4] == ["user-6", "user-26", "user-27", "user-33"]


def test_nobody_is_in_before_the_first_share() -> None:
    """Off and shadow serve the old answer to all."""
    assert members("checkout-v2", OFF, USERS) == members("checkout-v2", SHADOW, USERS) == []


def test_the_installed_evaluator_has_a_name() -> None:
    """The pinned core follows the scheme that promotions record."""
    assert installed_hash_scheme() == HASH_SCHEME
    assert version("openfeature-flagd-core") == "1.0.0"
