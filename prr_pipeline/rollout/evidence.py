"""Evidence: what one stay on one rung has shown of one metric, folded bucket by bucket; looks are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import digest, instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.dispersion import Dispersion
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.rollout.stakes import Stakes, stakes
from prr_pipeline.rollout.wagers import Row, Wagers

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """Which stay the evidence is about: ``stay`` counts fresh starts on that rung in that attempt."""

    promotion: str
    attempt: int
    rung: int
    metric: str
    stay: int = 0

    def as_data(self) -> list[object]:
        """Text and integers."""
        return [self.promotion, self.attempt, self.rung, self.metric, self.stay]


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests seen since the stay began: of the new version, and of the control arm in the same buckets.

    ``observed_s`` is the time that the buckets cover. ``compared`` are the new version's requests beside which the
    control arm had some too, and all where there is no such arm: only they are a sample. ``alone`` are those since the
    control arm had a request last.
    """

    bad: int = 0
    total: int = 0
    control_bad: int = 0
    control_total: int = 0
    observed_s: int = 0
    compared: int = 0
    alone: int = 0

    @classmethod
    def from_data(cls, row: Sequence[int], against_control: bool) -> Counts:
        """Read a row of counts. One of six ends with how many buckets compared nothing: where any did, none counts.

        Raises `PrrError` for anything but counts.
        """
        if len(row) not in (6, 7) or any(type(one) is not int or one < 0 for one in row):
            raise PrrError(f"The counts {row!r} are none; the evidence begins anew.")
        if len(row) == 7:
            return cls(*row)
        bad, total, control_bad, control_total, observed_s, uncompared = row
        compared = 0 if against_control and uncompared else total
        return cls(bad, total, control_bad, control_total, observed_s, compared)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sufficient state, integers and text only. ``against_control`` False: against the objective's budget.

    ``seen_until`` is the end of the last bucket that was folded in: what lies before it is never counted again.
    """

    stay: Stay
    policy_digest: str
    against_control: bool
    since: datetime
    seen_until: datetime
    wagers: Wagers
    counts: Counts = field(default_factory=Counts)
    dispersion: Dispersion = field(default_factory=Dispersion)

    @classmethod
    def begin(
        cls,
        stay: Stay,
        since: datetime,
        policy: CanaryPolicy,
        *,
        against_control: bool = True,
        learned_from: Evidence | None = None,
    ) -> Evidence:
        """Nothing shown yet. How errors bunch is taken over from an earlier stay, be it of another arm."""
        dispersion = learned_from.dispersion if learned_from is not None else Dispersion()
        start = Wagers.begin(stakes(policy, stay.metric))
        return cls(stay, policy.digest, against_control, since, since, start, dispersion=dispersion)

    def add(self, answer: MetricAnswer, policy: CanaryPolicy) -> Evidence:
        """Fold in the buckets that are new and complete in both arms. An unknown answer changes nothing.

        Idempotent and independent of how the buckets are dealt out over answers. Raises `PrrError` for an answer
        about another metric, or another policy than the evidence began with: then it begins anew.
        """
        if answer.metric != self.stay.metric:
            raise PrrError(f"An answer about {answer.metric} is no evidence on {self.stay.metric}.")
        if policy.digest != self.policy_digest:
            raise PrrError("The canary's parameters changed since this evidence began; begin it anew.")
        if answer.arms is None or (self.against_control and answer.arms.control is None):
            return self
        pairs = [pair for pair in _pairs(answer.arms, self.against_control) if pair[0].start >= self.seen_until]
        return self._folded(pairs, answer.step, stakes(policy, self.stay.metric)) if pairs else self

    def _folded(self, pairs: Sequence[tuple[Bucket, Bucket | None]], step: timedelta, on: Stakes) -> Evidence:
        step_s = step // _SECOND
        compared = [None if old is None else (old.bad, old.total) for _, old in pairs]
        learned_on = [
            (new.bad, new.total) if one is None else one for (new, _), one in zip(pairs, compared, strict=True)
        ]
        dispersion, known = self.dispersion.add(learned_on, step_s)
        rows: list[Row] = [
            (on.place(new.start - self.since), new.bad, new.total, one, before)
            for (new, _), one, before in zip(pairs, compared, known, strict=True)
        ]
        counts = _counted(self.counts, rows, step_s)
        until = pairs[-1][0].start + step
        wagers = self.wagers.fold(on, rows)
        return replace(self, counts=counts, dispersion=dispersion, wagers=wagers, seen_until=until)

    def as_data(self) -> dict[str, Any]:
        """For the ledger's mutable table and the decision record."""
        counts = self.counts
        return {
            "against_control": self.against_control,
            "counts": [getattr(counts, name) for name in Counts.__slots__],
            "dispersion": self.dispersion.as_data(),
            "policy": self.policy_digest,
            "seen_until": instant_text(self.seen_until),
            "since": instant_text(self.since),
            "stay": self.stay.as_data(),
            "wagers": self.wagers.as_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Evidence:
        """Read what `as_data` writes."""
        return cls(
            stay=Stay(*data["stay"]),
            policy_digest=data["policy"],
            against_control=data["against_control"],
            since=parse_instant(data["since"]),
            seen_until=parse_instant(data["seen_until"]),
            wagers=Wagers.from_data(data["wagers"]),
            counts=Counts.from_data(data["counts"], data["against_control"]),
            dispersion=Dispersion.from_data(data["dispersion"]),
        )

    @property
    def digest(self) -> str:
        """Digest of the canonical form: equal buckets give equal evidence, on every machine."""
        return digest(self.as_data())


def _counted(seen: Counts, rows: Sequence[Row], step_s: int) -> Counts:
    """The counts with those of the buckets."""
    controls = [row[3] for row in rows if row[3] is not None]
    last = max((at for at, row in enumerate(rows) if row[3] is None or row[3][1]), default=None)
    return Counts(
        bad=seen.bad + sum(row[1] for row in rows),
        total=seen.total + sum(row[2] for row in rows),
        control_bad=seen.control_bad + sum(one[0] for one in controls),
        control_total=seen.control_total + sum(one[1] for one in controls),
        observed_s=seen.observed_s + step_s * len(rows),
        compared=seen.compared + sum(row[2] for row in rows if row[3] is None or row[3][1]),
        alone=(seen.alone if last is None else 0) + sum(row[2] for row in rows[0 if last is None else last + 1 :]),
    )


def _pairs(arms: ArmBuckets, against_control: bool) -> list[tuple[Bucket, Bucket | None]]:
    """The buckets that both arms have; without a control arm those of the new version alone."""
    if not against_control or arms.control is None:
        return [(one, None) for one in arms.treatment]
    control = {one.start: one for one in arms.control}
    return [(one, control[one.start]) for one in arms.treatment if one.start in control]
