"""How well the canary decides: false alarms on healthy ladders, and requests until a regression is lowered.

    python -m benchmarks.decision_quality                  2,000 healthy ladders (PRR_BENCH_SMOKE=1: three)
    python -m benchmarks.decision_quality SEED [LADDERS]   another fleet, or the first ladders of one

The production functions fold and judge simulated buckets of a minute, the default, for both questions. Proof is judged
after every bucket, since the evidence keeps its highest value. A ladder takes one to three seconds of a processor;
how far it is stands on the standard error output. Parameters were chosen on other seeds than the default one.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from functools import partial
from math import exp, lgamma, log, log1p
from multiprocessing import get_context
from multiprocessing.pool import Pool

from benchmarks.simulated_ladders import KINDS, WINDOW_LIMITS, Climb, climb
from benchmarks.simulated_regressions import CASES, SHARE, SIGMA, SLOW_AFTER, Delay, Regression, detect
from prr_pipeline.rollout.metrics import MINUTE

SEED = "figures-3"
TARGET_FALSE = 0.01
SMOKE = os.environ.get("PRR_BENCH_SMOKE") == "1"
LADDERS, TRIALS = (3, 1) if SMOKE else (2_000, 150)
_TOLD_EVERY = 50


def at_most(most: int, total: int, share: float) -> float:
    """P(X <= most) of a binomial."""
    terms = (
        lgamma(total + 1) - lgamma(at + 1) - lgamma(total - at + 1) + at * log(share) + (total - at) * log1p(-share)
        for at in range(most + 1)
    )
    return sum(exp(one) for one in terms)


def upper_end(found: int, total: int) -> float:
    """The upper end of the 95% Clopper-Pearson interval of a share."""
    low, high = found / total, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(found, total, middle) > 0.025 else (low, middle)
    return high if found < total else 1.0


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of them lie."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def fleet(climbs: Sequence[Climb]) -> dict[str, object]:
    """The figures of the healthy fleet."""
    lowered = [one for one in climbs if one.lowered]
    days = [one.days_lost for one in climbs if not one.lowered]
    return {
        "ladders": len(climbs),
        "false_lowerings": len(lowered),
        "false_roll_backs_among_them": sum(one.lowered == "hard failure" for one in lowered),
        "false_by_kind": {kind: sum(one.kind == kind for one in lowered) for kind in KINDS},
        "upper_end_of_95_pct_interval": round(upper_end(len(lowered), len(climbs)), 5),
        "ladders_wrongly_held": sum(one.hold_days > 0 for one in climbs),
        "days_wrongly_held_in_all": round(sum(one.hold_days for one in climbs), 2),
        "days_lost_median": statistics.median(days) if days else None,
        "days_lost_p90": quantile(days, 0.9) if days else None,
        "ladders_where_people_were_asked": sum(one.asked_people > 0 for one in climbs),
        "counting_bad_minutes": {rule: stopped(climbs, rule) for rule in WINDOW_LIMITS},
    }


def stopped(climbs: Sequence[Climb], rule: str) -> dict[str, object]:
    """How many of the same ladders a count of bad minutes stops, and after how many hours with users."""
    hours = [one.stopped_after_h[rule] for one in climbs if rule in one.stopped_after_h]
    return {
        "ladders_stopped": len(hours),
        "share": round(len(hours) / len(climbs), 4),
        "median_hours": round(statistics.median(hours), 1) if hours else None,
    }


def delays(case: Regression, found: Sequence[Delay]) -> dict[str, object]:
    """The figures of one regression."""
    requests = [one.requests for one in found]
    return {
        "case": case.name,
        "median_requests": int(statistics.median(requests)),
        "p90_requests": int(quantile(requests, 0.9)),
        "median_minutes": int(statistics.median(one.minutes for one in found)),
        "missed": sum(not one.found for one in found),
        "target_median": case.target_median,
    }


def climbed(pool: Pool, seed: str, count: int) -> list[Climb]:
    """The first ``count`` ladders of the fleet; says now and then how far it is."""
    climbs: list[Climb] = []
    for one in pool.imap(partial(climb, f"{seed}:healthy", step=MINUTE), range(count)):
        climbs.append(one)
        if one.lowered or len(climbs) % _TOLD_EVERY == 0:
            lowered = sum(bool(other.lowered) for other in climbs)
            print(f"{len(climbs)} healthy ladders, {lowered} lowered; the last is {one}", file=sys.stderr, flush=True)
    return climbs


def measure(pool: Pool, seed: str, count: int) -> dict[str, object]:
    """Everything, as one document."""
    rows = []
    for case in CASES:
        rows.append(delays(case, pool.map(partial(detect, seed, case), range(TRIALS), chunksize=2)))
        print(rows[-1], file=sys.stderr, flush=True)
    return {
        "seed": seed,
        "healthy": fleet(climbed(pool, seed, count)),
        "regressions": rows,
        "trials_each": TRIALS,
        "set_up": {"canary_share": SHARE, "log_latency_sigma": SIGMA, "slow_after": round(SLOW_AFTER, 4)},
    }


def missed(figures: dict[str, object]) -> list[str]:
    """The targets that are not met, in words."""
    found, end = [], figures["healthy"]["upper_end_of_95_pct_interval"]  # type: ignore[index]
    if end > TARGET_FALSE and not SMOKE:
        found.append(f"false lowerings: up to {end}, target {TARGET_FALSE}")
    for row in figures["regressions"]:  # type: ignore[attr-defined]
        if row["target_median"] and row["median_requests"] > row["target_median"] and not SMOKE:
            found.append(f"{row['case']}: median {row['median_requests']}, target {row['target_median']}")
    return found


def main(arguments: Sequence[str]) -> int:
    """Run, print the figures; exit 1 when a target is missed."""
    began = time.monotonic()
    seed, count = arguments[0] if arguments else SEED, int(arguments[1]) if len(arguments) > 1 else LADDERS
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        figures = measure(pool, seed, count)
    figures["targets_missed"] = missed(figures)
    figures["seconds"] = round(time.monotonic() - began)
    print(json.dumps(figures, indent=1, sort_keys=True))
    return 1 if figures["targets_missed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
