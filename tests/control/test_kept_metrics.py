"""What is kept of metrics comes back as it was, and anything else is nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.kept_metrics import Kept, KeptMetric, cut_to_last, kept_in
from prr_pipeline.rollout.burn_rates import burns
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer, unanswered

MINUTE = timedelta(minutes=1)
SINCE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = CanaryPolicy()


def answer(control: bool = True) -> MetricAnswer:
    """Ten minutes, one bad request in each."""
    buckets = tuple(Bucket(SINCE + at * MINUTE, 1, 100) for at in range(10))
    until = SINCE + 10 * MINUTE
    arms = ArmBuckets(buckets, buckets if control else None)
    return MetricAnswer("errors", SINCE, until, MINUTE, arms, until + timedelta(seconds=7, microseconds=5))


def kept(read: MetricAnswer) -> Kept:
    """One metric in a first stay at 1%."""
    evidence = Evidence.begin(Stay("createGrant:beta", 1, 1, "errors"), SINCE, POLICY).add(read, POLICY)
    rules = burns(read, POLICY, SINCE + 10 * MINUTE, SINCE)
    return Kept("1/1/x", 1, SINCE, {"1": 0}, {"errors": KeptMetric(evidence, cut_to_last(read), rules)})


@pytest.mark.parametrize(
    "read", [answer(), answer(control=False), unanswered("errors", SINCE, SINCE + MINUTE, "it is silent")]
)
def test_what_is_kept_comes_back(read: MetricAnswer) -> None:
    """By way of the ledger's canonical bytes."""
    before = kept(read)
    assert kept_in("createGrant:beta", before.as_data()) == before
    assert b'"stays":{"1":0}' in canonical_bytes(before.as_data())


def damaged(edit: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The row of one metric, after an edit of its evidence."""
    row: dict[str, Any] = json.loads(canonical_bytes(kept(answer()).as_data()))
    edit(row["metrics"]["errors"]["evidence"])
    return row


@pytest.mark.parametrize(
    "edit",
    [
        lambda one: one["wagers"][0].pop(),
        lambda one: one["wagers"][2].append(1),
        lambda one: one["wagers"][1].__setitem__(0, "1"),
        lambda one: one["wagers"][4].pop(),
        lambda one: one["wagers"].pop(),
        lambda one: one["counts"].pop(0) and one["counts"].pop(0),
        lambda one: one["counts"].__setitem__(1, None),
        lambda one: one["dispersion"]["scales"].pop(),
        lambda one: one["dispersion"]["scales"][0].pop(),
        lambda one: one["dispersion"].__setitem__("seen", "7"),
    ],
    ids=["a bet less", "a bet more", "text", "no window", "no gross", "counts", "no count", "scale", "part", "seen"],
)
def test_damaged_evidence_is_nothing(edit: Callable[[dict[str, Any]], object]) -> None:
    """It would fail later, where it is folded."""
    assert kept_in("createGrant:beta", damaged(lambda one: None)) is not None
    assert kept_in("createGrant:beta", damaged(edit)) is None


def test_a_row_from_before_is_read() -> None:
    """Counts of six numbers, and no time at which each metric was asked for."""
    row = damaged(lambda one: one.__setitem__("counts", [10, 1_000, 10, 1_000, 600, 0]))
    del row["metrics"]["errors"]["asked_at"]
    found = kept_in("createGrant:beta", row)
    assert found is not None
    assert (found.metrics["errors"].asked_at, found.metrics["errors"].evidence.counts.compared) == (None, 1_000)


def test_the_answer_is_kept_without_what_is_in_the_evidence() -> None:
    """The last bucket of each arm proves that there was one."""
    cut = cut_to_last(answer())
    assert cut.arms is not None
    assert cut.arms.treatment == cut.arms.control == (Bucket(SINCE + 9 * MINUTE, 1, 100),)
    assert replace(cut, arms=answer().arms) == answer()


@pytest.mark.parametrize("name", ["step", "attempt", "asked_at", "stays", "metrics"])
@pytest.mark.parametrize("wrong", [None, [], {"errors": {}}, {"errors": []}])
def test_a_row_of_another_shape_is_nothing(name: str, wrong: object) -> None:
    """It never stops a tick."""
    row = {**kept(answer()).as_data(), name: wrong}
    found = kept_in("createGrant:beta", row)
    assert found is None or name == "step" or not found.metrics
