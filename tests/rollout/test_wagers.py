"""Wagers: betting against a healthy version wins nothing, whatever is capped, tempered or started anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import comb, exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.dispersion import Known
from prr_pipeline.rollout.metrics import ERRORS, SLOW
from prr_pipeline.rollout.stakes import stakes
from prr_pipeline.rollout.statistics import NANO, log_sum, threshold
from prr_pipeline.rollout.wagers import Row, Wagers

POLICY = CanaryPolicy()
NONE = Known()
TRUSTED = Known(at_most=1_050, seen=10_000_000)


def chances(count: int, share: float) -> list[float]:
    """The binomial chances of 0..count."""
    return [comb(count, at) * share**at * (1 - share) ** (count - at) for at in range(count + 1)]


def outcomes(totals: tuple[int, int], both: int, buckets: int, ratio: float) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Every way in which the bad requests of each bucket may fall to two arms, with its chance.

    The new version is ``ratio`` times as bad as the other.
    """
    share = totals[0] * ratio / (totals[0] * ratio + totals[1])
    single = list(enumerate(chances(both, share)))
    for way in product(single, repeat=buckets):
        chance = 1.0
        for _, one in way:
            chance *= one
        yield chance, tuple(bad for bad, _ in way)


@pytest.mark.parametrize("known", [NONE, TRUSTED, Known(4_000, 1_000), Known(4_000, 3_000)])
@pytest.mark.parametrize("totals", [(10, 990), (50, 50)])
@pytest.mark.parametrize("ratio", [0.2, 1.0])
def test_the_mean_of_the_evidence_against_a_version_that_is_no_worse_is_at_most_one(
    totals: tuple[int, int], known: Known, ratio: float
) -> None:
    """Over every outcome of three buckets in three slots, fresh starts and caps included: so alpha is kept."""
    on, both = stakes(POLICY, ERRORS), 6
    mean = 0.0
    for chance, bads in outcomes(totals, both, 3, ratio):
        rows: list[Row] = [
            ((slot, slot // 2), bad, totals[0], (both - bad, totals[1]), known) for slot, bad in enumerate(bads)
        ]
        mean += chance * exp(Wagers.begin(on).fold(on, rows).log_e / NANO)
    assert 0.0 < mean <= 1.0


def test_the_mean_of_the_evidence_within_the_budget_is_at_most_one() -> None:
    """The same against the objective's budget, at exactly the budget."""
    on = stakes(POLICY, SLOW)
    chance_of = chances(8, 0.01)
    mean = 0.0
    for bads in product(range(9), repeat=3):
        rows: list[Row] = [((slot, slot // 2), bad, 8, None, NONE) for slot, bad in enumerate(bads)]
        chance = chance_of[bads[0]] * chance_of[bads[1]] * chance_of[bads[2]]
        mean += chance * exp(Wagers.begin(on).fold(on, rows).log_e / NANO)
    assert 0.05 < mean <= 1.0


WINDOWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 30), st.integers(0, 40), st.integers(1, 90)),
    max_size=40,
)


def rows_of(drawn: list[tuple[int, int, int, int, int]], seen: int) -> list[Row]:
    """Buckets of two slots to a window; each is (slots on, bad, control's bad, good, hundreds of the control's)."""
    rows: list[Row] = []
    slot = 0
    for on, bad, control_bad, good, many in drawn:
        slot += on
        control = (control_bad, 100 * many + control_bad)
        rows.append(((slot, slot // 2), bad, bad + good, control, Known(at_most=1_500, seen=seen)))
    return rows


@settings(max_examples=40, deadline=None)
@given(WINDOWS, st.integers(0, 100_000))
def test_what_lasts_never_holds_more_than_what_is_worse(drawn: list[tuple[int, int, int, int, int]], seen: int) -> None:
    """Bet by bet: so the cap on windows only takes evidence away, and alpha is kept whatever is cut."""
    on = stakes(POLICY, ERRORS)
    held = Wagers.begin(on)
    for row in rows_of(drawn, seen):
        held = held.fold(on, [row])
        assert all(lasting <= worse for lasting, worse in zip(held.lasting, held.worse, strict=True))


@settings(max_examples=40, deadline=None)
@given(WINDOWS, st.integers(0, 100_000))
def test_no_window_adds_more_than_its_cap(drawn: list[tuple[int, int, int, int, int]], seen: int) -> None:
    """To the whole of the evidence; what fresh starts bring is staked anew, not won."""
    on = stakes(POLICY, ERRORS)
    held, cap = Wagers.begin(on), on.window_gain(Known(at_most=1_500, seen=seen))
    began = held.log_e
    for row in rows_of(drawn, seen):
        if row[0][1] != held.place[1]:
            began = held.log_e
        fresh = [on.log_fresh(slot) for slot in range(held.place[0] + 1, row[0][0] + 1)]
        began = log_sum([began, *fresh])
        held = held.fold(on, [row])
        assert held.log_e <= began + cap + 1_000


def test_one_bunch_of_half_an_hour_is_no_proof_but_its_like_for_hours_is() -> None:
    """A tenth of the requests fails for thirty minutes, where nobody has seen how errors bunch."""
    on, proof = stakes(POLICY, ERRORS), threshold(750_000)
    bunch: list[Row] = [((at // 30, at // 60), 2, 20, (0, 1_980), NONE) for at in range(300)]
    assert Wagers.begin(on).fold(on, bunch[:30]).most < proof
    assert Wagers.begin(on).fold(on, bunch[15:45]).most < proof
    assert Wagers.begin(on).fold(on, bunch[:60]).most < proof
    assert Wagers.begin(on).fold(on, bunch).most > proof


def test_a_total_failure_waits_for_no_window() -> None:
    """It is gross: three buckets in which all requests fail are proof, though no window may say so much."""
    on, proof = stakes(POLICY, ERRORS), threshold(750_000)
    failing = Wagers.begin(on).fold(on, [((0, 0), 10, 10, (1, 990), NONE)] * 3)
    assert failing.peak < proof <= failing.gross == failing.most


def test_an_incident_of_both_arms_lends_its_grossness_to_nothing_later() -> None:
    """Half of all requests fail in both arms; a later bunch of the new version alone is no hard failure."""
    on, proof = stakes(POLICY, ERRORS), threshold(750_000)
    shared: list[Row] = [((0, 0), 10, 20, (990, 1_980), NONE)] * 20
    quiet: list[Row] = [((1 + at // 30, (30 + at) // 60), 0, 20, (1, 1_980), NONE) for at in range(90)]
    bunch: list[Row] = [((4, 2), 2, 20, (0, 1_980), NONE)] * 20
    held = Wagers.begin(on).fold(on, [*shared, *quiet, *bunch])
    assert log_sum(held.worse) > proof > held.most


def test_a_fresh_start_within_a_window_is_not_cut_to_what_the_window_began_with() -> None:
    """After a healthy time the old bets hold next to nothing; those that start now may win as much as others."""
    on = stakes(replace(POLICY, bunch_window=timedelta(minutes=45)), ERRORS)
    healthy: list[Row] = [(on.place(timedelta(minutes=at)), 0, 20, (20, 1_980), NONE) for at in range(600)]
    before = Wagers.begin(on).fold(on, healthy)
    place = on.place(timedelta(minutes=600))
    assert place == (before.place[0] + 1, before.place[1])
    after = before.fold(on, [(place, 2, 20, (0, 1_980), NONE)] * 10)
    assert after.log_e > on.log_fresh(20) + 2 * NANO


def test_a_third_of_failures_is_gross_once_it_is_proven_to_be_more_than_a_fifth() -> None:
    """Seven of twenty for ten minutes may be chance above a fifth; for half an hour they may not."""
    on, proof = stakes(POLICY, ERRORS), threshold(750_000)
    third: list[Row] = [((0, 0), 7, 20, (1, 1_980), NONE)] * 30
    short, long = (Wagers.begin(on).fold(on, third[:minutes]) for minutes in (10, 30))
    assert log_sum(short.worse) > proof > short.most
    assert long.most > proof


@pytest.mark.parametrize("bad", [1, 2, 50, 10_000])
def test_one_bucket_wins_no_more_than_the_cap(bad: int) -> None:
    """Three nats: a factor of twenty, whatever happened in it."""
    on = stakes(POLICY, ERRORS)
    before = Wagers.begin(on)
    after = before.fold(on, [((0, 0), bad, 10_000, (0, 990_000), TRUSTED)])
    assert all(new - old <= 3 * NANO for new, old in zip(after.worse, before.worse, strict=True))
    assert all(new - old <= 3 * NANO for new, old in zip(after.hard, before.hard, strict=True))


def test_bunches_within_buckets_leave_the_bets_on_bad_buckets_alone() -> None:
    """Where bunches end within their bucket, bad buckets come independently, and are judged at full speed."""
    on = stakes(POLICY, ERRORS)
    rows: list[Row] = [((0, 0), 1, 10, (1, 990), Known(8_000, 1_000))] * 10
    bunched = Wagers.begin(on).fold(on, rows)
    spread = Wagers.begin(on).fold(on, [(*row[:4], NONE) for row in rows])
    half = len(bunched.worse) // 2
    assert bunched.worse[half:] == spread.worse[half:]
    assert all(low < high for low, high in zip(bunched.worse[1:half], spread.worse[1:half], strict=True))


def test_rows_may_be_folded_one_by_one() -> None:
    """The state is sufficient: nothing but it is needed to go on."""
    on = stakes(POLICY, ERRORS)
    rows: list[Row] = [
        ((at // 3, at // 6), at % 4, 20, (at % 7, 1_980), Known(1_000 + 50 * at, seen=at)) for at in range(30)
    ]
    one_by_one = Wagers.begin(on)
    for row in rows:
        one_by_one = Wagers.from_data(one_by_one.as_data()).fold(on, [row])
    assert one_by_one == Wagers.begin(on).fold(on, rows)
