"""The statistics: known tables, and the laws that make a look free."""

from __future__ import annotations

from math import comb, exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.rollout.statistics import (
    NANO,
    NEVER,
    log_e_value,
    log_level_factor,
    log_sum,
    minimum_sample,
    nano,
    smallest_proof,
    threshold,
)


@pytest.mark.parametrize(
    ("budget", "stops"),
    [
        (0.001, {100: 3, 500: 6, 1_000: 8, 5_000: 18}),
        (0.01, {100: 6, 500: 16, 1_000: 25, 5_000: 82}),
        (0.02, {100: 9, 500: 24, 1_000: 39, 5_000: 143}),
    ],
)
def test_the_smallest_number_that_stops_is_that_of_the_table(budget: float, stops: dict[int, int]) -> None:
    """Beta(1, 1), one-sided, alpha 5%: worked out beforehand with another library."""
    assert {total: smallest_proof(total, budget, 0.05) for total in stops} == stops


def test_the_e_value_equals_the_mixture_that_it_stands_for() -> None:
    """Averaged over every share above the budget, by adding up small steps."""
    bad, total, budget, steps = 7, 300, 0.01, 200_000
    width = (1.0 - budget) / steps
    shares = (budget + (at + 0.5) * width for at in range(steps))
    null = bad * log(budget) + (total - bad) * log(1 - budget)
    mean = sum(exp(bad * log(p) + (total - bad) * log(1 - p) - null) for p in shares) / steps
    assert log_e_value(bad, total, budget) == pytest.approx(log(mean), abs=1e-6)


@pytest.mark.parametrize("total", [1, 5, 40])
@pytest.mark.parametrize("budget", [0.01, 0.2, 0.7])
def test_no_count_is_worth_more_than_it_is_rare(total: int, budget: float) -> None:
    """The mean of the e-value at the budget is 1: betting against a healthy version wins nothing."""
    chances = [comb(total, bad) * budget**bad * (1 - budget) ** (total - bad) for bad in range(total + 1)]
    mean = sum(chance * exp(log_e_value(bad, total, budget)) for bad, chance in enumerate(chances))
    assert mean == pytest.approx(1.0, abs=1e-9)


@given(st.integers(1, 3_000), st.sampled_from([0.0001, 0.001, 0.02, 0.5]), st.data())
def test_more_bad_requests_are_never_less_evidence(total: int, budget: float, data: st.DataObject) -> None:
    """Monotone in the number of bad requests."""
    bad = data.draw(st.integers(0, total - 1))
    assert log_e_value(bad, total, budget) <= log_e_value(bad + 1, total, budget) + 1e-7


def test_fewer_bad_requests_than_the_budget_are_no_evidence() -> None:
    """One-sided: a version that is far better than its objective gathers nothing against itself."""
    assert log_e_value(50, 5_000, 0.02) < 0
    assert log_e_value(0, 100_000, 0.001) < 0


def test_counts_that_are_none_are_refused() -> None:
    """More bad requests than requests, or a budget of everything, have no e-value."""
    with pytest.raises(ValueError, match="no counts"):
        log_e_value(3, 2, 0.1)
    with pytest.raises(ValueError, match="no counts"):
        log_e_value(1, 2, 1.0)


def test_a_bet_on_a_level_wins_nothing_at_the_level() -> None:
    """At exactly the level the mean factor is 1."""
    mean = sum(
        comb(9, bad) * 0.2**bad * 0.8 ** (9 - bad) * exp(log_level_factor(bad, 9, 0.2, 0.5)) for bad in range(10)
    )
    assert mean == pytest.approx(1.0)


@given(st.lists(st.integers(-60 * NANO, 60 * NANO), min_size=1, max_size=6))
def test_a_sum_of_logarithms_is_that_of_the_numbers(logs: list[int]) -> None:
    """To a billionth, whatever the sizes."""
    direct = log(sum(exp(one / NANO) for one in logs))
    assert log_sum(logs) == pytest.approx(nano(direct), abs=5)


def test_a_sum_of_nothing_is_nothing() -> None:
    """No stake left is no evidence, not an error."""
    assert log_sum([]) == NEVER
    assert log_sum([NEVER, NEVER]) == NEVER


def test_a_threshold_is_the_inverse_of_its_alpha() -> None:
    """1% asks for an e-value of 100."""
    assert threshold(NANO // 100) == nano(log(100))


@pytest.mark.parametrize(("budget_ppm", "least"), [(1_000, 3_000), (10_000, 300), (7, 428_572)])
def test_the_minimum_sample_is_three_over_the_budget(budget_ppm: int, least: int) -> None:
    """So many requests without a bad one show less than the budget with 95% confidence."""
    assert minimum_sample(budget_ppm) == least
    assert (1 - budget_ppm / 1_000_000) ** least < 0.0501
