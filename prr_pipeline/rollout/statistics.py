"""Anytime-valid statistics on yes/no counts: e-values, as whole nano-nats so that a replay is bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p

NANO = 1_000_000_000
"""One nat in the unit of every logarithm that is kept: rounding hides the last digits, where machines differ."""

NEVER = -(1 << 62)
"""The logarithm of nothing."""


def nano(value: float) -> int:
    """Nats as whole nano-nats."""
    return round(value * NANO)


def log_sum(logs: Sequence[int]) -> int:
    """The logarithm of the sum of what ``logs`` are the logarithms of; all in nano-nats."""
    most = max(logs, default=NEVER)
    if most <= NEVER // 2:
        return NEVER
    return most + nano(log(sum(exp((one - most) / NANO) for one in logs if one > most - 40 * NANO)))


def threshold(alpha_ppb: int) -> int:
    """ln(1/alpha) in nano-nats: an e-value that reaches it is proof at ``alpha_ppb`` parts per billion."""
    return nano(log(NANO / alpha_ppb))


def log_level_factor(bad: int, total: int, level: float, claim: float) -> float:
    """Log e-factor of one bucket against "at most ``level`` of the requests are bad", betting on ``claim`` > level."""
    return bad * log(claim / level) + (total - bad) * log((1.0 - claim) / (1.0 - level))


def log_e_value(bad: int, total: int, budget: float) -> float:
    """Log e-value in nats of ``bad`` in ``total`` against a budgeted share, betting evenly on every share above it.

    The one-sided Beta(1, 1) mixture: anytime-valid, rising in ``bad``, and small when there is less than the budget.
    """
    if not 0 <= bad <= total or not 0.0 < budget < 1.0:
        raise ValueError(f"no counts or no budget: {bad} of {total}, {budget}")
    whole = lgamma(bad + 1) + lgamma(total - bad + 1) - lgamma(total + 2)
    null = bad * log(budget) + (total - bad) * log1p(-budget)
    return whole + _log_at_most(bad, total + 1, budget) - log1p(-budget) - null


def smallest_proof(total: int, budget: float, alpha: float) -> int:
    """The smallest number of bad requests in ``total`` that proves the budget broken; ``total + 1`` if none does."""
    low, high = 0, total + 1
    while low < high:
        middle = (low + high) // 2
        if middle > total or log_e_value(middle, total, budget) >= -log(alpha):
            high = middle
        else:
            low = middle + 1
    return low


def minimum_sample(budget_ppm: int) -> int:
    """Requests without a bad one that show less than ``budget_ppm`` with 95% confidence: 3 / p, rounded up."""
    return -(-3_000_000 // budget_ppm)


def _log_at_most(most: int, total: int, share: float) -> float:
    """ln P(X <= most) of a binomial: the part of a Beta(most + 1, total - most) that lies above ``share``."""
    if most >= total:
        return 0.0
    if most <= (total + 1) * share:
        return _log_tail(range(most, -1, -1), total, share)
    beyond = exp(_log_tail(range(most + 1, total + 1), total, share))
    return log1p(-min(beyond, 1.0 - 1e-16))


def _log_tail(places: range, total: int, share: float) -> float:
    """ln of a sum of binomial probabilities that fall along ``places``, cut where they no longer count."""
    first, at = 0.0, places[0]
    first = lgamma(total + 1) - lgamma(at + 1) - lgamma(total - at + 1) + at * log(share) + (total - at) * log1p(-share)
    term = whole = 1.0
    odds = share / (1.0 - share)
    for here in places[:-1]:
        up = (total - here) / (here + 1) * odds
        term *= up if places.step > 0 else here / (total - here + 1) / odds
        whole += term
        if term < whole * 1e-17:
            break
    return first + log(whole)
