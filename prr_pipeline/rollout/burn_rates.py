"""Burn rates: how fast one arm spends its objective's budget, each in a long and a short window, over bucket sums."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.metrics import Bucket, MetricAnswer, stale

_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class BurnRule:
    """Fires when both windows spend more than ``factor_milli`` thousandths of the budget that is due in that time."""

    factor_milli: int
    long: timedelta
    short: timedelta
    page: bool

    @property
    def name(self) -> str:
        """As in ``14.4x over 1 h``."""
        return f"{self.factor_milli / 1_000:g}x over {_span(self.long)} and {_span(self.short)}"


_H, _M = timedelta(hours=1), timedelta(minutes=1)
THIRTY_DAYS = (
    BurnRule(14_400, _H, 5 * _M, page=True),
    BurnRule(6_000, 6 * _H, 30 * _M, page=True),
    BurnRule(3_000, 24 * _H, 2 * _H, page=False),
    BurnRule(1_000, 72 * _H, 6 * _H, page=False),
)
"""For an objective over 30 days: 2% and 5% of the budget spent page, 10% in a day or in three is a ticket."""

TWENTY_EIGHT_DAYS = (
    BurnRule(13_440, _H, 5 * _M, page=True),
    BurnRule(5_600, 6 * _H, 30 * _M, page=True),
    BurnRule(2_800, 24 * _H, 2 * _H, page=False),
    BurnRule(933, 72 * _H, 6 * _H, page=False),
)
"""The same shares of the budget for an objective over 28 days."""

SETS: Mapping[int, tuple[BurnRule, ...]] = {30: THIRTY_DAYS, 28: TWENTY_EIGHT_DAYS}
LOOK_BACK = max(rule.long for rule in THIRTY_DAYS)
"""What has to be asked of a source."""

_LEAST_DUE = 3
"""Bad requests that a long window must allow at the rule's rate before it can fire: one error in ten is no rate."""

_LEAST_MISSED = 10
"""Requests that must have been due in a short window, at the long one's pace, before having none is no matter of
chance: it happens once in 20,000 looks."""

_LEAST_SEEN = 2
"""At least one half of a window must have been observed."""


@dataclass(frozen=True, slots=True)
class Burn:
    """What one rule says of one metric: ``fires`` None when the window cannot be read, with the reason in ``why``."""

    rule: BurnRule
    fires: bool | None
    why: str


def burns(
    answer: MetricAnswer, policy: CanaryPolicy, now: datetime, since: datetime, period_days: int = 30
) -> tuple[Burn, ...]:
    """Each rule of the objective's period, for the new version's arm since the stay began (aware instant).

    No window is shorter than a step: what is shorter reads the newest step that was answered, stale answers aside.
    """
    rules = SETS[period_days]
    fault = answer.fault or stale(answer, now, policy.max_age)
    if fault or answer.arms is None:
        return tuple(Burn(rule, None, fault) for rule in rules)
    budget = policy.budget_ppm(answer.metric)
    buckets = [one for one in answer.arms.treatment if one.start >= since]
    if not any(one.total for one in buckets):
        return tuple(Burn(rule, None, "no request was observed yet") for rule in rules)
    end = min(now, answer.until)
    return tuple(_burn(rule, buckets, answer.step, budget, (now, end), since) for rule in rules)


def burn_gate(read: Mapping[str, Sequence[Burn]]) -> GateReading:
    """The gate ``burn_rate`` over each metric's rules: closed where one fires, unknown where one cannot be read."""
    firing = [f"{metric}: {one.why}" for metric, rules in sorted(read.items()) for one in rules if one.fires]
    if firing:
        return closed("burn_rate", "; ".join(firing))
    blind = sorted({f"{metric}: {one.why}" for metric, rules in read.items() for one in rules if one.fires is None})
    blind += [f"{metric}: no burn rate was worked out yet" for metric, rules in sorted(read.items()) if not rules]
    if blind or not read:
        return unknown("burn_rate", "; ".join(blind) or "no metric was read")
    return opened("burn_rate", f"{' and '.join(sorted(read))} within the budget on every window")


def pages(read: Mapping[str, Sequence[Burn]]) -> tuple[str, ...]:
    """The rules of page level that fire, in words. They hold and are told, and never lower by themselves."""
    return tuple(
        f"{metric}: {one.why}" for metric, rules in sorted(read.items()) for one in rules if one.fires and one.rule.page
    )


def _burn(
    rule: BurnRule,
    buckets: Sequence[Bucket],
    step: timedelta,
    budget_ppm: int,
    until: tuple[datetime, datetime],
    since: datetime,
) -> Burn:
    """``until``: now, and the end of what was answered, where a window of a single step ends instead."""
    now, end = until
    read = replace(rule, long=max(rule.long, step), short=max(rule.short, step))
    long, short = (
        _window(buckets, step, end if span == step else now, since, span) for span in (read.long, read.short)
    )
    if not short.seen:
        return Burn(rule, None, f"too little was observed in the last {_span(read.short)}")
    if not long.seen:
        return Burn(rule, None, f"too little was observed in the last {_span(read.long)}")
    if not short.total and (due := long.per(short.span)) >= _LEAST_MISSED:
        return Burn(rule, None, f"none of about {due:.0f} requests came in the last {_span(read.short)}")
    limit = rule.factor_milli * budget_ppm
    if long.total * limit < _LEAST_DUE * _PPM * 1_000:
        return Burn(rule, False, f"{long.total} requests in {_span(read.long)} are too few for a rate")
    over = all(one.bad * _PPM * 1_000 > limit * one.total for one in (long, short))
    rate = long.bad * _PPM / (long.total * budget_ppm)
    return Burn(rule, over, f"{rate:.3g} times the budget in {_span(read.long)} ({read.name} is the limit)")


@dataclass(frozen=True, slots=True)
class _Window:
    """``span`` is the time that it covers."""

    bad: int
    total: int
    seen: bool
    span: timedelta

    def per(self, span: timedelta) -> float:
        """The requests that are due in so long a time."""
        return self.total * (span / self.span) if self.span else 0.0


def _window(buckets: Sequence[Bucket], step: timedelta, now: datetime, since: datetime, span: timedelta) -> _Window:
    """Sums over the buckets that lie in the window, which begins no earlier than the stay."""
    start = max(now - span, since)
    first = bisect_right(buckets, start - step, key=_begins)
    inside = buckets[first : bisect_left(buckets, now, key=_begins)]
    covered = min(span, now - since)
    seen = len(inside) * step * _LEAST_SEEN >= covered
    return _Window(sum(one.bad for one in inside), sum(one.total for one in inside), seen, covered)


def _begins(bucket: Bucket) -> datetime:
    return bucket.start


def _span(span: timedelta) -> str:
    minutes = span // _M
    return (
        f"{minutes // 1_440} d"
        if minutes % 1_440 == 0
        else f"{minutes // 60} h"
        if minutes % 60 == 0
        else f"{minutes} min"
    )
