"""Dispersion: how much more the bad requests of one arm bunch than independent ones would, learned from its past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

_MILLI = 1_000
_MOST_RATIO = 50 * _MILLI
"""No pair of blocks speaks for more: an incident that starts or ends is no law of how errors come."""
_MOST_WEIGHT = 20
_PRIOR_WEIGHT = 40
_MEMORY = 20_000
_FINE = 50
LONG = (16, 64)
"""Buckets in a long block; bunches that last for several buckets show only there."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What was learned in blocks of ``length`` buckets: a running weighted mean of squared, scaled differences.

    Two neighbouring blocks with n bad requests in all, parted as their requests are, differ by chance alone with a
    scaled square of mean 1; bunches of m make it about m. ``part`` is the block that is not full yet (buckets, bad,
    total), ``last`` the one before (bad, total).
    """

    length: int
    last: tuple[int, int] = (0, 0)
    part: tuple[int, int, int] = (0, 0, 0)
    weight: int = 0
    sum_milli: int = 0

    def add(self, bad: int, total: int) -> Scale:
        """One more bucket; a block that is now full is compared with the one before it."""
        count, block_bad, block_total = self.part
        count, block_bad, block_total = count + 1, block_bad + bad, block_total + total
        if count < self.length:
            return Scale(self.length, self.last, (count, block_bad, block_total), self.weight, self.sum_milli)
        weight, value = _compared(self.last, (block_bad, block_total))
        weight, value = self.weight + weight, self.sum_milli + value
        if weight > _MEMORY:
            weight, value = weight // 2, value // 2
        return Scale(self.length, (block_bad, block_total), (0, 0, 0), weight, value)

    @property
    def milli(self) -> int:
        """The dispersion in thousandths, at least 1000; what little data shows by chance is left out."""
        weight = self.weight + _PRIOR_WEIGHT
        by_chance = isqrt(2 * _MOST_WEIGHT * _MILLI * _MILLI // weight)
        return max(_MILLI, (self.sum_milli + _PRIOR_WEIGHT * _MILLI) // weight - by_chance)


@dataclass(frozen=True, slots=True)
class Dispersion:
    """What is known of an arm's bunching, on three scales of time; the largest counts."""

    scales: tuple[Scale, ...] = (Scale(1), *(Scale(length) for length in LONG))

    @property
    def bunching(self) -> tuple[int, int]:
        """In thousandths, at least 1000: how many bad requests a bunch holds, and in how many buckets it shows."""
        short, long = self.scales[0].milli, max(one.milli for one in self.scales[1:])
        return max(short, long) // _FINE * _FINE, max(_MILLI, long * _MILLI // short) // _FINE * _FINE

    def add(self, bad: int, total: int) -> Dispersion:
        """One more bucket of the arm."""
        return Dispersion(tuple([one.add(bad, total) for one in self.scales]))

    def as_data(self) -> list[list[int]]:
        """Integers only."""
        return [[one.length, *one.last, *one.part, one.weight, one.sum_milli] for one in self.scales]

    @classmethod
    def from_data(cls, rows: Sequence[Sequence[int]]) -> Dispersion:
        """Read what `as_data` writes."""
        return cls(tuple(Scale(row[0], (row[1], row[2]), (row[3], row[4], row[5]), row[6], row[7]) for row in rows))


def _compared(last: tuple[int, int], this: tuple[int, int]) -> tuple[int, int]:
    """Weight and weighted scaled square of two blocks, each (bad, total). Nothing where nothing was bad."""
    bad, total = last[0] + this[0], last[1] + this[1]
    if not bad or not last[1] or not this[1]:
        return 0, 0
    # (b - n q)^2 / (n q (1 - q)) with q = the block's share of the requests, in whole numbers.
    off = this[0] * total - bad * this[1]
    ratio = off * off * _MILLI // (bad * this[1] * last[1])
    weight = min(bad, _MOST_WEIGHT)
    return weight, weight * min(ratio, _MOST_RATIO)
