"""The sample: how many requests a rung still needs, when they will be there, and the two ways out if never."""

from __future__ import annotations

from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.canary_words import NEEDED
from prr_pipeline.rollout.evidence import Evidence
from prr_pipeline.rollout.statistics import smallest_proof

_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of too little traffic: synthetic requests, or the decision of two persons. Neither hides a regression.

    ``synthetic`` is (bad, total) of marked requests to the new version on this rung, of which so many count as fill
    ``most_ppm`` of the sample; ``unread`` says why newer ones are unknown. ``approvers`` decided for ``reason``, until
    ``until``.
    """

    synthetic: tuple[int, int] = (0, 0)
    most_ppm: int = 900_000
    unread: str = ""
    approvers: tuple[str, ...] = ()
    reason: str = ""
    until: datetime | None = None

    def approved(self, now: datetime) -> bool:
        """Whether two different persons decided, with a reason, and their decision still holds."""
        persons = {one.strip().casefold() for one in self.approvers} - {""}
        return len(persons) >= 2 and bool(self.reason.strip()) and self.until is not None and now < self.until


@dataclass(frozen=True, slots=True)
class Sample:
    """``missing`` says what the sample lacks, empty when it is complete; ``is_over``: the dwell is not extended again.

    ``remark`` says what stands in for requests of users.
    """

    minimum: int
    missing: str
    is_over: bool = False
    expected_at: datetime | None = None
    remark: str = ""


def gathered(
    evidence: Evidence, policy: CanaryPolicy, now: datetime, dwell_ends_at: datetime, way_out: Exit | None
) -> Sample:
    """What the sample is now. The dwell is extended by itself until the limit of the policy, then people are asked."""
    minimum, total = policy.minimum(evidence.stay.metric), evidence.counts.compared
    if total >= minimum:
        return Sample(minimum, "")
    exits = way_out or Exit()
    bad, sent = exits.synthetic
    budget = policy.budget_ppm(evidence.stay.metric) / _PPM
    if sent and bad >= (most := smallest_proof(sent, budget, policy.lean_ppm / _PPM)):
        return Sample(minimum, f"{bad} of {sent} synthetic requests were bad; {most} are too many")
    counted = min(sent, minimum * exits.most_ppm // _PPM)
    if total + counted >= minimum:
        of_all = "" if counted == sent else f"{counted} of "
        return Sample(minimum, "", remark=f", and {of_all}{sent} synthetic requests, {bad} bad")
    if exits.approved(now):
        return Sample(minimum, "", remark=f"; too few of {minimum}, accepted by {' and '.join(exits.approvers)}")
    return _incomplete(evidence, minimum, counted, now, dwell_ends_at + policy.extension_limit, exits)


def _incomplete(evidence: Evidence, minimum: int, counted: int, now: datetime, limit: datetime, exits: Exit) -> Sample:
    """What is missing, when it will be there, and the ways out where that is too late."""
    total, beside = evidence.counts.compared, evidence.counts.total - evidence.counts.compared
    expected = _expected(evidence, minimum - total - counted, now)
    text = f"{total + counted} of {minimum} {NEEDED}"
    text += f", beside {beside} while the control arm had none" if beside else ""
    text += f", {counted} of {exits.synthetic[1]} synthetic ones among them" if counted else ""
    text += f" (synthetic ones are unknown: {exits.unread.rstrip('.')})" if exits.unread else ""
    decide = f"two persons decide (prr accept-sample {evidence.stay.promotion})"
    if exits.approvers:
        decide = f"a second person decide as {', '.join(exits.approvers)} did (prr accept-sample)"
    if now >= limit:
        ask = f"send synthetic traffic, or let {decide}"
        return Sample(minimum, f"{text}, and the dwell is not extended further: {ask}", True, expected)
    when = f"expected {instant_text(expected)[:16]}Z" if expected else "none come"
    late = expected is None or expected > limit
    tail = (
        f", after the dwell's limit {instant_text(limit)[:16]}Z: send synthetic traffic or ask two persons"
        if late
        else ""
    )
    return Sample(minimum, f"{text}; {when}{tail}", False, expected)


def _expected(evidence: Evidence, left: int, now: datetime) -> datetime | None:
    """When the rest will be there at the pace so far; None when none come or beyond the calendar."""
    counts = evidence.counts
    if not counts.compared:
        return None
    try:
        return now + timedelta(seconds=left * counts.observed_s // counts.compared)
    except OverflowError:
        return None
