"""Metrics in a rehearsal: production's own rounds and gates over recorded rows, with what they keep in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from prr_pipeline.canonical import parse_instant
from prr_pipeline.control.metric_facts import MetricFacts, metric_facts
from prr_pipeline.control.metric_rounds import ask_metrics
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import Event
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings
from prr_pipeline.signals.metrics.recorded import Recorded
from prr_pipeline.signals.metrics.source import MetricSource

_STANDING = parse_instant("2000-01-01T00:00:00Z")
"""Real time stands still: no round ends for lack of it."""


class _Tables:
    """The ledger's mutable tables, as far as metrics use them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Mapping[str, Any]]] = {}

    def get(self, name: str, key: str) -> Mapping[str, Any] | None:
        return self._rows.get(name, {}).get(key)

    def all(self, name: str) -> dict[str, Mapping[str, Any]]:
        return dict(self._rows.get(name, {}))

    def put(self, name: str, key: str, value: Mapping[str, Any]) -> None:
        self.put_many(name, {key: value})

    def put_many(self, name: str, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows.setdefault(name, {}).update(values)

    def delete(self, name: str, key: str) -> None:
        self._rows.get(name, {}).pop(key, None)


@dataclass(frozen=True, slots=True)
class _Record:
    """A ledger with nothing but tables, in which nobody has signed anything."""

    counters: _Tables

    def events(self, **asked: object) -> list[Event]:
        """None."""
        return []


@dataclass(frozen=True)
class _InMemory(Workplace):
    """A workplace of which nothing is opened but the metric source."""

    tables: _Tables = field(default_factory=_Tables)

    @cached_property
    def ledger(self) -> Ledger:
        return cast(Ledger, _Record(self.tables))

    @cached_property
    def metrics(self) -> MetricSource:
        """The rows, of files that are whole: nobody appends to what is rehearsed."""
        return Recorded(Path(str(self.settings.metrics.options["path"])), whole=True)

    def real_now(self) -> datetime:
        return _STANDING


class Meter:
    """What the metrics say of the rehearsed promotion, asked in order of time."""

    def __init__(self, settings: Settings) -> None:
        self._work = _InMemory(settings)

    def read(self, state: PromotionState, now: datetime) -> MetricFacts:
        """One round, and what is judged by it."""
        ask_metrics(self._work, {state.key: state}, now)
        return metric_facts(self._work, state, now)
