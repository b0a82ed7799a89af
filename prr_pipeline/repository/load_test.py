"""Results of load tests: k6's summary (both its forms) and Artillery's report, as metrics with numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

_BOUND = re.compile(r"\s*([a-z]+(?:\(\d{1,3}(?:\.\d{1,6})?\))?)\s*(<=|<)\s*(\d{1,15}(?:\.\d{1,9})?)\s*")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One condition that the run itself held a metric to, such as ``avg<=900``, and whether it was kept."""

    expression: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, or the part of it that has these tags. ``values`` by statistic: ``avg``, ``p(95)``, ``count``."""

    name: str
    tags: Mapping[str, str]
    values: Mapping[str, float]
    thresholds: tuple[Threshold, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LoadTest:
    """What one run measured. ``tool`` is ``k6`` or ``artillery``."""

    tool: str
    metrics: tuple[Metric, ...]


def upper_bound(expression: str, statistic: str) -> float | None:
    """The most that ``avg<=900`` allows for the statistic ``avg``; None if it bounds something else or nothing."""
    found = _BOUND.fullmatch(expression)
    return float(found[3]) if found and found[1] == statistic else None


def read_load_test(blob: Blob) -> LoadTest:
    """The metrics of a run. Raises `Unreadable` for anything but the two tools' reports, and for one without any."""
    document = load_json(blob)
    if isinstance(document, dict) and isinstance(document.get("metrics"), dict):
        found = LoadTest("k6", tuple(_k6(blob.path, document["metrics"])))
    elif isinstance(document, dict) and isinstance(document.get("aggregate"), dict):
        found = LoadTest("artillery", tuple(_artillery(blob.path, document["aggregate"])))
    else:
        raise Unreadable(f"{blob.path} is neither a summary of k6 nor a JSON report of Artillery.")
    if not found.metrics:
        raise Unreadable(f"{blob.path} holds no metric; a load test without numbers proves nothing.")
    return found


def _k6(path: str, metrics: Mapping[str, Any]) -> Iterator[Metric]:
    """``--summary-export`` writes the numbers beside the thresholds; the data of ``handleSummary`` below ``values``."""
    for key, row in metrics.items():
        if not isinstance(row, dict):
            raise Unreadable(f"{path} gives the metric {key[:80]!r} no numbers.")
        name, _, rest = key.partition("{")
        below = row.get("values")
        values = below if isinstance(below, dict) else row
        numbers = _numbers(path, key, values)
        yield Metric(name, _tags(rest.removesuffix("}")), numbers, tuple(_thresholds(path, key, row)))


def _tags(text: str) -> dict[str, str]:
    """``operation:createGrant,mode:live``."""
    parts = (part.partition(":") for part in text.split(",") if ":" in part)
    return {name.strip(): value.strip() for name, _, value in parts}


def _thresholds(path: str, key: str, row: Mapping[str, Any]) -> Iterator[Threshold]:
    """Expression -> ``{"ok": true}``; or, as ``--summary-export`` has it, true for one that was *crossed*."""
    held = row.get("thresholds")
    for expression, told in held.items() if isinstance(held, dict) else ():
        kept = told.get("ok") if isinstance(told, dict) else (not told if isinstance(told, bool) else None)
        if not isinstance(kept, bool):
            raise Unreadable(f"{path} does not say whether {key[:80]} kept the threshold {expression[:40]!r}.")
        yield Threshold(expression, kept)


def _artillery(path: str, aggregate: Mapping[str, Any]) -> Iterator[Metric]:
    for name, row in {**_rows(aggregate, "histograms"), **_rows(aggregate, "summaries")}.items():
        if not isinstance(row, dict):
            raise Unreadable(f"{path} gives the metric {name[:80]!r} no numbers.")
        numbers = _numbers(path, name, row)
        if "mean" in numbers:
            numbers["avg"] = numbers["mean"]
        yield Metric(name, {}, numbers)
    for name, value in _rows(aggregate, "counters").items():
        yield Metric(name, {}, _numbers(path, name, {"count": value}))


def _rows(aggregate: Mapping[str, Any], part: str) -> dict[str, Any]:
    rows = aggregate.get(part)
    return rows if isinstance(rows, dict) else {}


def _numbers(path: str, key: str, row: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if not math.isfinite(value):
            raise Unreadable(f"{path} gives {key[:80]} a {name} that is no number.")
        found[name] = float(value)
    return found
