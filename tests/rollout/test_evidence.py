"""Evidence: a fold that does not depend on who looked when, on how buckets are dealt out, or on one bad minute."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.evidence import Counts, Evidence, Stay
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.metrics import ERRORS, MINUTE, SLOW, ArmBuckets, Bucket, MetricAnswer, unanswered
from prr_pipeline.rollout.statistics import threshold

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = CanaryPolicy()
STAY = Stay("createGrant:ga", 1, 1, ERRORS)
PROOF = threshold(POLICY.alpha_ppb(DEFAULT_LADDER, 1))
Row = tuple[int, int, int, int]

rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(3, 40), st.integers(0, 20), st.integers(20, 4_000)), max_size=40
)


def answer(counted: list[Row], first: int = 0, metric: str = ERRORS, control: bool = True) -> MetricAnswer:
    """An answer over consecutive minutes; each row is (bad, total, control's bad, control's total)."""
    start = T0 + first * MINUTE
    new = tuple(Bucket(start + at * MINUTE, row[0], row[1]) for at, row in enumerate(counted))
    old = tuple(Bucket(start + at * MINUTE, row[2], row[3]) for at, row in enumerate(counted))
    until = start + max(1, len(counted)) * MINUTE
    return MetricAnswer(metric, start, until, MINUTE, ArmBuckets(new, old if control else None), until)


def begun(control: bool = True) -> Evidence:
    """Evidence before its first bucket."""
    return Evidence.begin(STAY, T0, POLICY, against_control=control)


def shown(counted: list[Row], control: bool = True) -> Evidence:
    """What those minutes show."""
    return begun(control).add(answer(counted, control=control), POLICY)


@settings(max_examples=60, deadline=None)
@given(rows, st.lists(st.integers(0, 40), max_size=4), st.booleans())
def test_it_does_not_matter_how_buckets_come(counted: list[Row], cuts: list[int], control: bool) -> None:
    """In one answer or in many, once or twice, overlapping: the evidence is the same, bit for bit."""
    evidence, end = begun(control), 0
    for cut in sorted(cuts):
        first = max(0, min(end, len(counted)) - 3)
        part = answer(counted[first:cut], first, control=control)
        evidence = evidence.add(part, POLICY).add(part, POLICY)
        end = max(end, cut)
    evidence = evidence.add(answer(counted, control=control), POLICY)
    assert evidence == shown(counted, control)
    assert evidence.digest == shown(counted, control).digest


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(0, 39), st.booleans())
def test_one_more_bad_request_is_never_less_evidence(counted: list[Row], at: int, control: bool) -> None:
    """Monotone in the new version's bad requests; the control's only ever excuse it."""
    if not counted:
        return
    place = at % len(counted)
    bad, total, control_bad, control_total = counted[place]
    # How errors bunch is learned from the arm that the new version is judged by; here nothing is learned anew.
    base = replace(begun(), against_control=True)
    worse = [*counted[:place], (min(bad + 1, total), total, control_bad, control_total), *counted[place + 1 :]]
    milder = [*counted[:place], (bad, total, min(control_bad + 1, control_total), control_total), *counted[place + 1 :]]
    folded = [base.add(answer(one), POLICY).wagers.log_e for one in (counted, worse)]
    assert folded[0] <= folded[1]
    last = [base.add(answer(one), POLICY).wagers.log_e for one in (counted, milder)]
    if place == len(counted) - 1:
        assert last[1] <= last[0]


@settings(max_examples=40, deadline=None)
@given(rows, st.booleans())
def test_evidence_survives_its_canonical_form(counted: list[Row], control: bool) -> None:
    """Integers and text, so that a replay is bit for bit; what is read back goes on as if never stored."""
    evidence = shown(counted, control)
    read = Evidence.from_data(json.loads(canonical_bytes(evidence.as_data())))
    assert read == evidence
    more = answer([(1, 10, 0, 900)] * 3, len(counted), control=control)
    assert read.add(more, POLICY) == evidence.add(more, POLICY)


@given(st.integers(1, 2_000), st.integers(3_000, 100_000))
def test_one_bad_minute_is_no_proof(bad: int, control_total: int) -> None:
    """However many requests of one minute fail: one client's bunch looks just like that."""
    quiet = [(0, 10, 1, 1_000)] * 30
    evidence = shown([*quiet, (bad, bad, 0, control_total), (0, 10, 1, 1_000)])
    assert evidence.wagers.peak < PROOF


