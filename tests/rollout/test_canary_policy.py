"""The canary's parameters: one alpha for the whole ladder, and values that are refused in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.ladder import DEFAULT_LADDER, Ladder
from prr_pipeline.rollout.metrics import ERRORS, METRICS, SLOW
from tests.properties import decide_worlds

POLICY = CanaryPolicy()
PPB_PER_PPM = 1_000
ladders = st.integers(0, 2**32).map(lambda seed: decide_worlds.ladder(Random(seed)))


@settings(max_examples=60, deadline=None)
@given(ladders, st.integers(1, 99), st.integers(1, 5))
def test_all_that_is_ever_spent_is_within_the_one_alpha(ladder: Ladder, again_pct: int, parts: int) -> None:
    """Over every rung, both metrics and as many stays as one likes, whatever the ladder."""
    policy = replace(POLICY, again_ppm=again_pct * 10_000, first_rung_parts=parts)
    # Every share is at least one part in a billion, so stays far beyond any limit are left out.
    spent = sum(policy.alpha_ppb(ladder, rung, stay) for rung in range(len(ladder.rungs)) for stay in range(12))
    assert spent * len(METRICS) <= policy.false_rollback_ppm * PPB_PER_PPM


def test_the_first_rung_of_users_gets_two_parts() -> None:
    """Requests are fewest there; every other rung gets one, and each further stay a tenth of the one before."""
    alphas = [POLICY.alpha_ppb(DEFAULT_LADDER, rung) for rung in range(5)]
    assert alphas == [375_000, 750_000, 375_000, 375_000, 375_000]
    assert [POLICY.alpha_ppb(DEFAULT_LADDER, 1, stay) for stay in (1, 2)] == [75_000, 7_500]
    assert POLICY.alpha_ppb(DEFAULT_LADDER, 1, 1_000) == 1


def test_the_minimum_sample_goes_by_the_objective_of_the_metric() -> None:
    """3,000 requests for 99.9% of successes, 300 for 99% in time."""
    assert (POLICY.minimum(ERRORS), POLICY.minimum(SLOW)) == (3_000, 300)


def test_the_canonical_form_holds_integers_and_changes_with_every_value() -> None:
    """So its digest is the version of the parameters."""
    assert canonical_bytes(POLICY.as_data())
    others = [
        replace(POLICY, ratios=(2, 4, 8, 32, 64)),
        replace(POLICY, max_age=timedelta(minutes=6)),
        replace(POLICY, reserve_ppm=1),
    ]
    assert len({POLICY.digest, *(one.digest for one in others)}) == 4


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"false_rollback_ppm": 0}, "false_rollback_ppm is 0"),
        ({"errors_budget_ppm": 1_000_000}, "errors_budget_ppm is 1000000"),
        ({"ratios": (4, 2, 8, 32, 128)}, "rising ratios"),
        ({"ratios": (1, 2, 8, 32, 128)}, "rising ratios"),
        ({"ratios": ()}, "rising ratios"),
        ({"ratio_parts": (1, 1)}, "rising ratios"),
        ({"ratio_parts": (0, 1, 1, 1, 1)}, "give parts from 1 to 1000000"),
        ({"ratios": (2, 4, 8, 32, 1_000_001)}, "rising ratios from 2 to 1000000"),
        ({"first_rung_parts": 0}, "first_rung_parts is 0; give 1 to 1000"),
        ({"bucket_cap_millinats": 0}, "bucket_cap_millinats is 0; give 1 to 1000000"),
        ({"window_cap_millinats": 1_000_001}, "window_cap_millinats is 1000001; give 1 to"),
        ({"trusted_bad": 0}, "trusted_bad is 0; give 1 to 1000000000"),
        ({"most_share_factor": -3}, "most_share_factor is -3; give 2 to 1000, or 0"),
        ({"most_share_factor": 1}, "most_share_factor is 1; give 2 to 1000, or 0"),
        ({"hard_failure_ppm": 1_000}, "hard_failure_ppm is 1000; give more than errors_budget_ppm"),
        ({"max_age": timedelta(seconds=-1)}, "negative"),
        ({"bunch_window": timedelta(0)}, "at least a second"),
        ({"restart_every": timedelta(0)}, "at least a second"),
        ({"extension_limit": timedelta(days=-1)}, "negative"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(change: dict[str, object], why: str) -> None:
    """In one sentence that names the value."""
    with pytest.raises(PrrError, match=why):
        replace(POLICY, **change)
