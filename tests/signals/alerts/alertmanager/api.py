"""Alertmanager's API as a local service plays it: a list to vary, a start, and what is odd about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prr_pipeline.rollout.alerts import answer_for
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.signals.alerts.alertmanager.options import options_from
from prr_pipeline.signals.alerts.alertmanager.source import Alertmanager
from prr_pipeline.subjects import Subject
from tests.contracts.alert_source import NOW, STARTED
from tests.platforms.asking import CANARY, FakePace
from tests.platforms.local_service import Asked, LocalService, Reply, sent

ALERTS, STATUS = "/api/v2/alerts", "/api/v2/status"
VARIABLE = "PRR_ALERTMANAGER_TOKEN"


def text(at: datetime) -> str:
    """An instant as Alertmanager writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alert(fingerprint: str = "a1b2c3d4e5f60718", **changes: Any) -> dict[str, Any]:
    """A critical alert of createGrant that fires, as version 0.25 lists it."""
    return {
        "annotations": {"summary": "too many errors"},
        "endsAt": text(NOW + timedelta(minutes=4)),
        "fingerprint": fingerprint,
        "receivers": [{"name": "controller"}],
        "startsAt": text(STARTED),
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": text(NOW - timedelta(seconds=20)),
        "generatorURL": "http://prometheus.example/graph",
        "labels": {"alertname": "HighErrors", "severity": "critical", "operation_id": "createGrant"},
        **changes,
    }


def watchdog(**changes: Any) -> dict[str, Any]:
    """The alert that always fires."""
    labels = {"alertname": "Watchdog", "severity": "none"}
    started = text(NOW - timedelta(days=3))
    return alert("00000000000000dd", labels=labels, startsAt=started, **changes)


def suppressed(by: str) -> dict[str, Any]:
    """The status of an alert that a silence or another alert suppresses; ``by`` is the key of its ids."""
    return {"inhibitedBy": [], "silencedBy": [], "state": "suppressed", by: ["6f1a"]}


def status(started_at: datetime = NOW - timedelta(days=1)) -> dict[str, Any]:
    """The answer about itself."""
    return {"uptime": text(started_at), "cluster": {"status": "disabled"}, "versionInfo": {"version": "0.25.0"}}


@dataclass
class Api:
    """A service whose list is ``alerts``, and a source that reads it."""

    service: LocalService
    alerts: list[Any] = field(default_factory=list)
    status: Any = field(default_factory=status)
    pace: FakePace = field(default_factory=FakePace)

    def __post_init__(self) -> None:
        self.service.routes[ALERTS] = lambda asked: sent(self.alerts)
        self.service.routes[STATUS] = lambda asked: sent(self.status)

    def answer_list(self, answer: Callable[[Asked], Reply] | Reply) -> None:
        """Answer this instead of the list."""
        self.service.routes[ALERTS] = answer if callable(answer) else lambda asked: answer

    def source(self, **options: object) -> Alertmanager:
        """A source with these options, and short limits in all else."""
        read = options_from({"url": self.service.url, "token_variable": VARIABLE, "attempts": 2, **options}, Path("/"))
        limits = replace(read.service.limits, read_s=0.15)
        read = replace(read, service=replace(read.service, limits=limits))
        return Alertmanager(read, self.pace, {VARIABLE: CANARY})


def value_of(source: Alertmanager, now: datetime = NOW) -> str:
    """What the source says of createGrant."""
    reading = source.read(now)
    subject = Subject.parse("createGrant")
    return answer_for([reading], subject, "grants", KnownNames(), now=now, max_age=timedelta(minutes=1)).value
