"""Wagers: bets that the new version is worse, from its first request or from a later moment on; what they have won."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import exp, log1p
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.dispersion import Known
from prr_pipeline.rollout.stakes import Place, Stakes
from prr_pipeline.rollout.statistics import NANO, log_sum, nano

_MILLI = 1_000
_LOW = -2 * NANO
_FAR = 21 * NANO
"""Beyond it the smaller number is less than a nano-nat beside the larger one."""

Row = tuple[Place, int, int, tuple[int, int] | None, Known]
"""One bucket: place, bad, total, the control's (bad, total) or None for a budget, and what was known before it."""


@dataclass(frozen=True, slots=True)
class Wagers:
    """The logarithm of what each bet holds, in nano-nats: on "worse", on "lastingly worse", and on "a hard failure".

    The bets of ``lasting`` are those of ``worse``, but no window of bunches adds more than its cap to what they held
    when it began (``mark``). ``peak`` is the highest log e-value of ``lasting`` after any bucket; ``gross`` that of
    ``worse`` after those buckets at which the bets on a hard failure were proof. By Ville's inequality it is the
    highest that alpha bounds, so a verdict does not depend on when somebody looked. Kept only where it exceeds 0.
    """

    worse: tuple[int, ...]
    lasting: tuple[int, ...]
    mark: tuple[int, ...]
    hard: tuple[int, ...]
    place: Place = (0, 0)
    peak: int = 0
    gross: int = 0

    @classmethod
    def begin(cls, on: Stakes) -> Wagers:
        """Every stake that lies on the first request."""
        worse, hard = (tuple(on.log_start + one for one in bets) for bets in (on.log_stakes, on.hard_stakes))
        return cls(worse, worse, worse, hard)

    @property
    def log_e(self) -> int:
        """The log e-value for "lastingly worse" now, in nano-nats."""
        return log_sum(self.lasting)

    @property
    def most(self) -> int:
        """The highest log e-value that proves something: what lasts, or what is gross. Proof from 1/alpha on."""
        return max(self.peak, self.gross)

    def fold(self, on: Stakes, rows: Iterable[Row]) -> Wagers:
        """Settle buckets, in order of time."""
        table = _Table(
            list(self.worse), list(self.lasting), self.mark, list(self.hard), self.place, self.peak, self.gross
        )
        for place, bad, total, control, known in rows:
            if place != table.place:
                table.move(on, place)
            gains = _gains(on, bad, total, control)
            if gains is not None:
                table.settle(on, gains, known)
            if bad or total:
                table.settle_hard(on, bad, total, known.requests)
        return Wagers(
            tuple(table.worse), tuple(table.lasting), tuple(table.mark), tuple(table.hard),
            table.place, table.peak, table.gross,
        )  # fmt: skip

    def as_data(self) -> list[object]:
        """Integers only."""
        bets = [list(one) for one in (self.worse, self.lasting, self.mark, self.hard)]
        return [*bets, list(self.place), self.peak, self.gross]

    @classmethod
    def from_data(cls, row: Any) -> Wagers:
        """Read what `as_data` writes. Raises `PrrError` where a bet is missing, or no whole number."""
        worse, lasting, mark, hard, place = (tuple(one) for one in row[:5])
        whole = all(type(one) is int for one in (*worse, *lasting, *mark, *hard, *place, *row[5:]))
        if not whole or not len(worse) == len(lasting) == len(mark) or (len(place), len(row)) != (2, 7):
            raise PrrError("The bets are damaged; the evidence begins anew.")
        return cls(worse, lasting, mark, hard, (place[0], place[1]), *row[5:])


@dataclass(slots=True)
class _Table:
    """The wagers while buckets are settled."""

    worse: list[int]
    lasting: list[int]
    mark: Sequence[int]
    hard: list[int]
    place: Place
    peak: int
    gross: int

    def move(self, on: Stakes, place: Place) -> None:
        """To a later slot, with its fresh starts, and to a later window."""
        (slot, window), (slot_before, window_before) = place, self.place
        self.place = place
        if slot > slot_before:
            fresh = on.log_fresh(slot)
            started = [fresh + one for one in on.log_stakes]
            self.worse, self.lasting, self.mark = (
                [_joined(one, own) for one, own in zip(held, started, strict=True)]
                for held in (self.worse, self.lasting, self.mark)
            )
            self.hard = [_joined(one, fresh + own) for one, own in zip(self.hard, on.hard_stakes, strict=True)]
        if window > window_before:
            self.mark = self.lasting

    def settle(self, on: Stakes, gains: list[int], known: Known) -> None:
        """Pay out what one bucket won, divided by how errors bunch, and no more than the caps allow."""
        if known.requests != _MILLI:
            by = _divisors(on.strains, known.requests, known.buckets)
            gains = [gain * _MILLI // one for gain, one in zip(gains, by, strict=True)]
        cap, most = on.cap, on.window_gain(known)
        gains = [gain if gain < cap else cap for gain in gains]
        self.worse = [one + gain for one, gain in zip(self.worse, gains, strict=True)]
        self.lasting = [
            min(one + gain, mark + most) for one, gain, mark in zip(self.lasting, gains, self.mark, strict=True)
        ]
        if max(self.lasting) > _LOW:
            self.peak = max(self.peak, log_sum(self.lasting))

    def settle_hard(self, on: Stakes, bad: int, total: int, by: int) -> None:
        """The same for the bets on a hard failure; where they are proof now, what the others hold is kept."""
        cap, good = on.cap, total - bad
        won = [(bad * if_bad + good * if_good) * _MILLI // by for if_bad, if_good in on.hard_gains]
        self.hard = [one + (gain if gain < cap else cap) for one, gain in zip(self.hard, won, strict=True)]
        if bad > 0 and max(self.hard) > _LOW and log_sum(self.hard) >= on.gross:
            self.gross = max(self.gross, log_sum(self.worse))


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
def _divisors(strains: tuple[int, ...], requests: int, buckets: int) -> tuple[int, ...]:
    return tuple(_MILLI + (spread - _MILLI) * strain // _MILLI for spread in (requests, buckets) for strain in strains)


def _joined(one: int, other: int) -> int:
    """The logarithm of the sum of the two."""
    high, low = (one, other) if one > other else (other, one)
    apart = high - low
    return high + nano(log1p(exp(-apart / NANO))) if apart < _FAR else high
