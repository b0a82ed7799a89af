"""Alerts of the demo: Alertmanager payloads with real start times, dropped into the inbox."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from prr_pipeline.signals.alerts.inbox import drop

_NOT_ENDED = "0001-01-01T00:00:00Z"
_STARTS: dict[tuple[str, str], str] = {}


def send(inbox: Path, name: str, severity: str, labels: Mapping[str, str]) -> str:
    """Fire an alert now; returns the file's name. Firing again after `resolve` is a new episode."""
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    _STARTS[(str(inbox), _fingerprint(name, severity, labels))] = started
    return drop(inbox, payload(name, severity, labels, started, None)).name


def resolve(inbox: Path, name: str, severity: str, labels: Mapping[str, str]) -> str:
    """End the alert that `send` fired with the same arguments; returns the file's name."""
    started = _STARTS[(str(inbox), _fingerprint(name, severity, labels))]
    ended = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return drop(inbox, payload(name, severity, labels, started, ended)).name


def payload(name: str, severity: str, labels: Mapping[str, str], started: str, ended: str | None) -> bytes:
    """One Alertmanager v4 webhook message with one alert."""
    every = {"alertname": name, "severity": severity, **labels}
    status = "firing" if ended is None else "resolved"
    alert = {
        "status": status,
        "labels": every,
        "annotations": {"summary": f"{name} on {labels.get('operation_id', 'the service')}"},
        "startsAt": started,
        "endsAt": ended or _NOT_ENDED,
        "generatorURL": "",
        "fingerprint": _fingerprint(name, severity, labels),
    }
    message = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}"}}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "prr",
        "groupLabels": {"alertname": name},
        "commonLabels": every,
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": [alert],
    }
    return json.dumps(message, sort_keys=True).encode()


def _fingerprint(name: str, severity: str, labels: Mapping[str, str]) -> str:
    text = json.dumps([name, severity, sorted(labels.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
