"""Regressions of known size and onset at the 1% rung: how many of the new version's requests until it is lowered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import erf, log, sqrt
from random import Random

from benchmarks.simulated_traffic import Course, Endpoint, geometric, log_uniform, poisson
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.metrics import ERRORS, MINUTE, SLOW, ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.rollout.statistics import threshold

START = datetime(2026, 3, 2, tzinfo=UTC)
SHARE = 0.01
SHADOW = timedelta(days=7)
MOST_REQUESTS = 200_000
SIGMA = 0.6
"""Of the logarithm of latencies; where 2% are slower than the objective, 1.5 times the latency makes it 8.4%."""

_SLOW_BEFORE, _SLOW_Z = 0.02, 2.0537
SLOW_AFTER = 0.5 * (1.0 - erf((_SLOW_Z - log(1.5) / SIGMA) / sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class Regression:
    """One case. ``minutes_share``: the extra bad requests come in this share of the minutes; 1 is spread evenly.

    ``base_bunch``: 90% of the bad requests that both versions have come in bunches of this size on average; ``bunch``:
    so do all of the extra ones.
    """

    name: str
    metric: str
    base: float
    after: float
    target_median: int | None = None
    minutes_share: float = 1.0
    base_bunch: float = 1.0
    bunch: float = 1.0
    healthy: timedelta = timedelta(0)


def _errors(after: float, target: int | None) -> list[Regression]:
    words, sparse = f"errors 0.1% to {after:.1%}", target and target * 3 // 2  # within one and a half times as many
    return [
        Regression(words, ERRORS, 0.001, after, target),
        Regression(f"{words}, in a fifth of the minutes", ERRORS, 0.001, after, sparse, minutes_share=0.2),
        Regression(f"{words}, in a twentieth of the minutes", ERRORS, 0.001, after, minutes_share=0.05),
        Regression(f"{words}, base in bunches of 5", ERRORS, 0.001, after, base_bunch=5.0),
        Regression(f"{words}, after a healthy day", ERRORS, 0.001, after, healthy=timedelta(days=1)),
    ]


CASES = (
    *_errors(0.01, 1_000),
    Regression("errors 0.1% to 1.0%, base and all else in bunches of 5", ERRORS, 0.001, 0.01, base_bunch=5, bunch=5),
    *_errors(0.005, 2_500),
    Regression("latency +50%", SLOW, _SLOW_BEFORE, SLOW_AFTER),
    Regression("latency +50%, in a fifth of the minutes", SLOW, _SLOW_BEFORE, SLOW_AFTER, minutes_share=0.2),
    Regression("total failure", ERRORS, 0.001, 1.0, 30),
    Regression("total failure, base in bunches of 5", ERRORS, 0.001, 1.0, base_bunch=5.0),
    Regression("total failure, after a healthy day", ERRORS, 0.001, 1.0, healthy=timedelta(days=1)),
)


@dataclass(frozen=True, slots=True)
class Delay:
    """How long one regression lasted: the new version's requests, and minutes; ``found`` False: until the limit."""

    requests: int
    minutes: int
    found: bool


def detect(seed: str, case: Regression, at: int) -> Delay:
    """One trial: a week of shadow that teaches how errors bunch, the rung, the regression, minute by minute.

    The new version has 0.5 to 100 requests a minute, drawn evenly in the logarithm: 1% of the fleet's endpoints, but
    for the slowest, which only take longer.
    """
    random, policy = Random(f"{seed}:{case.name}:{at}"), CanaryPolicy()
    canary = log_uniform(random, 0.5, 100)
    bunched = 0.9 if case.base_bunch > 1 else 0.0
    course = Course(case.base, bunched, case.base_bunch)
    source = Endpoint(
        random, canary / SHARE, {case.metric: course}, MINUTE,
        incidents_per_week=0.0, gaps_per_week=0.0, cycle=0.0, weekend=1.0,
    )  # fmt: skip
    evidence = Evidence.begin(Stay("failing:ga", 1, 0, case.metric), START, policy)
    evidence, now = _pass(evidence, source, policy, START, SHADOW, 0.0)
    evidence = Evidence.begin(Stay("failing:ga", 1, 1, case.metric), now, policy, learned_from=evidence)
    evidence, now = _pass(evidence, source, policy, now, case.healthy, SHARE)
    proof, onset, before = threshold(policy.alpha_ppb(DEFAULT_LADDER, 1)), now, evidence.counts.total
    while evidence.wagers.most < proof and evidence.counts.total - before < MOST_REQUESTS:
        arms = _worse(source.buckets(now, now + MINUTE, SHARE)[case.metric], case, random)
        evidence = evidence.add(MetricAnswer(case.metric, now, now + MINUTE, MINUTE, arms, now), policy)
        now += MINUTE
    return Delay(evidence.counts.total - before, int((now - onset) / MINUTE), evidence.wagers.most >= proof)


def _pass(
    evidence: Evidence, source: Endpoint, policy: CanaryPolicy, now: datetime, span: timedelta, share: float
) -> tuple[Evidence, datetime]:
    if not span:
        return evidence, now
    metric, until = evidence.stay.metric, now + span
    arms = source.buckets(now, until, share)[metric]
    return evidence.add(MetricAnswer(metric, now, until, source.step, arms, until), policy), until


def _worse(arms: ArmBuckets, case: Regression, random: Random) -> ArmBuckets:
    """The extra bad requests of one minute, beside those that both versions have."""
    bucket = arms.treatment[0]
    extra = min(1.0, (case.after - case.base) / case.minutes_share)
    if case.after >= 1.0:
        bad = bucket.total
    else:
        hit = case.minutes_share >= 1.0 or random.random() < case.minutes_share
        bunches = poisson(random, bucket.total * extra / case.bunch) if hit else 0
        more = bunches if case.bunch <= 1 else sum(geometric(random, case.bunch) for _ in range(bunches))
        bad = min(bucket.total, bucket.bad + more)
    return ArmBuckets((Bucket(bucket.start, bad, bucket.total),), arms.control)
