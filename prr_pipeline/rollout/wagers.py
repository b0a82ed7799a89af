"""Wagers: bets that the new version is worse, from its first request or from a later moment on; what they have won."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from math import exp, log, log1p
from typing import Any

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.statistics import NANO, log_level_factor, log_sum, nano

_PPM = 1_000_000
_MILLI = 1_000
_LOW = -2 * NANO
_SAFETY = 2.0
_FAR = 21 * NANO
"""Beyond it the smaller number is less than a nano-nat beside the larger one."""
_CLAIMS = (0.5, 0.95)
"""The shares of bad requests that the bets on a hard failure are on."""


Bunching = tuple[int, int]
"""The dispersion of bad requests and that of bad buckets, in thousandths, each at least 1000."""


Row = tuple[int, int, int, tuple[int, int] | None, Bunching]
"""One bucket: slot, bad, total, the control's (bad, total) or None for a budget, and the bunching known before it."""

_NO_BUNCHES = (_MILLI, _MILLI)


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
    cap: int
    budget: float
    hard_gains: tuple[tuple[int, int], ...]

    def log_fresh(self, slot: int) -> int:
        """What lies on a start in this slot. Over all slots it sums to the late part, however long a stay lasts."""
        return self.log_late + nano(log(self.horizon / ((slot + self.horizon) * (slot + 1 + self.horizon))))


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
        cap=policy.bucket_cap_millinats * (NANO // _MILLI),
        budget=policy.budget_ppm(metric) / _PPM,
        hard_gains=tuple(
            (nano(log_level_factor(1, 1, level, one)), nano(log_level_factor(0, 1, level, one))) for one in _CLAIMS
        ),
    )


@dataclass(frozen=True, slots=True)
class Wagers:
    """The logarithm of what each bet holds, in nano-nats: on "worse", and on "a hard failure".

    ``peak`` and ``hard_peak`` are the highest log e-values after any bucket: by Ville's inequality it is those that
    alpha bounds, so a verdict does not depend on when somebody looked. Kept only where the e-value exceeds 1.
    """

    worse: tuple[int, ...]
    hard: tuple[int, ...]
    slot: int = 0
    peak: int = 0
    hard_peak: int = 0

    @classmethod
    def begin(cls, on: Stakes) -> Wagers:
        """Every stake that lies on the first request."""
        return cls(
            tuple(on.log_start + one for one in on.log_stakes), tuple(on.log_start + one for one in on.hard_stakes)
        )

    @property
    def log_e(self) -> int:
        """The log e-value for "worse" now, in nano-nats."""
        return log_sum(self.worse)

    def fold(self, on: Stakes, rows: Iterable[Row]) -> Wagers:
        """Settle buckets, in order of time."""
        worse, hard = list(self.worse), list(self.hard)
        slot, peak, hard_peak, cap = self.slot, self.peak, self.hard_peak, on.cap
        for at, bad, total, control, bunching in rows:
            if at > slot:
                slot, fresh = at, on.log_fresh(at)
                worse = [_joined(one, fresh + own) for one, own in zip(worse, on.log_stakes, strict=True)]
                hard = [_joined(one, fresh + own) for one, own in zip(hard, on.hard_stakes, strict=True)]
            gains = _gains(on, bad, total, control)
            if gains is not None:
                if bunching != _NO_BUNCHES:
                    gains = [
                        gain * _MILLI // by for gain, by in zip(gains, _divisors(on.strains, bunching), strict=True)
                    ]
                worse = [one + (gain if gain < cap else cap) for one, gain in zip(worse, gains, strict=True)]
                if max(worse) > _LOW:
                    peak = max(peak, log_sum(worse))
            if bad or total:
                good, by = total - bad, bunching[0]
                won = [(bad * if_bad + good * if_good) * _MILLI // by for if_bad, if_good in on.hard_gains]
                hard = [one + (gain if gain < cap else cap) for one, gain in zip(hard, won, strict=True)]
                if bad and max(hard) > _LOW:
                    hard_peak = max(hard_peak, log_sum(hard))
        return Wagers(tuple(worse), tuple(hard), slot, peak, hard_peak)

    def as_data(self) -> list[object]:
        """Integers only."""
        return [list(self.worse), list(self.hard), self.slot, self.peak, self.hard_peak]

    @classmethod
    def from_data(cls, row: Any) -> Wagers:
        """Read what `as_data` writes."""
        return cls(tuple(row[0]), tuple(row[1]), *row[2:])


def _gains(on: Stakes, bad: int, total: int, control: tuple[int, int] | None) -> list[int] | None:
    """What each bet wins in one bucket, before it is tempered: those on bad requests, then those on bad buckets.

    ``control`` is (bad, total); None: against the budget. None where the bucket compares nothing.
    """
    if control is None:
        due, control_bad = total * on.budget, 0
        costs = [nano(due * over) for over in on.overs] if total else []
    else:
        control_bad, control_total = control
        if not total or not control_total or not bad + control_bad:
            return None
        share = total / (total + control_total)
        costs = [nano(log1p(share * over)) for over in on.overs]
    if not costs:
        return None
    times = bad + control_bad if control is not None else 1
    by_request = [bad * won - times * cost for won, cost in zip(on.log_ratios, costs, strict=True)]
    if bad <= 1:
        return by_request * 2
    times -= bad - 1 if control is not None else 0
    return by_request + [won - times * cost for won, cost in zip(on.log_ratios, costs, strict=True)]


@lru_cache(maxsize=4_096)
def _divisors(strains: tuple[int, ...], bunching: Bunching) -> tuple[int, ...]:
    return tuple(_MILLI + (spread - _MILLI) * strain // _MILLI for spread in bunching for strain in strains)


def _joined(one: int, other: int) -> int:
    """The logarithm of the sum of the two."""
    high, low = (one, other) if one > other else (other, one)
    apart = high - low
    return high + nano(log1p(exp(-apart / NANO))) if apart < _FAR else high


def _strain(ratio: int) -> int:
    """By how many thousandths of the excess dispersion a bet on ``ratio`` is divided.

    Bunches of geometric size around m (dispersion about 2 m) win a bet tempered by d no more than it is meant to
    if 1/d <= (1/ln r - 1/(r - 1)) / m; twice that, since few large bunches among single errors are worse.
    """
    return round(_MILLI * _SAFETY / (2.0 * (1.0 / log(ratio) - 1.0 / (ratio - 1.0))))
