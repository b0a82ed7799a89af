"""What the definition of an alarm in code says: its metric, statistic and threshold, and whether it acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, List, Name, Other, Record, Text

METRIC = ("metric", "metricName")
STATISTIC = ("statistic", "extendedStatistic", "stat")
_ACTIONS = ("actionsEnabled", "enabled")


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


def amounts_at(definition: Found, keys: tuple[str, ...]) -> Iterator[float]:
    """Every number that is written under one of the keys; ``Infinity`` is one."""
    for value in _values(definition.expression, keys, 4):
        written = value.source.strip() if isinstance(value, Other) else value.name if isinstance(value, Name) else ""
        with suppress(ValueError):
            yield float(written.replace("_", "").replace("Number.POSITIVE_INFINITY", "inf"))


def acts(sources: Sources, definition: Found) -> bool | None:
    """Whether an alarm does anything when it fires: unless its actions are off; None if only running it could tell."""
    told = [_said(sources, definition, each) for each in _values(definition.expression, _ACTIONS, 4)]
    if any(each == "false" for each in told):
        return False
    return True if all(each == "true" for each in told) else None


def silent_in(sources: Sources, given: Found) -> Iterator[Found]:
    """The alarms whose actions are off, of those that an object by key or a list holds."""
    value = given.expression
    items = value.items if isinstance(value, List) else [entry.value for entry in getattr(value, "entries", ())]
    for item in items:
        found = sources.code().follow(given.path, item, given.at)
        alarm = found if isinstance(found, Found) else Found(given.path, item, given.at)
        if acts(sources, alarm) is False:
            yield alarm


def _said(sources: Sources, definition: Found, value: Expression) -> str:
    found = sources.code().follow(definition.path, value, definition.at)
    inner = found.expression if isinstance(found, Found) else value
    return inner.source.strip() if isinstance(inner, Other) else ""


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
