"""Alertmanager messages for the tests: a good one to vary, and a table of bad ones."""

from __future__ import annotations

import json
from typing import Any

from prr_pipeline.signals.alerts.payload import MAX_ALERTS, MAX_BYTES

STARTED = "2026-03-02T11:00:00.123456Z"


def alert(**changes: Any) -> dict[str, Any]:
    """A firing alert as Alertmanager 0.25 writes it."""
    return {
        "status": "firing",
        "labels": {"alertname": "HighErrors", "severity": "critical", "operation_id": "createGrant"},
        "annotations": {"summary": "too many errors"},
        "startsAt": STARTED,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": "a1b2c3d4e5f60718",
        **changes,
    }


def message(*alerts: Any, **changes: Any) -> bytes:
    """A whole message."""
    whole = {
        "version": "4",
        "groupKey": '{}:{alertname="HighErrors"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "controller",
        "alerts": list(alerts),
        **changes,
    }
    return json.dumps(whole).encode()


def nested(depth: int) -> bytes:
    """A message whose labels are nested that deep."""
    return b'{"version": "4", "alerts": ' + b"[" * depth + b"]" * depth + b"}"


BAD = {
    "nothing": b"",
    "white space": b" \n",
    "HTML": b"<html>503</html>",
    "cut": message(alert())[:-20],
    "more after the end": message(alert()) + b"{}",
    "not UTF-8": b'{"version": "\xff"}',
    "UTF-16": message(alert()).decode().encode("utf-16"),
    "byte-order mark": b"\xef\xbb\xbf" + message(alert()),
    "a list": b"[]",
    "null": b"null",
    "a number": b"4",
    "NaN": b'{"version": "4", "alerts": [], "x": NaN}',
    "duplicate key": b'{"version": "4", "version": "4", "alerts": []}',
    "duplicate key inside an alert": message(alert()).replace(
        b'"status": "firing", "labels"', b'"status": "firing", "status": "resolved", "labels"'
    ),
    "too large": message(alert(annotations={"summary": "x" * MAX_BYTES})),
    "too deep": nested(40),
    "far too deep": nested(100_000),
    "huge number": b'{"version": "4", "truncatedAlerts": ' + b"9" * 5_000 + b', "alerts": []}',
    "half a surrogate pair": message(alert()).replace(b"too many errors", b"\\ud800"),
    "no version": message(alert(), version=None),
    "version 5": message(alert(), version="5"),
    "version as a number": message(alert(), version=4),
    "no alerts": message(),
    "alerts null": message(alerts=None),
    "alerts an object": message(alerts={"0": alert()}),
    "too many alerts": message(alerts=[{}] * (MAX_ALERTS + 1)),
    "negative truncated count": message(alert(), truncatedAlerts=-1),
    "truncated count true": message(alert(), truncatedAlerts=True),
    "truncated count text": message(alert(), truncatedAlerts="0"),
    "an alert that is null": message(None),
    "unknown status": message(alert(status="Firing")),
    "status missing": message(alert(status=None)),
    "status a list": message(alert(status=["firing"])),
    "fingerprint missing": message(alert(fingerprint=None)),
    "fingerprint empty": message(alert(fingerprint="")),
    "fingerprint with a line break": message(alert(fingerprint="a\n")),
    "startsAt missing": message(alert(startsAt=None)),
    "startsAt zero": message(alert(startsAt="0001-01-01T00:00:00Z")),
    "startsAt without zone": message(alert(startsAt="2026-03-02T11:00:00")),
    "startsAt a number": message(alert(startsAt=1_772_449_200)),
    "startsAt impossible": message(alert(startsAt="2026-13-02T11:00:00Z")),
    "startsAt out of range": message(alert(startsAt="9999-12-31T23:59:59-23:59")),
    "resolved without an end": message(alert(status="resolved")),
    "resolved with a broken end": message(alert(status="resolved", endsAt="soon")),
    "ends before it starts": message(alert(status="resolved", endsAt="2026-03-02T10:00:00Z")),
    "labels missing": message(alert(labels=None)),
    "labels a list": message(alert(labels=[])),
    "label a number": message(alert(labels={"severity": 1})),
    "annotations a text": message(alert(annotations="x")),
}
