"""Stakes: what a policy bets on one metric, as logarithms, and how much a bucket or a window may add to a bet."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from math import log, log1p

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.dispersion import Known
from prr_pipeline.rollout.statistics import NANO, log_level_factor, nano, threshold

_PPM = 1_000_000
_MILLI = 1_000
_SAFETY = 2.0
_CLAIMS = (0.5, 0.95)
"""The shares of bad requests that the bets on a hard failure are on."""

Place = tuple[int, int]
"""Where a bucket lies in its stay: the slot of starts, and the window of bunches."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a policy makes of the bets on one metric: logarithms in nano-nats, worked out once."""

    overs: tuple[float, ...]
    strains: tuple[int, ...]
    log_ratios: tuple[int, ...]
    log_stakes: tuple[int, ...]
    hard_stakes: tuple[int, ...]
    log_start: int
    log_late: int
    horizon: int
    every: timedelta
    window: timedelta
    cap: int
    window_cap: int
    trusted: int
    gross: int
    budget: float
    hard_gains: tuple[tuple[int, int], ...]

    def log_fresh(self, slot: int) -> int:
        """What lies on a start in this slot. Over all slots it sums to the late part, however long a stay lasts."""
        return self.log_late + nano(log(self.horizon / ((slot + self.horizon) * (slot + 1 + self.horizon))))

    def window_gain(self, known: Known) -> int:
        """The most that one window may add to a bet: more where many bad requests have shown that few of them bunch."""
        doubt = known.at_most - _MILLI + self.trusted * _MILLI // (known.seen + 1)
        return self.window_cap + self.window_cap * _MILLI // max(1, doubt)

    def place(self, age: timedelta) -> Place:
        """Where a bucket lies that begins so long after the stay."""
        return age // self.every, age // self.window


@lru_cache(maxsize=64)
def stakes(policy: CanaryPolicy, metric: str) -> Stakes:
    """The bets of this policy on this metric."""
    whole, level = sum(policy.ratio_parts), policy.hard_failure_ppm / _PPM
    return Stakes(
        overs=tuple(one - 1.0 for one in policy.ratios),
        strains=tuple(_strain(one) for one in policy.ratios),
        log_ratios=tuple(nano(log(one)) for one in policy.ratios),
        log_stakes=tuple(nano(log(one / whole / 2)) for one in policy.ratio_parts) * 2,
        hard_stakes=tuple(nano(log(1 / len(_CLAIMS))) for _ in _CLAIMS),
        log_start=nano(log(policy.start_ppm / _PPM)),
        log_late=nano(log1p(-policy.start_ppm / _PPM)),
        horizon=max(1, policy.restart_horizon // policy.restart_every),
        every=policy.restart_every,
        window=policy.bunch_window,
        cap=policy.bucket_cap_millinats * (NANO // _MILLI),
        window_cap=policy.window_cap_millinats * (NANO // _MILLI),
        trusted=policy.trusted_bad,
        gross=threshold(policy.hard_proof_ppm * _MILLI),
        budget=policy.budget_ppm(metric) / _PPM,
        hard_gains=tuple(
            (nano(log_level_factor(1, 1, level, one)), nano(log_level_factor(0, 1, level, one))) for one in _CLAIMS
        ),
    )


def _strain(ratio: int) -> int:
    """By how many thousandths of the excess dispersion a bet on ``ratio`` is divided.

    Bunches of geometric size around m (dispersion about 2 m) win a bet tempered by d no more than it is meant to
    if 1/d <= (1/ln r - 1/(r - 1)) / m; twice that, since few large bunches among single errors are worse.
    """
    return round(_MILLI * _SAFETY / (2.0 * (1.0 / log(ratio) - 1.0 / (ratio - 1.0))))
