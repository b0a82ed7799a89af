"""What proves that an answer of Alertmanager is the whole truth of now: Watchdogs, and a start that is long past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.alerts import FUTURE_TOLERANCE
from prr_pipeline.signals.alerts.alertmanager.listed import Listed

Labels = Mapping[str, str]


@dataclass(slots=True)
class Life:
    """Looks for the Watchdogs in each answer, and remembers when each was last heard of in an earlier one.

    ``limit``: how long ago that may be. ``settling``: how long after a start, of Alertmanager or of a Watchdog, alerts
    may still be on their way.
    """

    watchdogs: Sequence[Labels]
    limit: timedelta
    settling: timedelta
    _heard: dict[int, datetime] = field(default_factory=dict)

    def is_watchdog(self, alert: Listed) -> bool:
        """Whether it is a sign of life, so nothing that is wrong."""
        return any(alert.bears(labels) for labels in self.watchdogs)

    def doubts(self, alerts: Sequence[Listed], now: datetime) -> list[str]:
        """A sentence for each Watchdog that does not prove that its Prometheus is heard."""
        return [doubt for number in range(len(self.watchdogs)) for doubt in self._doubt(number, alerts, now)]

    def start_doubts(self, started_at: datetime, now: datetime) -> list[str]:
        """Why the start of Alertmanager leaves a doubt; empty if it is long past."""
        if started_at > now + FUTURE_TOLERANCE:
            return [f"Alertmanager was started in the future ({_text(started_at)}): a clock is wrong."]
        if now - started_at < self.settling:
            return [f"Alertmanager was started at {_text(started_at)}, {self._on_their_way()}"]
        return []

    def _doubt(self, number: int, alerts: Sequence[Listed], now: datetime) -> list[str]:
        labels = self.watchdogs[number]
        title = "The Watchdog (" + ", ".join(f"{name}={value}" for name, value in sorted(labels.items())) + ")"
        mine = [alert for alert in alerts if alert.bears(labels)]
        if not mine:
            return [f"{title} is not among the alerts, so nothing proves that Prometheus is heard."]
        heard = max((alert.heard_at for alert in mine if alert.heard_at is not None), default=None)
        if heard is None:
            return [f"{title} has no readable updatedAt."]
        before, self._heard[number] = self._heard.get(number), max(heard, self._heard.get(number, heard))
        if heard > now + FUTURE_TOLERANCE:
            return [f"{title} was heard in the future ({_text(heard)}): a clock is wrong."]
        if now - heard > self.limit:
            return [f"{title} was last heard at {_text(heard)}, more than {_seconds(self.limit)} s ago."]
        if before is not None and heard < before - FUTURE_TOLERANCE:
            return [f"{title} was last heard at {_text(heard)}, which is older than an answer before: it is a copy."]
        since = min(alert.episode.starts_at for alert in mine)
        if now - since < self.settling:
            return [f"{title} barks only since {_text(since)}, {self._on_their_way()}"]
        return []

    def _on_their_way(self) -> str:
        return f"less than {_seconds(self.settling)} s ago: alerts may still be on their way to it."


def _text(at: datetime) -> str:
    return instant_text(at)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
