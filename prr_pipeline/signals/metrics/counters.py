"""From the counters of processes to the events of each bucket: restarts, newcomers and gaps are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.metrics import Bucket

SeriesKey = frozenset[tuple[str, str]]
"""The labels of a series without its metric's name: those of one process."""
Samples = Mapping[SeriesKey, Mapping[int, int]]
"""What each series counted up to each border, which is in whole seconds since 1970."""
RESTART_BELOW = 1000
"""A counter that shrinks to less than this, or to less than half, began again; else it is no counter of one process.
One that comes up beside others with more than this may have been away, with all that it counted before."""


class BadAnswer(PrrError):
    """An answer that came whole and still says nothing."""


@dataclass(frozen=True, slots=True)
class _Count:
    bad: int
    total: int


def buckets_between(bad: Samples, total: Samples, borders: Sequence[int], since: int) -> tuple[Bucket, ...]:
    """The buckets from ``since`` on; borders before it only tell what had been counted by then.

    A series that shrinks began again at zero, and so did one that comes up beside others with a small count; one that
    comes up alone, or with a large count, may have counted long before, so its first step is left out. A bucket of
    which nothing else is known is left out too, like each without any sample at its end. Raises `BadAnswer`.
    """
    _require_pairs(bad, total)
    rows = {key: _paired(bad[key], total[key]) for key in total}
    alive = {border for row in rows.values() for border in row}
    sums: dict[int, _Count] = {}
    for row in rows.values():
        for border, grown in _growth(row, borders, alive):
            before = sums.get(border, _Count(0, 0))
            sums[border] = _Count(before.bad + grown.bad, before.total + grown.total)
    found = ((start, sums[end]) for start, end in pairwise(borders) if start >= since and end in sums)
    return tuple(_bucket(start, count) for start, count in found)


def _require_pairs(bad: Samples, total: Samples) -> None:
    if set(bad) != set(total):
        lacking = len(set(total) - set(bad)), len(set(bad) - set(total))
        raise BadAnswer(
            f"{lacking[0]} series have a total without bad events and {lacking[1]} the other way round, so failures "
            "may go uncounted; let both queries give the same series, a zero where nothing failed"
        )


def _paired(bad: Mapping[int, int], total: Mapping[int, int]) -> dict[int, _Count]:
    if bad.keys() != total.keys():
        raise BadAnswer("a series has a total at times without bad events; let both queries give the same samples")
    return {border: _Count(bad[border], total[border]) for border in total}


def _growth(row: Mapping[int, _Count], borders: Sequence[int], alive: set[int]) -> Iterator[tuple[int, _Count]]:
    """What one series counted, by the border at which it was seen."""
    last: _Count | None = None
    before: int | None = None
    for border in borders:
        newcomer = last is None and before in alive
        before = border
        count = row.get(border)
        if count is None:
            continue
        if newcomer and count.total <= RESTART_BELOW:
            last = _Count(0, 0)
        if last is not None:
            yield border, _grown(last, count)
        last = count


def _grown(last: _Count, count: _Count) -> _Count:
    """The bad events and all: when either shrank, the process that counts both began again."""
    if count.total >= last.total and count.bad >= last.bad:
        return _Count(count.bad - last.bad, count.total - last.total)
    if count.total >= RESTART_BELOW and 2 * count.total > last.total:
        raise BadAnswer(
            f"a counter shrank from {last.total} to {count.total}, which no restart does; ask for the counters of "
            "single processes, not for their sum"
        )
    return count


def _bucket(start: int, count: _Count) -> Bucket:
    if count.bad > count.total:
        raise BadAnswer(f"{count.bad} of {count.total} events were bad, more than all; correct the queries")
    return Bucket(datetime.fromtimestamp(start, UTC), count.bad, count.total)
