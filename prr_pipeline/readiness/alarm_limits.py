"""Alarms that are declared so that they never fire in practice: thresholds and periods beyond all sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.readiness.alarm_facts import METRIC, amounts_at, texts_at
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.repository.typescript.code import Found

_THRESHOLD = ("threshold",)
_PERIODS = ("evaluationPeriods", "datapointsToAlarm")
_BELOW = "LessThan"


def senseless_alarms(
    alarms: Sequence[tuple[str, Found]],
    families: Mapping[str, Sequence[str]],
    limits: Mapping[str, int],
    periods: int | None,
) -> Iterator[tuple[str, Found]]:
    """What is wrong with alarms of the families, and their definitions.

    ``limits``: family to the highest threshold that still warns of anything. ``periods``: most in a row.
    """
    for name, definition in alarms:
        family = next((each for each, words in families.items() if _is_of(name, definition, words)), None)
        is_below = any(each.startswith(_BELOW) for each in texts_at(definition, ("comparisonOperator",)))
        limit = limits.get(family) if family is not None and not is_below else None
        for amount in amounts_at(definition, _THRESHOLD):
            if limit is not None and not 0 <= amount <= limit:
                yield f"the alarm {name} fires at {amount:g} only, which is not between 0 and {limit}", definition
        for amount in amounts_at(definition, _PERIODS):
            if family is not None and periods is not None and amount > periods:
                yield f"the alarm {name} fires after {amount:g} periods only, more than {periods}", definition


def _is_of(name: str, definition: Found, words: Sequence[str]) -> bool:
    return any(speaks_of(text, words) for text in (name, *texts_at(definition, METRIC)))
