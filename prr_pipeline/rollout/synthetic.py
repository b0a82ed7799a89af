"""Synthetic requests: counted apart from those of users, bucket by bucket, for the sample of one stay alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.metrics import MetricAnswer


@dataclass(frozen=True, slots=True)
class Synthetic:
    """``bad`` of ``total`` marked requests to the new version, in buckets before ``seen_until``.

    ``fault`` says why the newest answer about them is unknown: then nothing of it counts, and nothing waits for it.
    """

    seen_until: datetime
    bad: int = 0
    total: int = 0
    fault: str = ""

    def add(self, answer: MetricAnswer) -> Synthetic:
        """Count the buckets that are new. Idempotent; an unknown answer counts nothing."""
        if answer.arms is None:
            return replace(self, fault=answer.fault)
        fresh = [one for one in answer.arms.treatment if one.start >= self.seen_until]
        if not fresh:
            return replace(self, fault="")
        bad, total = (sum(getattr(one, name) for one in fresh) for name in ("bad", "total"))
        return Synthetic(fresh[-1].start + answer.step, self.bad + bad, self.total + total)

    def as_data(self) -> dict[str, Any]:
        """For the ledger's mutable table."""
        return {
            "bad": self.bad,
            "fault": self.fault,
            "seen_until": instant_text(self.seen_until),
            "total": self.total,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> Synthetic | None:
        """Read what `as_data` writes; None for none, as rows of older versions have."""
        if data is None:
            return None
        return cls(parse_instant(data["seen_until"]), int(data["bad"]), int(data["total"]), str(data["fault"]))
