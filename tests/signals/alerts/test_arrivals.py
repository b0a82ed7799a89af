"""The order of arrival decides between firing and resolved, whatever the order of reading."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from prr_pipeline.rollout.alerts import Episode, Severity
from prr_pipeline.signals.alerts.arrivals import merge

START = datetime(2026, 3, 2, 11, tzinfo=UTC)
FIRING = Episode("inbox", "f1", START, None, Severity.WARNING, (("alertname", "Slow"),), "slow")
END = replace(FIRING, ends_at=START + timedelta(minutes=1))
LATER = replace(FIRING, ends_at=START + timedelta(minutes=9))


def standing(told: Sequence[tuple[int, Episode]]) -> Episode:
    """What one episode's messages say, which must be the same in every order of reading."""
    found = {merge([(at, [one]) for at, one in order]) for order in permutations(told)}
    assert len(found) == 1
    [[episode]] = found
    return episode


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(1, FIRING)], FIRING),
        ([(1, END)], END),
        ([(1, FIRING), (2, END)], END),
        ([(1, FIRING), (2, FIRING), (3, END), (4, END)], END),
        ([(1, END), (2, FIRING)], FIRING),
        ([(1, FIRING), (2, END), (3, FIRING)], FIRING),
        ([(1, FIRING), (1, END)], FIRING),
        ([(1, FIRING), (2, END), (3, FIRING), (4, END)], FIRING),
        ([(1, FIRING), (2, END), (3, FIRING), (4, LATER)], LATER),
        ([(1, LATER), (2, FIRING), (3, END)], FIRING),
        ([(1, FIRING), (2, LATER), (3, END)], LATER),
    ],
    ids=[
        "firing",
        "resolved",
        "fired and resolved",
        "each twice",
        "fires after the end that was heard of first",
        "fires again with the same start",
        "a tie",
        "an end that comes once more ends nothing that fires since",
        "a later end ends what fires again",
        "a late message of an earlier end ends nothing that fires since",
        "a late message of an earlier end moves no end",
    ],
)
def test_what_arrived_last_stands(told: Sequence[tuple[int, Episode]], expected: Episode) -> None:
    """The latest end from its first arrival on, unless it fires then or later."""
    assert standing(told) == expected


def test_the_worst_of_what_counts_is_kept() -> None:
    """A severity that was told before the end does not come back with what fires again."""
    worse = replace(FIRING, severity=Severity.CRITICAL)
    assert standing([(1, FIRING), (2, worse)]) == worse
    assert standing([(1, worse), (2, END), (3, FIRING)]) == FIRING


@pytest.mark.parametrize("seed", range(50))
def test_no_message_before_the_last_end_fires_and_none_after_it_is_lost(seed: int) -> None:
    """Of a true story of firing, ends and fresh starts, told in order with copies at any later time, the last word
    stands or, where an old "firing" was delivered late, the alert fires: never clear while it fires."""
    rng = random.Random(seed)
    story = [
        (10 * n, FIRING if n % 2 == 0 else replace(FIRING, ends_at=START + timedelta(minutes=n))) for n in range(9)
    ]
    story = story[: rng.randint(1, 9)]
    told = story + [(at + rng.randrange(100), one) for at, one in rng.choices(story, k=6)]
    rng.shuffle(told)
    [now] = merge([(at, [one]) for at, one in told])
    last = story[-1]
    late = any(one.firing and at >= last[0] for at, one in told)
    assert now.firing is (last[1].firing or late)
    if not now.firing:
        assert now == last[1]


def test_episodes_are_apart_and_sorted() -> None:
    """Another fingerprint or start is another episode; they come by start."""
    other = replace(FIRING, fingerprint="f2")
    fresh = replace(FIRING, starts_at=START + timedelta(hours=1))
    assert merge([(1, [fresh, other, FIRING]), (2, [END])]) == (END, other, fresh)
    assert merge([]) == ()