def test_two_bad_minutes_are_none_and_three_in_a_row_are_proof() -> None:
    """A total failure is proven after three minutes, which at ten requests a minute are thirty requests."""
    assert shown([(10, 10, 1, 990)] * 2).wagers.most < PROOF
    assert shown([(10, 10, 1, 990)] * 3).wagers.most >= PROOF


@pytest.mark.parametrize("first", [0, 15, 30, 45])
def test_one_bad_half_hour_is_no_proof(first: int) -> None:
    """Wherever it lies in the hour: one client's errors look just like that. Four hours of it are proof."""
    quiet, bad = (0, 30, 1, 2_970), (3, 30, 1, 2_970)
    before = [quiet] * first
    assert shown([*before, *[bad] * 30, quiet]).wagers.most < PROOF
    assert shown([*before, *[bad] * 240]).wagers.most >= PROOF


def test_what_is_known_not_to_bunch_is_proven_within_the_hour() -> None:
    """A week of independent errors of the old version, a hundred a minute, stands against doubts."""
    random, before = Random(13), begun()
    week = [(0, 0, 100 + round(random.gauss(0, 10)), 99_000) for _ in range(2_000)]
    known = Evidence.begin(STAY, T0, POLICY, learned_from=before.add(answer(week), POLICY))
    assert known.dispersion.seen > 190_000
    assert known.add(answer([(3, 30, 1, 2_970)] * 30), POLICY).wagers.most >= PROOF


def test_what_hits_both_arms_alike_is_no_evidence() -> None:
    """A shared incident cancels, however bad it is."""
    assert shown([(0, 10, 1, 990)] * 60 + [(5, 10, 495, 990)] * 60).wagers.peak == 0


def test_proof_stays_found_after_the_regression_is_over() -> None:
    """The highest e-value counts, so a verdict does not depend on when somebody looked."""
    failing = shown([(5, 10, 1, 990)] * 4)
    over = failing.add(answer([(0, 100, 1, 990)] * 600, 4), POLICY)
    assert over.wagers.log_e < PROOF <= failing.wagers.most == over.wagers.most


def test_a_regression_after_a_healthy_week_is_found() -> None:
    """Good behaviour cannot be saved up: a stake lies on a fresh start every few minutes."""
    random = Random(7)
    week = [(int(random.random() < 0.01), 10, 1, 990) for _ in range(10_080)]
    healthy = shown(week)
    failing = healthy.add(answer([(1, 10, 1, 990)] * 120, len(week)), POLICY)
    assert healthy.wagers.most < PROOF <= failing.wagers.most


def test_bunched_errors_of_the_control_make_the_judge_slower() -> None:
    """Where the old version's errors come in bunches, a bunch of the new version says less."""
    spread = [(0, 10, 1, 990)] * 480
    bunched = [(0, 10, 10 if at % 10 == 0 else 0, 990) for at in range(480)]
    bunch = [(3, 10, 1, 990)] * 4
    gained = [shown([*before, *bunch]).wagers.log_e - shown(before).wagers.log_e for before in (spread, bunched)]
    assert gained[1] < gained[0]
    assert shown(spread).dispersion.known[:2] == (1_000, 1_000)
    assert shown(bunched).dispersion.known.requests > 5_000


@pytest.mark.parametrize("control", [True, False])
def test_how_errors_bunch_is_taken_over_from_an_earlier_stay(control: bool) -> None:
    """The shadow rung teaches the first one, and half of the users teach the last one, which has no control arm."""
    before = shown([(0, 0, 10 if at % 10 == 0 else 0, 990) for at in range(480)])
    later = Evidence.begin(replace(STAY, rung=2), T0, POLICY, learned_from=before, against_control=control)
    assert later.dispersion == before.dispersion
    assert later.dispersion.known.requests > 5_000
    assert (later.counts, later.wagers) == (begun().counts, begun().wagers)


