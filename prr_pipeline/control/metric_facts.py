"""What metrics say of one promotion, from what was read last: gates that policy requires, and proven regressions."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.kept_metrics import Kept, KeptMetric, read_kept
from prr_pipeline.control.sample_acceptance import Acceptance, sample_acceptance
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.burn_rates import burn_gate
from prr_pipeline.rollout.canary import CanaryVerdict, Judgement, canary_gate, hard_failures, judge, regressions
from prr_pipeline.rollout.gates import GateReading, opened, unknown
from prr_pipeline.rollout.sample import Exit
from prr_pipeline.rollout.state import PromotionState

_LOG = logging.getLogger(__name__)
BURN_RATE, CANARY = "burn_rate", "canary"
_GATES = (BURN_RATE, CANARY)
_LACKING = (CanaryVerdict.NOT_ENOUGH, CanaryVerdict.CANNOT_BE_JUDGED)
_LONGEST_DWELL = timedelta(days=36_500)
"""Beyond that no calendar goes."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """``regressions`` and ``hard_failures`` are in words; ``gates`` hold those of the two that policy requires."""

    gates: Mapping[str, GateReading] = field(default_factory=dict)
    regressions: tuple[str, ...] = ()
    hard_failures: tuple[str, ...] = ()


def metric_facts(work: Workplace, state: PromotionState, now: datetime) -> MetricFacts:
    """Judge what is kept, as of ``now``: asking is the guard's part alone. Without a source there is nothing."""
    if work.settings.metrics.source is None:
        return MetricFacts()
    required = [name for name in _GATES if name in work.policy.required]
    try:
        _ = work.metrics
    except PrrError as fault:
        return MetricFacts({name: unknown(name, str(fault)) for name in required})
    if not state.has_traffic:
        return MetricFacts({name: opened(name, "nobody gets the new version yet") for name in required})
    kept = read_kept(work, state.key)
    if kept is None or not kept.is_about(state):
        why = "no metric was read yet on this rung"
        return MetricFacts({name: unknown(name, why) for name in required})
    judged = _judged(work, state, kept, now)
    found = {CANARY: canary_gate(judged), BURN_RATE: _burn_gate(work, kept, now)}
    return MetricFacts({name: found[name] for name in required}, regressions(judged), hard_failures(judged))


def _judged(work: Workplace, state: PromotionState, kept: Kept, now: datetime) -> list[Judgement]:
    rung = state.ladder.rungs[state.rung]
    since = state.rung_since or state.opened_at
    ends_at = since + min(rung.dwell, _LONGEST_DWELL)
    found: list[Judgement] = []
    accepted: Acceptance | None = None
    for one in kept.metrics.values():
        way_out = _exit(work, one)
        judged = _judge(work, state, one, now, ends_at, way_out)
        if judged.verdict in _LACKING:  # only then the ledger is asked who decided
            accepted = accepted or _accepted(work, state, now)
            judged = _judge(work, state, one, now, ends_at, accepted.within(way_out))
        found.append(judged)
    return found


def _judge(
    work: Workplace, state: PromotionState, one: KeptMetric, now: datetime, ends_at: datetime, way_out: Exit
) -> Judgement:
    return judge(one.evidence, one.answer, work.canary, state.ladder, now, dwell_ends_at=ends_at, way_out=way_out)


def _exit(work: Workplace, one: KeptMetric) -> Exit:
    """What synthetic requests add, as far as the settings let them."""
    if one.synthetic is None:
        return Exit()
    marked = one.synthetic
    return Exit((marked.bad, marked.total), work.settings.metrics.synthetic.most_ppm, marked.fault)


def _accepted(work: Workplace, state: PromotionState, now: datetime) -> Acceptance:
    """Nobody, where roster or records cannot be read: what stands in for requests must be proven."""
    try:
        return sample_acceptance(work, state, now)
    except PrrError as fault:
        _LOG.warning("who accepted the sample of %s cannot be read: %s", state.key, fault)
        return Acceptance()


def _burn_gate(work: Workplace, kept: Kept, now: datetime) -> GateReading:
    """As it was worked out when the metrics were read; unknown once that is too long ago."""
    limit = max(work.canary.max_age, 2 * work.settings.metrics.step)
    if now - kept.asked_at > limit:
        return unknown(BURN_RATE, f"no metric was read since {instant_text(kept.asked_at)} (limit {limit})")
    return burn_gate({name: one.burns for name, one in kept.metrics.items()})
