"""What the definition of an alarm in code says: its metric, statistic and threshold."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Other, Record, Text

METRIC = ("metric", "metricName")
STATISTIC = ("statistic", "extendedStatistic", "stat")


def texts_at(definition: Found, keys: tuple[str, ...]) -> list[str]:
    """The texts that stand under one of the keys, in the definition or an object in it."""
    return [value.value for value in _values(definition.expression, keys, 4) if isinstance(value, Text) and value.value]


def number_at(definition: Found, keys: tuple[str, ...]) -> int | None:
    """The whole number under the first of the keys that is written as one; None if none is."""
    for key in keys:
        for value in _values(definition.expression, (key,), 4):
            if isinstance(value, Other) and value.source.strip().isdecimal():
                return int(value.source)
    return None


def _values(expression: Expression, keys: tuple[str, ...], depth: int) -> Iterator[Expression]:
    if depth == 0:
        return
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _values(argument, keys, depth - 1)
    for entry in expression.entries if isinstance(expression, Record) else ():
        if entry.key in keys:
            yield entry.value
        yield from _values(entry.value, keys, depth - 1)
