"""What is kept of metrics between ticks, in the ledger's mutable table: losing it may only delay a raise."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.burn_rates import Burn
from prr_pipeline.rollout.dwell import step_of
from prr_pipeline.rollout.evidence import Evidence
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.rollout.recording import recorded, restored
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.rollout.synthetic import Synthetic

_LOG = logging.getLogger(__name__)
TABLE = "metrics"


@dataclass(frozen=True, slots=True)
class KeptMetric:
    """The evidence of the present stay, the newest answer cut to its last step, and the burn rates as of then.

    ``synthetic`` holds the marked requests of the stay; None where none are asked about. ``asked_at``: when it was
    asked about last, None in rows of before.
    """

    evidence: Evidence
    answer: MetricAnswer
    burns: tuple[Burn, ...] = ()
    synthetic: Synthetic | None = None
    asked_at: datetime | None = None

    def as_data(self) -> dict[str, object]:
        """Canonical data."""
        return {
            "answer": self.answer.as_data(),
            "asked_at": instant_text(self.asked_at) if self.asked_at is not None else None,
            "burns": [recorded(one) for one in self.burns],
            "evidence": self.evidence.as_data(),
            "synthetic": self.synthetic.as_data() if self.synthetic is not None else None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> KeptMetric:
        """Read what `as_data` writes."""
        burns = tuple(restored(Burn, one) for one in data["burns"])
        synthetic = Synthetic.from_data(data.get("synthetic"))
        asked_at = parse_instant(data["asked_at"]) if data.get("asked_at") is not None else None
        return cls(Evidence.from_data(data["evidence"]), _answer_in(data["answer"]), burns, synthetic, asked_at)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one promotion: which stay on which rung it is about, since when every metric was asked, and each metric.

    ``stays`` counts, by rung, how often one began in this attempt.
    """

    step: str
    attempt: int
    asked_at: datetime
    stays: Mapping[str, int]
    metrics: Mapping[str, KeptMetric]

    def is_about(self, state: PromotionState) -> bool:
        """Whether the promotion still stands where it stood: after a move all begins anew."""
        return self.step == step_of(state)

    def as_data(self) -> dict[str, object]:
        """Canonical data."""
        return {
            "asked_at": instant_text(self.asked_at),
            "attempt": self.attempt,
            "metrics": {name: one.as_data() for name, one in self.metrics.items()},
            "stays": dict(self.stays),
            "step": self.step,
        }


def read_kept(work: Workplace, key: str) -> Kept | None:
    """What is kept of one promotion."""
    row = work.ledger.counters.get(TABLE, key)
    return None if row is None else kept_in(key, row)


def kept_in(key: str, row: Mapping[str, Any]) -> Kept | None:
    """The row as values; None for one of another shape (another version's), which proves nothing."""
    try:
        metrics = {name: KeptMetric.from_data(one) for name, one in row["metrics"].items()}
        stays = {str(rung): int(count) for rung, count in row["stays"].items()}
        return Kept(str(row["step"]), int(row["attempt"]), parse_instant(row["asked_at"]), stays, metrics)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, PrrError) as fault:
        _LOG.warning("what is kept of the metrics of %s cannot be read (%s: %s)", key, type(fault).__name__, fault)
        return None


def _answer_in(data: Mapping[str, Any]) -> MetricAnswer:
    """Read what `MetricAnswer.as_data` writes."""
    treatment, control, newest_at = (data[name] for name in ("treatment", "control", "newest_at"))
    arms = None if treatment is None else ArmBuckets(_buckets_in(treatment), control and _buckets_in(control))
    return MetricAnswer(
        data["metric"],
        parse_instant(data["since"]),
        parse_instant(data["until"]),
        timedelta(seconds=data["step_s"]),
        arms,
        parse_instant(newest_at) if newest_at is not None else None,
        data["fault"],
    )


def _buckets_in(rows: Sequence[Sequence[Any]]) -> tuple[Bucket, ...]:
    return tuple(Bucket(parse_instant(start), bad, total) for start, bad, total in rows)


def cut_to_last(answer: MetricAnswer) -> MetricAnswer:
    """The answer with the last bucket of each arm alone: its buckets are in the evidence already."""
    if answer.arms is None:
        return answer
    control = answer.arms.control
    arms = ArmBuckets(answer.arms.treatment[-1:], None if control is None else control[-1:])
    return MetricAnswer(answer.metric, answer.since, answer.until, answer.step, arms, answer.newest_at)
