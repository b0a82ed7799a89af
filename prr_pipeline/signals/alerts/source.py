"""What an alert source must do, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Protocol

from prr_pipeline.errors import UnknownName
from prr_pipeline.plugins import made_by, plugin_named
from prr_pipeline.rollout.alerts import AlertReading

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


_BUILT_IN = (
    EntryPoint("inbox", "prr_pipeline.signals.alerts.inbox:from_options", GROUP),
    EntryPoint("alertmanager", "prr_pipeline.signals.alerts.alertmanager.source:from_options", GROUP),
)


def alert_source(name: str, options: Mapping[str, object], root: Path) -> AlertSource:
    """The source of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    ours = {entry.name: entry for entry in _BUILT_IN}
    if name not in ours:
        source: AlertSource = made_by(
            plugin_named(GROUP, "alert source", name, ours), (options, root), ("name", "read")
        )
        return source
    make: Callable[[Mapping[str, object], Path], AlertSource] = ours[name].load()
    return make(options, root)


def check_options(source: str, options: Mapping[str, object], valid: Collection[str]) -> None:
    """Raise `UnknownName` for the first option that ``source`` does not know."""
    for option in options:
        if option not in valid:
            raise UnknownName(f"option of the alert source {source}", option, valid)
