"""What an alert source must do, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from prr_pipeline.rollout.alerts import AlertReading
from prr_pipeline.signals.by_name import SourceKind

GROUP = "prr_pipeline.alerts"
"""Entry-point group of alert sources out of tree. An entry is a callable ``(options, root) -> AlertSource``."""


class AlertSource(Protocol):
    """Somewhere that alerts can be read from."""

    name: str

    def read(self, now: datetime) -> AlertReading:
        """Everything the source says now. ``now`` (aware, real time) becomes the reading's ``read_at``.

        Never raises for a bad answer: what cannot be read makes the reading incomplete, with a sentence. An alert
        that can be read is in the reading, however broken the rest.
        """
        ...


_KIND = SourceKind(
    "alert source",
    GROUP,
    ("name", "read"),
    {
        "inbox": "prr_pipeline.signals.alerts.inbox:from_options",
        "alertmanager": "prr_pipeline.signals.alerts.alertmanager.source:from_options",
    },
)


def alert_source(name: str, options: Mapping[str, object], root: Path) -> AlertSource:
    """The source of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    source: AlertSource = _KIND.make(name, options, root)
    return source
