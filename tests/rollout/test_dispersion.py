"""Dispersion: independent errors count as they are, bunches as one, and neither drift nor an incident fools it."""

from __future__ import annotations

import json
from random import Random

import pytest

from prr_pipeline.rollout.dispersion import Dispersion

LATER = 12_000


def learned(counts: list[tuple[int, int]]) -> Dispersion:
    """What those (bad, total) buckets teach."""
    known = Dispersion()
    for bad, total in counts:
        known = known.add(bad, total)
    return known


def independent(random: Random, share: float, total: int) -> int:
    """Bad ones among ``total`` requests that fail one by one."""
    return sum(random.random() < share for _ in range(total))


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3])
def test_independent_errors_are_not_dispersed(share: float) -> None:
    """Whether there are few or many of them in a bucket, also while the traffic doubles and halves."""
    random = Random(5)
    counts = [(independent(random, share, total), total) for at in range(1_500) for total in (50 + 50 * (at % 2),)]
    assert learned(counts).bunching == (1_000, 1_000)


@pytest.mark.parametrize("size", [5, 20])
def test_bunches_within_a_bucket_show_their_size(size: int) -> None:
    """Each bunch of m errors makes the dispersion about m, and shows in one bucket."""
    random = Random(6)
    counts = [(size if random.random() < 0.05 else 0, 200) for _ in range(3_000)]
    requests, buckets = learned(counts).bunching
    assert 0.6 * size <= requests / 1_000 <= 1.7 * size
    assert buckets < 2_000


def test_bunches_over_many_buckets_show_on_the_long_scale() -> None:
    """One bad client, an error a minute for a quarter of an hour."""
    random, left, counts = Random(7), 0, []
    for _ in range(6_000):
        left = 15 if not left and random.random() < 0.01 else max(0, left - 1)
        counts.append((1 if left else 0, 200))
    requests, buckets = learned(counts).bunching
    assert requests > 5_000
    assert buckets > 3_000


def test_an_incident_is_no_law_of_how_errors_come() -> None:
    """Half an hour of fifty times the errors, once in three days, moves it little."""
    random = Random(8)
    counts = [(independent(random, 0.5 if 2_000 <= at < 2_030 else 0.01, 500), 500) for at in range(4_320)]
    assert learned(counts).bunching[0] < 4_000


def test_nothing_seen_is_no_dispersion() -> None:
    """Nor are buckets without requests."""
    assert Dispersion().bunching == (1_000, 1_000)
    assert learned([(0, 0)] * 100).bunching == (1_000, 1_000)


def test_the_old_is_forgotten() -> None:
    """A service that stopped bunching is believed after a while."""
    random = Random(9)
    bunched = [(20 if random.random() < 0.2 else 0, 200) for _ in range(2_000)]
    known = learned(bunched)
    for _ in range(LATER):
        known = known.add(independent(random, 0.1, 60), 60)
    assert known.bunching[0] < learned(bunched).bunching[0] / 4


def test_it_survives_its_canonical_form() -> None:
    """Integers only."""
    known = learned([(3, 50), (0, 10)] * 40)
    assert Dispersion.from_data(json.loads(json.dumps(known.as_data()))) == known
