"""Prometheus' HTTP API: an instant and a range, every series of them, as numbers that were asked for or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import TypeAdapter

from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.signals.metrics.counters import BadAnswer, SeriesKey
from prr_pipeline.signals.metrics.prometheus_options import TimedReader

PAGE_POINTS = 1_440
"""Points of one range query: a day of minutes. Prometheus refuses more than 11,000."""
_NAME = "__name__"
_LARGEST = 2**53
T = TypeVar("T")


class _Instant(Sent):
    metric: dict[str, str]
    value: tuple[float, str]


class _Range(Sent):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Vector(Sent):
    resultType: Literal["vector"]
    result: list[_Instant]


class _Matrix(Sent):
    resultType: Literal["matrix"]
    result: list[_Range]


class _InstantAnswer(Sent):
    status: Literal["success"]
    data: _Vector
    warnings: tuple[str, ...] = ()


class _RangeAnswer(Sent):
    status: Literal["success"]
    data: _Matrix
    warnings: tuple[str, ...] = ()


_INSTANT = TypeAdapter(_InstantAnswer)
_RANGE = TypeAdapter(_RangeAnswer)


def times_at(reader: TimedReader, query: str, at: datetime, name: str) -> dict[SeriesKey, float]:
    """The value of each series at an instant, where values are times in seconds since 1970.

    ``name`` is what sentences call the query. Raises `SourceSilent`, and `BadAnswer` for an empty or odd answer.
    """
    answer = reader.one("/api/v1/query", _INSTANT, {"query": query, "time": f"{at.timestamp():.3f}"})
    _require_unwarned(answer.warnings, name)
    found: dict[SeriesKey, float] = {}
    for series in answer.data.result:
        _add(found, series.metric, _number(series.value[1], name), name)
    return _some(found, name)


def counts_between(
    reader: TimedReader, query: str, borders: Sequence[int], step_s: int, name: str
) -> dict[SeriesKey, dict[int, int]]:
    """What each series counted up to each border; ``borders`` are whole seconds since 1970, a step apart.

    Asked page by page. Raises `SourceSilent`, and `BadAnswer` for an empty or odd answer.
    """
    found: dict[SeriesKey, dict[int, int]] = {}
    for first in range(0, len(borders), PAGE_POINTS):
        page = borders[first : first + PAGE_POINTS]
        window = {"start": str(page[0]), "end": str(page[-1]), "step": str(step_s)}
        answer = reader.one("/api/v1/query_range", _RANGE, {"query": query, **window})
        _require_unwarned(answer.warnings, name)
        of_page: dict[SeriesKey, dict[int, int]] = {}
        for series in answer.data.result:
            _add(of_page, series.metric, _counts(series.values, frozenset(page), name), name)
        for key, counts in of_page.items():
            found.setdefault(key, {}).update(counts)
    return _some(found, name)


def require_labels(keys: Iterable[SeriesKey], needed: str, wanted: Mapping[str, str], name: str) -> None:
    """Raise `BadAnswer` unless each series bears ``needed``, and whatever it bears of ``wanted`` is as it was asked."""
    for key in keys:
        labels = dict(key)
        if needed not in labels:
            raise BadAnswer(f"{name} gives a series without the label {needed}; keep that label in the query")
        other = next((label for label, value in wanted.items() if labels.get(label, value) != value), None)
        if other is not None:
            raise BadAnswer(f"{name} gives a series of another {other} than was asked; correct the query")


def _add(found: dict[SeriesKey, T], labels: Mapping[str, str], value: T, name: str) -> None:
    key = frozenset((label, text) for label, text in labels.items() if label != _NAME)
    if key in found:
        raise BadAnswer(f"{name} gives two series of equal labels; correct the query")
    found[key] = value


def _some(found: dict[SeriesKey, T], name: str) -> dict[SeriesKey, T]:
    if not found:
        raise BadAnswer(f"{name} gives no series, and nothing is not zero; correct the query, or let it be counted")
    return found


def _require_unwarned(warnings: Sequence[str], name: str) -> None:
    if warnings:
        raise BadAnswer(
            f"{name} came with {len(warnings)} warning(s), so part of it may be missing; look what they say"
        )


def _counts(values: Iterable[tuple[float, str]], asked: frozenset[int], name: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for at, text in values:
        if at not in asked or int(at) in counts:
            raise BadAnswer(f"{name} gives samples of times that were not asked; see that Prometheus itself answers")
        number = _number(text, name)
        if not number.is_integer() or not 0 <= number <= _LARGEST:
            raise BadAnswer(f"{name} gives what is no count; let it give counters, not rates or shares of them")
        counts[int(at)] = int(number)
    return counts


def _number(text: str, name: str) -> float:
    """Prometheus writes numbers as text, ``NaN`` and ``+Inf`` among them."""
    try:
        number = float(text)
    except ValueError:
        raise BadAnswer(f"{name} gives a value that is no number; see that Prometheus itself answers") from None
    if not math.isfinite(number):
        raise BadAnswer(f"{name} gives NaN or infinity, which says nothing; correct the query")
    return number
