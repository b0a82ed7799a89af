"""Wagers: betting against a healthy version wins nothing, whatever is capped, tempered or started anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import comb, exp

import pytest

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.metrics import ERRORS, SLOW
from prr_pipeline.rollout.statistics import NANO
from prr_pipeline.rollout.wagers import Bunching, Row, Wagers, stakes

POLICY = CanaryPolicy()
NONE: Bunching = (1_000, 1_000)


def chances(count: int, share: float) -> list[float]:
    """The binomial chances of 0..count."""
    return [comb(count, at) * share**at * (1 - share) ** (count - at) for at in range(count + 1)]


def outcomes(totals: tuple[int, int], both: int, buckets: int, ratio: float) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Every way in which the bad requests of each bucket may fall to two arms, with its chance.

    The new version is ``ratio`` times as bad as the other.
    """
    share = totals[0] * ratio / (totals[0] * ratio + totals[1])
    single = list(enumerate(chances(both, share)))
    for way in product(single, repeat=buckets):
        chance = 1.0
        for _, one in way:
            chance *= one
        yield chance, tuple(bad for bad, _ in way)


@pytest.mark.parametrize("bunching", [NONE, (4_000, 1_000), (4_000, 3_000)])
@pytest.mark.parametrize("totals", [(10, 990), (50, 50)])
@pytest.mark.parametrize("ratio", [0.2, 1.0])
def test_the_mean_of_the_evidence_against_a_version_that_is_no_worse_is_at_most_one(
    totals: tuple[int, int], bunching: Bunching, ratio: float
) -> None:
    """Over every outcome of three buckets in three slots, fresh starts and caps included: so alpha is kept."""
    on, both = stakes(POLICY, ERRORS), 6
    mean = 0.0
    for chance, bads in outcomes(totals, both, 3, ratio):
        rows: list[Row] = [(slot, bad, totals[0], (both - bad, totals[1]), bunching) for slot, bad in enumerate(bads)]
        mean += chance * exp(Wagers.begin(on).fold(on, rows).log_e / NANO)
    assert 0.0 < mean <= 1.0


def test_the_mean_of_the_evidence_within_the_budget_is_at_most_one() -> None:
    """The same against the objective's budget, at exactly the budget."""
    on = stakes(POLICY, SLOW)
    chance_of = chances(8, 0.01)
    mean = 0.0
    for bads in product(range(9), repeat=3):
        rows: list[Row] = [(slot, bad, 8, None, NONE) for slot, bad in enumerate(bads)]
        chance = chance_of[bads[0]] * chance_of[bads[1]] * chance_of[bads[2]]
        mean += chance * exp(Wagers.begin(on).fold(on, rows).log_e / NANO)
    assert 0.05 < mean <= 1.0


def test_all_that_is_ever_staked_is_one() -> None:
    """The first request's part and every later start, for as long as a stay may last, never exceed the whole."""
    on = stakes(POLICY, ERRORS)
    late = sum(exp(on.log_fresh(slot) / NANO) for slot in range(1, 100_000))
    begun = exp(Wagers.begin(on).log_e / NANO)
    assert begun == pytest.approx(0.5)
    assert 0.49 < late < 0.5
    assert sum(exp(one / NANO) for one in on.log_stakes) == pytest.approx(1.0)


@pytest.mark.parametrize("bad", [1, 2, 50, 10_000])
def test_one_bucket_wins_no_more_than_the_cap(bad: int) -> None:
    """Three nats: a factor of twenty, whatever happened in it."""
    on = stakes(POLICY, ERRORS)
    before = Wagers.begin(on)
    after = before.fold(on, [(0, bad, 10_000, (0, 990_000), NONE)])
    assert all(new - old <= 3 * NANO for new, old in zip(after.worse, before.worse, strict=True))
    assert all(new - old <= 3 * NANO for new, old in zip(after.hard, before.hard, strict=True))


def test_bunches_within_buckets_leave_the_bets_on_bad_buckets_alone() -> None:
    """Where bunches end within their bucket, bad buckets come independently, and are judged at full speed."""
    on = stakes(POLICY, ERRORS)
    rows: list[Row] = [(0, 1, 10, (1, 990), (8_000, 1_000))] * 10
    bunched = Wagers.begin(on).fold(on, rows)
    spread = Wagers.begin(on).fold(on, [(*row[:4], NONE) for row in rows])
    half = len(bunched.worse) // 2
    assert bunched.worse[half:] == spread.worse[half:]
    assert all(low < high for low, high in zip(bunched.worse[1:half], spread.worse[1:half], strict=True))


def test_rows_may_be_folded_one_by_one() -> None:
    """The state is sufficient: nothing but it is needed to go on."""
    on = stakes(POLICY, ERRORS)
    rows: list[Row] = [(at // 3, at % 4, 20, (at % 7, 1_980), (1_000 + 50 * at, 1_000)) for at in range(30)]
    one_by_one = Wagers.begin(on)
    for row in rows:
        one_by_one = Wagers.from_data(one_by_one.as_data()).fold(on, [row])
    assert one_by_one == Wagers.begin(on).fold(on, rows)


def test_a_longer_time_between_starts_stakes_more_on_each() -> None:
    """The late part is shared out over as many starts as there are."""
    rare = stakes(replace(POLICY, restart_every=timedelta(hours=1)), ERRORS)
    assert rare.log_fresh(1) > stakes(POLICY, ERRORS).log_fresh(1)
