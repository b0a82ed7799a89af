"""How well the canary decides: false alarms on healthy ladders, and requests until a regression is lowered.

    python -m benchmarks.decision_quality            2,000 healthy ladders (PRR_BENCH_SMOKE=1: a few)
    python -m benchmarks.decision_quality SEED       another fleet; parameters were chosen on seed "tuning"

The production functions fold and judge simulated buckets: minutes for regressions and for one fleet of ladders, ten
minutes for the large one. The law is the same, bucket for bucket; only the cap on what one bucket may add speaks for
ten minutes there. Proof is judged after every bucket, since the evidence keeps its highest value.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from math import exp, lgamma, log, log1p
from multiprocessing import get_context
from multiprocessing.pool import Pool

from benchmarks.simulated_ladders import KINDS, WINDOW_LIMITS, Climb, climb
from benchmarks.simulated_regressions import CASES, SHARE, SIGMA, SLOW_AFTER, Delay, Regression, detect

SEED = "figures-2"
TARGET_FALSE = 0.01
SMOKE = os.environ.get("PRR_BENCH_SMOKE") == "1"
COARSE, FINE, TRIALS = (12, 1, 2) if SMOKE else (2_000, 60, 150)


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


def fleet(climbs: Sequence[Climb], step: timedelta) -> dict[str, object]:
    """The figures of one healthy fleet."""
    lowered = [one for one in climbs if one.lowered]
    days = [one.days_lost for one in climbs if not one.lowered]
    return {
        "bucket_minutes": int(step / timedelta(minutes=1)),
        "ladders": len(climbs),
        "false_lowerings": len(lowered),
        "false_roll_backs_among_them": sum(one.lowered == "hard failure" for one in lowered),
        "false_by_kind": {kind: sum(one.kind == kind for one in lowered) for kind in KINDS},
        "upper_end_of_95_pct_interval": round(upper_end(len(lowered), len(climbs)), 5),
        "ladders_wrongly_held": sum(one.hold_days > 0 for one in climbs),
        "days_wrongly_held_in_all": round(sum(one.hold_days for one in climbs), 2),
        "days_lost_median": statistics.median(days),
        "days_lost_p90": quantile(days, 0.9),
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


def measure(pool: Pool, seed: str) -> dict[str, object]:
    """Everything, as one document."""
    fleets = []
    for count, minutes, name in ((COARSE, 10, "coarse"), (FINE, 1, "fine")):
        step = timedelta(minutes=minutes)
        one = partial(climb, f"{seed}:{name}", step=step)
        fleets.append(fleet(pool.map(one, range(count), chunksize=1), step))
        print(f"{count} healthy ladders: {fleets[-1]}", file=sys.stderr, flush=True)
    rows = []
    for case in CASES:
        rows.append(delays(case, pool.map(partial(detect, seed, case), range(TRIALS), chunksize=2)))
        print(rows[-1], file=sys.stderr, flush=True)
    return {
        "seed": seed,
        "healthy": fleets,
        "regressions": rows,
        "trials_each": TRIALS,
        "set_up": {"canary_share": SHARE, "log_latency_sigma": SIGMA, "slow_after": round(SLOW_AFTER, 4)},
    }


def missed(figures: dict[str, object]) -> list[str]:
    """The targets that are not met, in words."""
    found = []
    for one in figures["healthy"][:1]:  # type: ignore[index]
        if one["upper_end_of_95_pct_interval"] > TARGET_FALSE and not SMOKE:
            found.append(f"false lowerings: up to {one['upper_end_of_95_pct_interval']}, target {TARGET_FALSE}")
    for row in figures["regressions"]:  # type: ignore[attr-defined]
        if row["target_median"] and row["median_requests"] > row["target_median"] and not SMOKE:
            found.append(f"{row['case']}: median {row['median_requests']}, target {row['target_median']}")
    return found


def main(arguments: Sequence[str]) -> int:
    """Run, print the figures; exit 1 when a target is missed."""
    began = time.monotonic()
    seed = arguments[0] if arguments else SEED
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        figures = measure(pool, seed)
    figures["targets_missed"] = missed(figures)
    figures["seconds"] = round(time.monotonic() - began)
    print(json.dumps(figures, indent=1, sort_keys=True))
    return 1 if figures["targets_missed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
