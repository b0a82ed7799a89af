"""Dispersion: how much more the bad requests of one arm bunch than independent ones would, learned from its past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isqrt
from typing import Any, NamedTuple

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

_MILLI = 1_000
_MOST_RATIO = 50 * _MILLI
"""No pair of blocks speaks for more: an incident that starts or ends is no law of how errors come."""
_MOST_WEIGHT = 20
_PRIOR_WEIGHT = 40
_MEMORY = 20_000
_FINE = 50
_NOTHING = (0, 0, 0)
SPANS_S = (0, 960, 3_840)
"""Seconds that a block covers: one bucket, a quarter of an hour, an hour. A bunch that lasts shows on the long ones."""


class Known(NamedTuple):
    """What an arm's past tells of bunches: thousandths, at least 1000, and the bad requests that tell it.

    ``requests``: how many bad requests a bunch holds; ``buckets``: in how many buckets it shows. Both leave out what
    chance alone may have shown; ``at_most`` adds it to ``requests``, so it is large where little was seen.
    """

    requests: int = _MILLI
    buckets: int = _MILLI
    at_most: int = 2 * _MILLI
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """What was learned in blocks of ``span_s`` seconds: a running weighted mean of squared, scaled differences.

    Two neighbouring blocks with n bad requests in all, parted as their requests are, differ by chance alone with a
    scaled square of mean 1; bunches of m make it about m. ``part`` is the block that is not full yet (seconds, bad,
    total), ``last`` the one before (bad, total).
    """

    span_s: int
    last: tuple[int, int] = (0, 0)
    part: tuple[int, int, int] = _NOTHING
    weight: int = 0
    sum_milli: int = 0

    def compared(self, last: tuple[int, int], this: tuple[int, int]) -> Scale:
        """What two neighbouring blocks, each (bad, total), teach. Nothing where nothing was bad."""
        weight, value = _compared(last, this)
        weight, value = self.weight + weight, self.sum_milli + value
        if weight > _MEMORY:
            weight, value = weight // 2, value // 2
        return Scale(self.span_s, last, self.part, weight, value)

    @property
    def milli(self) -> tuple[int, int]:
        """The dispersion in thousandths, at least 1000: without what chance may have shown, and with it."""
        weight = self.weight + _PRIOR_WEIGHT
        mean = (self.sum_milli + _PRIOR_WEIGHT * _MILLI) // weight
        by_chance = isqrt(2 * _MOST_WEIGHT * _MILLI * _MILLI // weight)
        return max(_MILLI, mean - by_chance), max(_MILLI, mean + by_chance)


@dataclass(frozen=True, slots=True)
class Dispersion:
    """What is known of an arm's bunching, on three scales of time; the largest counts.

    ``seen`` counts the bad requests that it was learned from: few of them cannot show what bunches there are.
    """

    scales: tuple[Scale, ...] = tuple(Scale(span_s) for span_s in SPANS_S)
    seen: int = 0

    @property
    def known(self) -> Known:
        """As of now."""
        (short, most), *others = (one.milli for one in self.scales)
        long = max(low for low, _ in others)
        requests, buckets = max(short, long), max(_MILLI, long * _MILLI // short)
        at_most = max(most, *(high for _, high in others))
        return Known(requests // _FINE * _FINE, buckets // _FINE * _FINE, at_most, self.seen)

    def add(self, counts: Iterable[tuple[int, int]], step_s: int) -> tuple[Dispersion, list[Known]]:
        """Learn from buckets of ``step_s`` seconds, each (bad, total), in order of time.

        Also returns what was known before each of them: a bucket is never judged by what it shows itself.
        """
        scales, seen, known, before = list(self.scales), self.seen, self.known, []
        spans, lasts, parts = ([getattr(one, name) for one in scales] for name in ("span_s", "last", "part"))
        for bad, total in counts:
            before.append(known)
            seen += bad
            learned = bad > 0
            for at, (seconds, part_bad, part_total) in enumerate(parts):
                part = (seconds + step_s, part_bad + bad, part_total + total)
                if part[0] < spans[at]:
                    parts[at] = part
                    continue
                block = part[1:]
                if block[0] or lasts[at][0]:
                    scales[at], learned = scales[at].compared(lasts[at], block), True
                lasts[at], parts[at] = block, _NOTHING
            if learned:
                known = Dispersion(tuple(scales), seen).known
        kept = zip(scales, lasts, parts, strict=True)
        return Dispersion(tuple(replace(one, last=last, part=part) for one, last, part in kept), seen), before

    def as_data(self) -> dict[str, object]:
        """Integers only."""
        rows = [[one.span_s, *one.last, *one.part, one.weight, one.sum_milli] for one in self.scales]
        return {"scales": rows, "seen": self.seen}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Dispersion:
        """Read what `as_data` writes. Raises `PrrError` where a scale is missing, or no whole number."""
        rows = data["scales"]
        whole = all(type(one) is int for row in (*rows, [data["seen"]]) for one in row)
        if not whole or tuple(row[0] for row in rows) != SPANS_S or {len(row) for row in rows} != {8}:
            raise PrrError("What was learned of bunches is damaged; the evidence begins anew.")
        scales = (Scale(row[0], (row[1], row[2]), (row[3], row[4], row[5]), row[6], row[7]) for row in rows)
        return cls(tuple(scales), data["seen"])


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
