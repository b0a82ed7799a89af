"""The canary's parameters: how much may go wrong by chance, how it is spent, and what counts as enough."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.rollout.metrics import ERRORS, METRICS, SLOW
from prr_pipeline.rollout.statistics import minimum_sample

_PPB_PER_PPM = 1_000
_MOST_STAYS = 20
_SECOND = timedelta(seconds=1)
_BOUNDS = {
    "first_rung_parts": (1, 1_000),
    "bucket_cap_millinats": (1, 1_000_000),
    "window_cap_millinats": (1, 1_000_000),
    "trusted_bad": (1, 1_000_000_000),
}
_MOST_BETS, _HIGHEST = 20, 1_000_000
_SHARE_FACTORS = range(2, 1_001)
"""A factor of 1 would want the very share, which chance never gives."""
_DURATIONS = ("extension_limit", "restart_every", "restart_horizon", "bunch_window", "max_age")


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """Fixed before a ladder starts. Shares are in parts per million, durations are policy time.

    ``false_rollback_ppm`` is the chance that a healthy ladder is lowered, over all its rungs, metrics and looks;
    ``reserve_ppm`` of it is not spent on bets but kept for what no model covers: bunches larger than any seen before.
    The first rung that users meet gets ``first_rung_parts`` parts of it, every other one a single part; a stay that
    starts anew on a rung gets ``again_ppm`` of the stay before it. ``ratios`` are the bets (how many times worse the
    new version is) and ``ratio_parts`` how the stake is parted among them; a lasting difference smaller than about
    1.44 times (for a lowest bet of 2) is never proven. ``bucket_cap_millinats`` is the most that one bucket may add
    to the evidence, ``window_cap_millinats`` the most that all buckets of a ``bunch_window`` may: twice as much where
    ``trusted_bad`` bad requests of the past show no bunches, and more with more of them. ``start_ppm`` of the stake
    lies on "worse from the first request on", the rest on fresh starts every ``restart_every``. ``lean_ppm``: an
    e-value of its inverse holds without being proof.
    """

    false_rollback_ppm: int = 10_000
    reserve_ppm: int = 500_000
    errors_budget_ppm: int = 1_000
    slow_budget_ppm: int = 10_000
    hard_failure_ppm: int = 200_000
    hard_proof_ppm: int = 50_000
    lean_ppm: int = 50_000
    first_rung_parts: int = 2
    again_ppm: int = 100_000
    ratios: tuple[int, ...] = (2, 4, 8, 32, 128)
    ratio_parts: tuple[int, ...] = (3, 6, 6, 3, 2)
    bucket_cap_millinats: int = 3_000
    window_cap_millinats: int = 3_000
    trusted_bad: int = 5_000
    most_share_factor: int = 2
    start_ppm: int = 500_000
    restart_every: timedelta = timedelta(minutes=30)
    restart_horizon: timedelta = timedelta(days=7)
    bunch_window: timedelta = timedelta(hours=1)
    extension_limit: timedelta = timedelta(days=14)
    max_age: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        for name in (one for one in self.__slots__ if one.endswith("_ppm")):
            if not 0 < getattr(self, name) < 1_000_000:
                raise PrrError(f"{name} is {getattr(self, name)}; give parts per million between 1 and 999999.")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise PrrError(f"{name} is {getattr(self, name)}; give {least} to {most}.")
        self._check_bets()
        if self.most_share_factor and self.most_share_factor not in _SHARE_FACTORS:
            raise PrrError(
                f"most_share_factor is {self.most_share_factor}; give {_SHARE_FACTORS[0]} to {_SHARE_FACTORS[-1]}, or "
                "0 to look at no shares."
            )
        if self.hard_failure_ppm <= self.errors_budget_ppm:
            raise PrrError(
                f"hard_failure_ppm is {self.hard_failure_ppm}; give more than errors_budget_ppm "
                f"({self.errors_budget_ppm}), up to 999999."
            )
        spans = (self.restart_every, self.restart_horizon, self.bunch_window)
        if min(spans) < _SECOND or min(self.extension_limit, self.max_age) < timedelta(0):
            raise PrrError(
                "restart_every, restart_horizon and bunch_window are at least a second, and no limit is negative."
            )

    def _check_bets(self) -> None:
        rising = all(low < high for low, high in zip((1, *self.ratios), self.ratios, strict=False))
        paired = 0 < len(self.ratios) == len(self.ratio_parts) <= _MOST_BETS
        if not (paired and rising and self.ratios[-1] <= _HIGHEST):
            raise PrrError(
                f"The bets {self.ratios} with parts {self.ratio_parts} are none; give up to {_MOST_BETS} rising ratios "
                f"from 2 to {_HIGHEST}, and as many parts."
            )
        if not all(1 <= one <= _HIGHEST for one in self.ratio_parts):
            raise PrrError(f"The ratio_parts are {self.ratio_parts}; give parts from 1 to {_HIGHEST}.")

    def budget_ppm(self, metric: str) -> int:
        """The share of bad requests that the objective of this metric allows."""
        return {ERRORS: self.errors_budget_ppm, SLOW: self.slow_budget_ppm}[metric]

    def minimum(self, metric: str) -> int:
        """Requests to the new version on one rung below which nothing is shown."""
        return minimum_sample(self.budget_ppm(metric))

    def alpha_ppb(self, ladder: Ladder, rung: int, stay: int = 0) -> int:
        """The part of the ladder's alpha, in parts per billion, that one metric may spend in one stay on one rung.

        All stays on all rungs, for all metrics, never sum to more than `false_rollback_ppm`. ``stay`` counts fresh
        starts on the same rung in the same attempt: climbs again after a step down, and new versions of the code.
        """
        users = next(at for at, one in enumerate(ladder.rungs) if one.exposure.is_share)
        parts = len(ladder.rungs) - 1 + self.first_rung_parts
        own = self.first_rung_parts if rung == users else 1
        spent = self.false_rollback_ppm * (1_000_000 - self.reserve_ppm) // 1_000_000
        first = spent * (1_000_000 - self.again_ppm) * own // (parts * len(METRICS))
        for _ in range(min(stay, _MOST_STAYS)):
            first = first * self.again_ppm // 1_000_000
        return max(1, first * _PPB_PER_PPM // 1_000_000)

    def as_data(self) -> dict[str, object]:
        """The canonical form: integers and lists of them."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        seconds = {f"{name}_s": fields.pop(name) // _SECOND for name in _DURATIONS}
        return {name: list(one) if isinstance(one, tuple) else one for name, one in {**fields, **seconds}.items()}

    @property
    def digest(self) -> str:
        """Digest of the canonical form; evidence that was gathered under another one starts at zero."""
        return _digest(self)


@lru_cache(maxsize=64)
def _digest(policy: CanaryPolicy) -> str:
    return digest(policy.as_data())
