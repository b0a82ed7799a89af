"""Stakes: what is bet never exceeds one, and a window of bunches may say the more the more its past has shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import exp

import pytest

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.dispersion import Known
from prr_pipeline.rollout.metrics import ERRORS
from prr_pipeline.rollout.stakes import stakes
from prr_pipeline.rollout.statistics import NANO
from prr_pipeline.rollout.wagers import Wagers

POLICY = CanaryPolicy()


def test_more_of_the_past_lets_a_window_say_more() -> None:
    """Nothing known: little more than the cap. As many independent bad requests as are trusted: twice that."""
    on, cap = stakes(POLICY, ERRORS), 3 * NANO
    bounds = [on.window_gain(Known(at_most=1_000, seen=seen)) for seen in (0, 500, 4_999, 1_000_000)]
    assert bounds == sorted(bounds)
    assert cap < bounds[0] < 1.001 * cap
    assert bounds[2] == 2 * cap
    assert bounds[3] > 100 * cap
    assert on.window_gain(Known(at_most=11_000, seen=1_000_000)) < 1.1 * cap


def test_all_that_is_ever_staked_is_one() -> None:
    """The first request's part and every later start, for as long as a stay may last, never exceed the whole."""
    on = stakes(POLICY, ERRORS)
    late = sum(exp(on.log_fresh(slot) / NANO) for slot in range(1, 100_000))
    begun = exp(Wagers.begin(on).log_e / NANO)
    assert begun == pytest.approx(0.5)
    assert 0.49 < late < 0.5
    assert sum(exp(one / NANO) for one in on.log_stakes) == pytest.approx(1.0)


def test_a_longer_time_between_starts_stakes_more_on_each() -> None:
    """The late part is shared out over as many starts as there are."""
    rare = stakes(replace(POLICY, restart_every=timedelta(hours=1)), ERRORS)
    assert rare.log_fresh(1) > stakes(POLICY, ERRORS).log_fresh(1)


def test_a_bucket_lies_in_the_slot_and_the_window_in_which_it_begins() -> None:
    """Half hours and hours since the stay began, as it ships; any other lengths where they are set."""
    on = stakes(POLICY, ERRORS)
    minutes = (0, 29, 30, 59, 60, 150)
    assert [on.place(timedelta(minutes=at)) for at in minutes] == [(0, 0), (0, 0), (1, 0), (1, 0), (2, 1), (5, 2)]
    other = stakes(replace(POLICY, bunch_window=timedelta(minutes=45)), ERRORS)
    assert other.place(timedelta(minutes=150)) == (5, 3)
