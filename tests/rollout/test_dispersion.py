"""Dispersion: independent errors count as they are, bunches as one, and neither drift nor an incident fools it."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.rollout.dispersion import Dispersion

LATER = 12_000


def taught(counts: list[tuple[int, int]], step_s: int = 60) -> Dispersion:
    """What those (bad, total) buckets teach."""
    return Dispersion().add(counts, step_s)[0]


def learned(counts: list[tuple[int, int]]) -> tuple[int, int]:
    """How many bad requests a bunch holds, and in how many buckets it shows, in thousandths."""
    return taught(counts).known[:2]


def independent(random: Random, share: float, total: int) -> int:
    """Bad ones among ``total`` requests that fail one by one."""
    return sum(random.random() < share for _ in range(total))


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3])
def test_independent_errors_are_not_dispersed(share: float) -> None:
    """Whether there are few or many of them in a bucket, also while the traffic doubles and halves."""
    random = Random(5)
    counts = [(independent(random, share, total), total) for at in range(1_500) for total in (50 + 50 * (at % 2),)]
    assert learned(counts) == (1_000, 1_000)


@pytest.mark.parametrize("size", [5, 20])
def test_bunches_within_a_bucket_show_their_size(size: int) -> None:
    """Each bunch of m errors makes the dispersion about m, and shows in one bucket."""
    random = Random(6)
    counts = [(size if random.random() < 0.05 else 0, 200) for _ in range(3_000)]
    requests, buckets = learned(counts)
    assert 0.6 * size <= requests / 1_000 <= 1.7 * size
    assert buckets < 2_000


def test_bunches_over_many_buckets_show_on_the_long_scale() -> None:
    """One bad client, an error a minute for a quarter of an hour."""
    random, left, counts = Random(7), 0, []
    for _ in range(6_000):
        left = 15 if not left and random.random() < 0.01 else max(0, left - 1)
        counts.append((1 if left else 0, 200))
    requests, buckets = learned(counts)
    assert requests > 5_000
    assert buckets > 3_000


def test_an_incident_is_no_law_of_how_errors_come() -> None:
    """Half an hour of fifty times the errors, once in three days, moves it little."""
    random = Random(8)
    counts = [(independent(random, 0.5 if 2_000 <= at < 2_030 else 0.01, 500), 500) for at in range(4_320)]
    assert learned(counts)[0] < 4_000


def test_nothing_seen_is_no_dispersion() -> None:
    """Nor are buckets without requests."""
    assert Dispersion().known[:2] == (1_000, 1_000)
    assert learned([(0, 0)] * 100) == (1_000, 1_000)


def test_the_old_is_forgotten() -> None:
    """A service that stopped bunching is believed after a while."""
    random = Random(9)
    bunched = [(20 if random.random() < 0.2 else 0, 200) for _ in range(2_000)]
    known, _ = taught(bunched).add([(independent(random, 0.1, 60), 60) for _ in range(LATER)], 60)
    assert known.known.requests < learned(bunched)[0] / 4


def test_it_survives_its_canonical_form() -> None:
    """Integers only."""
    known = taught([(3, 50), (0, 10)] * 40)
    assert Dispersion.from_data(json.loads(json.dumps(known.as_data()))) == known


@pytest.mark.parametrize("step_s", [10, 60, 600])
def test_a_long_bunch_shows_whatever_the_length_of_a_bucket(step_s: int) -> None:
    """Half an hour of an error every ten seconds: long scales are spans of time, not numbers of buckets."""
    random, left, each = Random(11), 0, step_s // 10
    tens = []
    for _ in range(30 * 8_640 // 10):
        left = 180 if not left and random.random() < 0.001 else max(0, left - 1)
        tens.append(1 if left else 0)
    counts = [(sum(tens[at : at + each]), 20 * each) for at in range(0, len(tens), each)]
    assert taught(counts, step_s).known.requests > 20_000


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(5, 50)), max_size=90), st.integers(0, 90))
def test_it_does_not_matter_how_the_buckets_are_dealt_out(counts: list[tuple[int, int]], cut: int) -> None:
    """All at once or in two parts; and each bucket is judged by what came before it alone."""
    whole, before = Dispersion().add(counts, 60)
    first, early = Dispersion().add(counts[:cut], 60)
    second, late = first.add(counts[cut:], 60)
    assert second == whole
    assert early + late == before
    assert before == [taught(counts[:at]).known for at in range(len(counts))]


def test_what_chance_may_hide_is_less_the_more_was_seen() -> None:
    """Of a few errors nobody can tell how they bunch; of many that do not bunch it is plain."""
    random = Random(12)
    counts = [(independent(random, 0.02, 100), 100) for _ in range(6_000)]
    bounds = [taught(counts[:some]).known for some in (0, 100, 1_000, 6_000)]
    assert [one.at_most for one in bounds] == sorted((one.at_most for one in bounds), reverse=True)
    assert bounds[0] == (1_000, 1_000, 2_000, 0)
    assert bounds[-1].at_most < 1_500
    assert bounds[-1].seen == sum(bad for bad, _ in counts)
