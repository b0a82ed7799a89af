"""What a metric source must do, what it is asked, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.metrics import MetricAnswer
from prr_pipeline.signals.by_name import SourceKind

GROUP = "prr_pipeline.metrics"
"""Entry-point group of metric sources out of tree. An entry is a callable ``(options, root) -> MetricSource``."""


@dataclass(frozen=True, slots=True)
class MetricQuestion:
    """One metric of one operation, in whole steps from ``since`` on, for one arm or two.

    ``treatment`` and ``control`` are the variants' labels; without a control arm nobody gets the old version.
    ``since`` lies on the grid of ``step``, which counts from 1970; ``step`` is whole seconds.
    """

    metric: str
    operation_id: str
    service: str
    treatment: str
    control: str | None
    since: datetime
    step: timedelta

    @property
    def variants(self) -> tuple[str, ...]:
        """The arms that are asked about, the treatment first."""
        return (self.treatment,) if self.control is None else (self.treatment, self.control)

    def unread(self, now: datetime, fault: str) -> MetricAnswer:
        """The answer of a source that has none: unknown, with its one sentence."""
        return MetricAnswer(self.metric, self.since, max(self.since, now), self.step, None, None, fault)


class MetricSource(Protocol):
    """Somewhere that the good and bad events of each variant can be read from."""

    name: str

    def read(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        """The buckets from ``question.since`` to the newest that is complete, oldest first.

        Never raises for a bad answer: anything but a whole answer about the very thing that was asked is one with a
        ``fault``, a sentence, and without arms. A bucket that nothing is known of is left out, never made zero.
        """
        ...


@runtime_checkable
class Reachable(Protocol):
    """A source that can be asked whether it answers at all, as `prr doctor` does. Others need not have it."""

    def reach(self, now: datetime) -> str:
        """What answers, in words, within a few seconds. ``now`` is real. Raises `PrrError` for no answer."""
        ...


_KIND = SourceKind(
    "metric source",
    GROUP,
    ("name", "read"),
    {
        "prometheus": "prr_pipeline.signals.metrics.prometheus:from_options",
        "recorded": "prr_pipeline.signals.metrics.recorded:from_options",
    },
)


def metric_source(name: str, options: Mapping[str, object], root: Path) -> MetricSource:
    """The source of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    source: MetricSource = _KIND.make(name, options, root)
    return source


def on_grid(at: datetime, step: timedelta) -> datetime:
    """The last instant of the step's grid that is not after ``at``."""
    return at - timedelta(seconds=at.timestamp() % step.total_seconds())
