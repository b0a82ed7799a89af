"""Counters at borders become buckets: what began again, what came up, what was away, and what cannot be."""

from __future__ import annotations

import pytest

from prr_pipeline.signals.metrics.counters import BadAnswer, Samples, SeriesKey, buckets_between

BORDERS = range(0, 241, 60)


def key(name: str = "a") -> SeriesKey:
    """One process."""
    return frozenset({("instance", name)})


def counted(bad: Samples, total: Samples, since: int = 60) -> list[tuple[int, int, int]]:
    """Start, bad and total of each bucket."""
    found = buckets_between(bad, total, BORDERS, since)
    return [(int(one.start.timestamp()), one.bad, one.total) for one in found]


def series(*counts: int | None) -> dict[int, int]:
    """A counter by border; None: no sample."""
    return {border: count for border, count in zip(BORDERS, counts, strict=False) if count is not None}


def test_a_bucket_holds_what_was_counted_between_its_borders() -> None:
    """Borders before the first bucket only tell where counting stood."""
    assert counted({key(): series(0, 1, 1, 4, 4)}, {key(): series(90, 100, 110, 130, 130)}) == [
        (60, 0, 10), (120, 3, 20), (180, 0, 0),
    ]  # fmt: skip


def test_processes_are_added_up() -> None:
    """Each with its own start."""
    bad = {key("a"): series(0, 0, 1, 1, 1), key("b"): series(5, 5, 5, 7, 7)}
    total = {key("a"): series(0, 9, 20, 30, 40), key("b"): series(50, 60, 70, 80, 90)}
    assert counted(bad, total) == [(60, 1, 21), (120, 2, 20), (180, 0, 20)]


def test_a_process_that_began_again_counts_from_zero() -> None:
    """Also where only one of its counters shrank: the other has caught up."""
    bad = {key(): series(3, 3, 2, 2, 2)}
    total = {key(): series(4, 4, 5, 6, 6)}
    assert counted(bad, total) == [(60, 2, 5), (120, 0, 1), (180, 0, 0)]


def test_a_process_that_comes_up_beside_others_counts_from_zero() -> None:
    """It was not there a step ago, when others were."""
    bad = {key("a"): series(0, 0, 0, 0, 0), key("b"): series(None, None, 4, 4, 4)}
    total = {key("a"): series(10, 20, 30, 40, 50), key("b"): series(None, None, 8, 9, 9)}
    assert counted(bad, total) == [(60, 4, 18), (120, 0, 11), (180, 0, 10)]


def test_what_comes_up_alone_may_have_counted_long_before() -> None:
    """Its first bucket is left out: nobody knows what of it is new."""
    assert counted({key(): series(None, None, 900, 901, 901)}, {key(): series(None, None, 9000, 9010, 9020)}) == [
        (120, 1, 10), (180, 0, 10),
    ]  # fmt: skip


@pytest.mark.parametrize(("total", "first"), [(1_000, [(60, 40, 1_010)]), (1_001, [(60, 0, 10)])])
def test_what_comes_up_with_a_large_count_may_have_been_away(total: int, first: list[tuple[int, int, int]]) -> None:
    """Its whole life is not counted as one step; from the next border on it counts beside the others."""
    bad = {key("a"): series(0, 0, 0, 0, 0), key("b"): series(None, None, 40, 41, 41)}
    totals = {key("a"): series(10, 20, 30, 40, 50), key("b"): series(None, None, total, total + 5, total + 5)}
    assert counted(bad, totals) == [*first, (120, 1, 15), (180, 0, 10)]


def test_what_was_away_is_known_again() -> None:
    """Nothing is counted twice after the gap, and nothing is lost."""
    assert counted({key(): series(0, 0, None, 2, 2)}, {key(): series(100, 110, None, 140, 150)}) == [
        (120, 2, 30), (180, 0, 10),
    ]  # fmt: skip


def test_a_counter_that_shrinks_a_little_is_the_sum_of_several() -> None:
    """A restart would begin near zero; to take it for one would count everything once more."""
    with pytest.raises(BadAnswer, match="shrank from 9000 to 8000"):
        counted({key(): series(0, 0, 0)}, {key(): series(8990, 9000, 8000)})


@pytest.mark.parametrize("total", [999, 4500])
def test_a_counter_that_shrinks_to_little_began_again(total: int) -> None:
    """To less than half, or to what a process may well count in a step."""
    assert counted({key(): series(0, 0, 0)}, {key(): series(0, 9001, total)})[0] == (60, 0, total)


def test_series_without_a_partner_are_told() -> None:
    """Otherwise a process whose failures are not counted would look healthy."""
    with pytest.raises(BadAnswer, match="1 series have a total without bad events and 0"):
        counted({key("a"): series(0, 0)}, {key("a"): series(0, 1), key("b"): series(0, 1)})
    with pytest.raises(BadAnswer, match="0 series have a total without bad events and 1"):
        counted({key("a"): series(0, 0), key("b"): series(0, 1)}, {key("a"): series(0, 1)})


def test_samples_without_a_partner_are_told() -> None:
    """A total without bad events at one border says nothing about that bucket."""
    with pytest.raises(BadAnswer, match="the same samples"):
        counted({key(): series(0, None, 0)}, {key(): series(0, 1, 2)})


def test_more_bad_events_than_events_are_told() -> None:
    """The queries count different things."""
    with pytest.raises(BadAnswer, match="2 of 1 events were bad"):
        counted({key(): series(0, 0, 2)}, {key(): series(0, 0, 1)})
