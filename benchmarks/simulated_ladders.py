"""Healthy ladders of 28 days, judged by the production functions, and beside them by counting bad windows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.simulated_traffic import Course, Endpoint, log_uniform
from prr_pipeline.rollout.canary import CanaryVerdict, Judgement, judge
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.metrics import ERRORS, METRICS, MINUTE, SLOW, ArmBuckets, MetricAnswer
from prr_pipeline.rollout.sample import Exit

START = datetime(2026, 3, 2, tzinfo=UTC)
LOOK = timedelta(hours=6)
WEEK = timedelta(days=7)
KINDS = ("spread", "bunched", "long bunches")
OBJECTIVES_PPM = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
FLAGGER, ARGO = "ten bad minutes", "more than three bad minutes"
WINDOW_LIMITS = {FLAGGER: 10, ARGO: 4}
_BAD_WINDOW = 0.01
_LOWERED = (CanaryVerdict.WORSE, CanaryVerdict.HARD_FAILURE)


@dataclass(slots=True)
class Climb:
    """What became of one healthy ladder. Days beyond 28 are ``days_lost``, the part for a lean to worse apart."""

    kind: str
    per_minute: float
    base: float
    lowered: str = ""
    days_lost: float = 0.0
    hold_days: float = 0.0
    asked_people: int = 0
    bad_minutes: int = 0
    stopped_after_h: dict[str, float] = field(default_factory=dict)


def endpoint(random: Random, kind: str, step: timedelta) -> tuple[Endpoint, CanaryPolicy]:
    """A healthy endpoint, drawn from the fleet, and the policy with the objective that fits it."""
    per_minute = log_uniform(random, 5, 10_000)
    courses = {}
    budgets = {}
    for metric, low, high in ((ERRORS, 1e-4, 1e-2), (SLOW, 5e-3, 5e-2)):
        base = log_uniform(random, low, high)
        if kind == "spread":
            courses[metric] = Course(base)
        else:
            lasting = 1 if kind == "bunched" else 30
            courses[metric] = Course(base, random.uniform(0.3, 0.95), log_uniform(random, 2, 50), lasting)
        budgets[metric] = next(one for one in OBJECTIVES_PPM if one >= base * 1_500_000)
    policy = CanaryPolicy(errors_budget_ppm=budgets[ERRORS], slow_budget_ppm=budgets[SLOW])
    return Endpoint(random, per_minute, courses, step), policy


def climb(seed: str, at: int, step: timedelta) -> Climb:
    """One healthy ladder from shadow to the end of 50%: four rungs of a week, longer where the sample asks for it.

    The shadow week is drawn from the old version alone: it teaches how errors bunch.
    """
    random, kind = Random(f"{seed}:{at}"), KINDS[at % len(KINDS)]
    source, policy = endpoint(random, kind, step)
    found = Climb(kind, source.per_minute, source.courses[ERRORS].base)
    evidence = _stay(0, START, policy, {})
    evidence, now, _ = _look(evidence, source, policy, START, WEEK, 0.0)
    for rung in (1, 2, 3):
        share = DEFAULT_LADDER.rungs[rung].exposure.exposure_bp / 10_000
        evidence = _stay(rung, now, policy, evidence)
        now = _rung(found, evidence, source, policy, now, share)
        if found.lowered:
            break
    return found


def _rung(
    found: Climb, evidence: dict[str, Evidence], source: Endpoint, policy: CanaryPolicy, since: datetime, share: float
) -> datetime:
    """Serve one rung: a week, and as long as the gate is closed. Two persons decide where it cannot be judged."""
    now, ends = since, since + WEEK
    while True:
        evidence_now, now, read = _look(evidence, source, policy, now, LOOK, share)
        evidence.update(evidence_now)
        count_windows(found, read[ERRORS], source.random, START + WEEK)
        judged = [_judged(evidence[m], policy, read[m], now, ends) for m in METRICS]
        lowered = [one for one in judged if one.verdict in _LOWERED]
        if lowered:
            found.lowered = str(lowered[0].verdict)
            return now
        if now < ends:
            continue
        stuck = [one.verdict for one in judged if one.verdict is not CanaryVerdict.PASS]
        if not stuck or all(one is CanaryVerdict.CANNOT_BE_JUDGED for one in stuck):
            found.asked_people += bool(stuck)
            return now
        found.days_lost += LOOK / timedelta(days=1)
        if all("leans" in one.why for one in judged if one.verdict is not CanaryVerdict.PASS):
            found.hold_days += LOOK / timedelta(days=1)


def _judged(evidence: Evidence, policy: CanaryPolicy, answer: MetricAnswer, now: datetime, ends: datetime) -> Judgement:
    fresh = replace(answer, newest_at=now)
    return judge(evidence, fresh, policy, DEFAULT_LADDER, now, dwell_ends_at=ends, way_out=Exit())


def _stay(rung: int, since: datetime, policy: CanaryPolicy, before: dict[str, Evidence]) -> dict[str, Evidence]:
    return {
        metric: Evidence.begin(Stay("healthy:ga", 1, rung, metric), since, policy, learned_from=before.get(metric))
        for metric in METRICS
    }


def _look(
    evidence: dict[str, Evidence], source: Endpoint, policy: CanaryPolicy, now: datetime, span: timedelta, share: float
) -> tuple[dict[str, Evidence], datetime, dict[str, MetricAnswer]]:
    """The next stretch of traffic as answers, folded in."""
    until = now + span
    arms = source.buckets(now, until, share)
    read = {m: _answer(m, now, until, source.step, arms[m]) for m in METRICS}
    return {m: evidence[m].add(read[m], policy) for m in METRICS}, until, read


def _answer(metric: str, since: datetime, until: datetime, step: timedelta, arms: ArmBuckets) -> MetricAnswer:
    fault = "" if arms.treatment else "a gap of the source"
    return MetricAnswer(metric, since, until, step, None if fault else arms, until, fault)


def count_windows(found: Climb, answer: MetricAnswer, random: Random, since: datetime) -> None:
    """The rule that rivals use by default: a minute with less than 99% successes is bad, and enough of them stop.

    A bucket's bad requests are dealt out over its minutes at random; bunched ones all fall into one minute, which
    spares the rule. Minutes without a request do not count. ``since`` is when users first met the new version.
    """
    minutes = int(answer.step / MINUTE)
    for bucket in answer.arms.treatment if answer.arms else ():
        if not bucket.bad:
            continue
        places = [int(random.random() * minutes) if found.kind == "spread" else 0 for _ in range(bucket.bad)]
        each = max(1.0, bucket.total / minutes)
        found.bad_minutes += sum(places.count(at) > _BAD_WINDOW * each for at in set(places))
        for rule, limit in WINDOW_LIMITS.items():
            if found.bad_minutes >= limit:
                found.stopped_after_h.setdefault(rule, (bucket.start - since) / timedelta(hours=1))