def test_buckets_that_one_arm_lacks_are_not_judged() -> None:
    """A step that the control does not have is not observed; one without requests in an arm compares nothing."""
    both = answer([(5, 10, 0, 990)] * 4)
    assert both.arms is not None
    assert both.arms.control is not None
    partial = replace(both, arms=ArmBuckets(both.arms.treatment, both.arms.control[::2]))
    assert begun().add(partial, POLICY).counts.total == 20
    empty = shown([(0, 0, 1, 990), (3, 10, 0, 0)])
    assert (empty.counts.compared, empty.counts.alone, empty.counts.total, empty.wagers.peak) == (0, 10, 10, 0)


def test_only_requests_beside_the_control_arms_are_a_sample() -> None:
    """However the buckets are dealt out; without a control arm all are."""
    rows = [(0, 10, 0, 990), (1, 20, 0, 0), (0, 30, 0, 990), (1, 40, 0, 0), (2, 50, 0, 0)]
    whole = shown(rows)
    assert (whole.counts.total, whole.counts.compared, whole.counts.alone) == (150, 40, 90)
    dealt = begun()
    for at, row in enumerate(rows):
        dealt = dealt.add(answer([row], at), POLICY)
    assert dealt.counts == whole.counts
    without = shown(rows, control=False).counts
    assert (without.total, without.compared, without.alone) == (150, 150, 0)


@pytest.mark.parametrize(
    ("row", "against_control", "compared"),
    [
        ([1, 900, 2, 90_000, 60, 0], True, 900),
        ([1, 900, 2, 90_000, 60, 3], True, 0),
        ([1, 900, 0, 0, 60, 3], False, 900),
        ([1, 900, 2, 90_000, 60, 800, 5], True, 800),
    ],
)
def test_counts_that_were_kept_before_are_read(row: list[int], against_control: bool, compared: int) -> None:
    """They told how many buckets compared nothing, not how many requests: then none counts towards the sample."""
    found = Counts.from_data(row, against_control)
    assert (found.bad, found.total, found.compared) == (1, 900, compared)


@pytest.mark.parametrize("row", [[], [1] * 5, [1] * 8, [1, 2, 3, 4, 5, -1], [1, 2, 3, 4, 5, 6, "7"], [True] * 7])
def test_what_is_no_row_of_counts_is_refused(row: list[int]) -> None:
    """A damaged row is no evidence."""
    with pytest.raises(PrrError, match="begins anew"):
        Counts.from_data(row, True)


def test_an_unknown_answer_changes_nothing() -> None:
    """Nor does one without the control arm that the evidence is against."""
    evidence = shown([(1, 10, 1, 990)] * 5)
    assert evidence.add(unanswered(ERRORS, T0, T0 + MINUTE, "timed out"), POLICY) == evidence
    assert evidence.add(answer([(1, 10, 1, 990)] * 9, control=False), POLICY) == evidence


def test_evidence_is_of_one_metric_under_one_policy() -> None:
    """Anything else begins at zero."""
    with pytest.raises(PrrError, match="no evidence on errors"):
        begun().add(answer([(0, 1, 0, 1)], metric=SLOW), POLICY)
    with pytest.raises(PrrError, match="begin it anew"):
        begun().add(answer([(0, 1, 0, 1)]), replace(POLICY, first_rung_parts=3))


def test_without_a_control_arm_the_budget_is_the_judge() -> None:
    """Within the objective's budget nothing is proven; ten times beyond it is, once it lasts for hours."""
    random = Random(3)
    within = [(int(random.random() < 0.05), 100, 0, 0) for _ in range(2_000)]
    assert shown(within, control=False).wagers.peak < PROOF
    assert shown([(1, 100, 0, 0)] * 240, control=False).wagers.peak >= PROOF


def test_a_gap_in_time_is_no_evidence() -> None:
    """Buckets that never came leave the evidence as it was; what comes later is folded in."""
    evidence = shown([(1, 10, 1, 990)] * 3)
    later = evidence.add(answer([(0, 10, 1, 990)], 600), POLICY)
    assert later.counts.observed_s == 4 * 60
    assert later.seen_until - T0 == timedelta(minutes=601)
