"""The canary's verdict: what the evidence on one metric says at this moment, in words and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from math import exp

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import FULL_BP
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.canary_words import LEANS, PROOF
from prr_pipeline.rollout.evidence import Counts, Evidence
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.rollout.metrics import ERRORS, MetricAnswer, stale
from prr_pipeline.rollout.sample import Exit, Sample, gathered
from prr_pipeline.rollout.statistics import NANO, threshold

_TELLING = 200
"""Requests to the new version, had or due, before its share of them tells anything."""
_MISSED = 20
"""Requests that are due to the control arm, by its share so far, of which it has none before it counts as gone."""


class CanaryVerdict(StrEnum):
    """In order of precedence, the first that applies."""

    HARD_FAILURE = "hard failure"
    WORSE = "worse"
    UNKNOWN = "unknown"
    CANNOT_BE_JUDGED = "cannot be judged"
    NOT_ENOUGH = "not enough yet"
    PASS = "pass"  # noqa: S105 - a verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """One metric's verdict on one rung. ``log_e`` is the highest log e-value so far, in nano-nats.

    ``expected_at`` is when the minimum sample will be there at the pace so far; None when it is there, or none comes.
    """

    metric: str
    verdict: CanaryVerdict
    why: str
    bad: int
    total: int
    control_bad: int
    control_total: int
    log_e: int
    alpha_ppb: int
    minimum: int
    expected_at: datetime | None = None

    def as_data(self) -> dict[str, object]:
        """Canonical form for the decision record: integers and text."""
        return {
            "alpha_ppb": self.alpha_ppb,
            "bad": self.bad,
            "control_bad": self.control_bad,
            "control_total": self.control_total,
            "expected_at": instant_text(self.expected_at) if self.expected_at else None,
            "log_e_nano": self.log_e,
            "metric": self.metric,
            "minimum": self.minimum,
            "total": self.total,
            "verdict": str(self.verdict),
            "why": self.why,
        }


def judge(
    evidence: Evidence,
    answer: MetricAnswer | None,
    policy: CanaryPolicy,
    ladder: Ladder,
    now: datetime,
    *,
    dwell_ends_at: datetime,
    way_out: Exit | None = None,
) -> Judgement:
    """Hard failure > worse > unknown > cannot be judged > not enough yet > pass. Total, and free to be asked often.

    ``evidence`` already holds ``answer``, the newest one; ``dwell_ends_at`` is when the rung's dwell is, or was, served
    by the clock alone. Proof once found stays, also where the newest answer is unknown.
    """
    alpha = policy.alpha_ppb(ladder, evidence.stay.rung, evidence.stay.stay)
    sample = gathered(evidence, policy, now, dwell_ends_at, way_out)
    verdict, why = (
        _proven(evidence, policy, alpha)
        or _unread(evidence, answer, policy, ladder, now)
        or _weighed(evidence, policy, sample)
    )
    counts = evidence.counts
    log_e = max(evidence.wagers.most, evidence.wagers.log_e)
    return Judgement(
        evidence.stay.metric, verdict, why, counts.bad, counts.total, counts.control_bad, counts.control_total,
        log_e, alpha, sample.minimum, sample.expected_at,
    )  # fmt: skip


def canary_gate(judgements: Sequence[Judgement]) -> GateReading:
    """The gate ``canary``: open only where every metric passes; without any judgement it is unknown."""
    if not judgements:
        return unknown("canary", "no metric was judged")
    words = "; ".join(one.why for one in judgements if one.verdict is not CanaryVerdict.PASS)
    verdicts = {one.verdict for one in judgements}
    if verdicts & {CanaryVerdict.HARD_FAILURE, CanaryVerdict.WORSE}:
        return closed("canary", words)
    if CanaryVerdict.UNKNOWN in verdicts:
        return unknown("canary", words)
    if verdicts == {CanaryVerdict.PASS}:
        return opened("canary", "; ".join(one.why for one in judgements))
    until = [one.expected_at for one in judgements if one.verdict is not CanaryVerdict.PASS]
    known = [one for one in until if one is not None]
    stuck = CanaryVerdict.CANNOT_BE_JUDGED in verdicts or len(known) < len(until)
    return closed("canary", words, None if stuck else max(known))


def regressions(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """The proven regressions below a hard failure, in words: each is a reason to step down."""
    return tuple(one.why for one in judgements if one.verdict is CanaryVerdict.WORSE)


def hard_failures(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """The proven hard failures, in words: each is a reason to roll back."""
    return tuple(one.why for one in judgements if one.verdict is CanaryVerdict.HARD_FAILURE)


def _proven(evidence: Evidence, policy: CanaryPolicy, alpha_ppb: int) -> tuple[CanaryVerdict, str] | None:
    """Proof, by the highest e-value so far: it is that which alpha bounds."""
    wagers, most = evidence.wagers, evidence.wagers.most
    if most < threshold(alpha_ppb):
        return None
    proof = f"{PROOF}{_e(most)}, {NANO // alpha_ppb} needed"
    if evidence.stay.metric == ERRORS and wagers.gross >= threshold(alpha_ppb):
        level = policy.hard_failure_ppm / 10_000
        return (
            CanaryVerdict.HARD_FAILURE,
            f"errors: more than {level:g}% failed for a while; {_counts(evidence)}; {proof}",
        )
    return CanaryVerdict.WORSE, f"{_name(evidence)}: {_counts(evidence)}; {proof}"


def _unread(
    evidence: Evidence, answer: MetricAnswer | None, policy: CanaryPolicy, ladder: Ladder, now: datetime
) -> tuple[CanaryVerdict, str] | None:
    """Why there is nothing to weigh now, if so."""
    fault = _fault(evidence, answer, policy, ladder, now)
    return (CanaryVerdict.UNKNOWN, f"{_name(evidence)}: {fault}") if fault else None


def _fault(evidence: Evidence, answer: MetricAnswer | None, policy: CanaryPolicy, ladder: Ladder, now: datetime) -> str:
    if evidence.policy_digest != policy.digest:
        return "the canary's parameters changed; the evidence begins anew"
    if answer is None:
        return "no answer was read"
    if answer.metric != evidence.stay.metric:
        return f"the answer is about {answer.metric}"
    if answer.arms is None:
        return answer.fault
    if evidence.against_control and answer.arms.control is None:
        return "the control arm is absent"
    fault = stale(answer, now, policy.max_age) or _control_fault(evidence.counts)
    return fault or _share_fault(evidence, policy, ladder)


def _control_fault(counts: Counts) -> str:
    """Whether requests go to the new version alone, so that nothing is compared: the control had none, or none now."""
    if not counts.control_total:
        return f"the control arm had no requests, the new version {counts.alone}" if counts.alone else ""
    before = counts.control_total + counts.total - counts.alone
    gone = counts.alone * counts.control_total >= _MISSED * before
    return f"the control arm had none of the last {counts.alone} requests" if gone else ""


def _share_fault(evidence: Evidence, policy: CanaryPolicy, ladder: Ladder) -> str:
    """Whether each arm has its share of the requests as the rung says, once there are enough to tell."""
    counts, exposure_bp = evidence.counts, ladder.rungs[evidence.stay.rung].exposure.exposure_bp
    both, most = counts.total + counts.control_total, policy.most_share_factor
    enough = counts.total >= _TELLING or both * exposure_bp >= _TELLING * FULL_BP
    if not (evidence.against_control and most and exposure_bp and enough):
        return ""
    arms = ((counts.total, exposure_bp), (counts.control_total, FULL_BP - exposure_bp))
    if all(due * both <= seen * FULL_BP * most and seen * FULL_BP <= due * both * most for seen, due in arms):
        return ""
    share = f"{counts.total * FULL_BP // both / 100:g}%"
    return f"the new version had {share} of the requests, the rung says {exposure_bp / 100:g}%"


def _weighed(evidence: Evidence, policy: CanaryPolicy, sample: Sample) -> tuple[CanaryVerdict, str]:
    name = _name(evidence)
    if sample.missing:
        verdict = CanaryVerdict.CANNOT_BE_JUDGED if sample.is_over else CanaryVerdict.NOT_ENOUGH
        return verdict, f"{name}: {sample.missing}"
    if evidence.wagers.log_e >= threshold(policy.lean_ppm * 1_000):
        return CanaryVerdict.NOT_ENOUGH, f"{name}: {LEANS}; {_counts(evidence)}"
    return CanaryVerdict.PASS, f"{name}: {_counts(evidence)}{sample.remark}"


def _name(evidence: Evidence) -> str:
    return "errors" if evidence.stay.metric == ERRORS else "latency"


def _counts(evidence: Evidence) -> str:
    counts = evidence.counts
    text = f"{counts.bad} bad of {counts.total}"
    return f"{text}, control {counts.control_bad} of {counts.control_total}" if evidence.against_control else text


def _e(log_e: int) -> str:
    return f"{exp(min(log_e / NANO, 40.0)):.3g}" + (" or more" if log_e > 40 * NANO else "")
