"""One row of recorded metrics: of how many events of one arm how many were bad, in the step from an instant on."""

from __future__ import annotations

import csv
import json
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, NoReturn

from prr_pipeline.canonical import parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

COLUMNS = ("at", "operation_id", "variant", "metric", "bad", "total")
"""What each row holds; further columns are passed over."""
_LARGEST = 2**53
_LONGEST_LINE = 4096

Counts = tuple[int, int]
"""Bad events, and all."""
Whose = tuple[str, str, str]
"""Metric, operation and variant."""


@dataclass(frozen=True, slots=True)
class Row:
    """``start_s`` is when its step begins, in whole seconds since 1970."""

    whose: Whose
    start_s: int
    counts: Counts


class OddRow(PrrError):
    """A row that cannot be read. ``about`` is the metric and operation that it names, None if it does not tell."""

    def __init__(self, why: str, about: tuple[str, str] | None = None) -> None:
        self.about = about
        super().__init__(why)


@dataclass(slots=True)
class Arm:
    """The rows of one arm by their start; ``starts`` are sorted."""

    counts: dict[int, Counts] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take in a row; the same once more changes nothing. Raises `OddRow` for another count of the same step."""
        known = self.counts.get(row.start_s)
        if known is None:
            insort(self.starts, row.start_s)
            self.counts[row.start_s] = row.counts
        elif known != row.counts:
            said = f"{row.counts[0]} of {row.counts[1]}", f"{known[0]} of {known[1]}"
            raise OddRow(f"it says {said[0]} where a row before it says {said[1]}", row.whose[:2])

    def newest(self, last_s: int) -> int | None:
        """The newest start that is not after ``last_s``."""
        place = bisect_right(self.starts, last_s)
        return self.starts[place - 1] if place else None

    def within(self, first_s: int, end_s: int) -> Iterator[tuple[int, Counts]]:
        """The rows that start from ``first_s`` on and before ``end_s``, in order."""
        for start in self.starts[bisect_right(self.starts, first_s - 1) : bisect_right(self.starts, end_s - 1)]:
            yield start, self.counts[start]


def json_row(line: str) -> Row:
    """A line of a `.jsonl` file. Raises `OddRow`."""
    try:
        found = json.loads(_short(line), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise OddRow("it is no JSON object") from None
    if not isinstance(found, dict):
        raise OddRow("it is no JSON object")
    return _row(found, int)


def csv_rows(header: str) -> Callable[[str], Row]:
    """The reader of a `.csv` file's lines, by its first line. Raises `OddRow`, as the reader does."""
    names = _cells(header)
    lacking = [column for column in COLUMNS if names.count(column) != 1]
    if lacking:
        raise OddRow(f"its first line does not name the column {lacking[0]} once")

    def read(line: str) -> Row:
        cells = _cells(line)
        if len(cells) != len(names):
            raise OddRow(f"it has {len(cells)} cells, and the first line names {len(names)}")
        return _row(dict(zip(names, cells, strict=True)), str)

    return read


def _row(found: Mapping[str, Any], kind: type) -> Row:
    """The row, once each value is of its kind: counts come as ``kind``."""
    metric, operation, variant = (found.get(name) for name in ("metric", "operation_id", "variant"))
    if not (isinstance(metric, str) and isinstance(operation, str) and metric and operation):
        raise OddRow("it does not say which metric of which operation it counts")
    about = (metric, operation)
    if not isinstance(variant, str) or not variant:
        raise OddRow("it does not say which variant it counts", about)
    bad, total = (_count(found.get(name), name, kind, about) for name in ("bad", "total"))
    if bad > total:
        raise OddRow(f"it counts {bad} bad events of {total}", about)
    return Row((metric, operation, variant), _second(found.get("at"), about), (bad, total))


def _count(value: object, name: str, kind: type, about: tuple[str, str]) -> int:
    if kind is str and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise OddRow(f"its {name} is no count", about)
    return value


def _second(value: object, about: tuple[str, str]) -> int:
    try:
        seconds = parse_instant(value).timestamp() if isinstance(value, str) else 0.5
    except PrrError:
        seconds = 0.5
    if not seconds.is_integer():
        raise OddRow("its at is no instant in whole seconds, such as 2026-01-31T12:00:00Z", about)
    return int(seconds)


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([_short(line)], strict=True), [])
    except csv.Error:
        raise OddRow("it is no line of CSV") from None


def _short(line: str) -> str:
    if len(line) > _LONGEST_LINE:
        raise OddRow(f"it has {len(line)} characters, more than {_LONGEST_LINE}")
    return line


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found = list(pairs)
    if len({name for name, _ in found}) != len(found):
        raise ValueError("doubled key")
    return dict(found)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
