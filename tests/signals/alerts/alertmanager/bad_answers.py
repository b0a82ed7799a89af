"""Bad answers of Alertmanager: lists that are broken around an alert that can be read, and silences of the service."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.contracts.alert_source import NOW
from tests.platforms.asking import CANARY
from tests.platforms.local_service import Reply, sent
from tests.signals.alerts.alertmanager.api import ALERTS, STATUS, Api, alert, status, text, watchdog

HTML = Reply(200, f"<html>{CANARY}</html>".encode(), content_type="text/html; charset=utf-8")
FOREIGN = ("Location", f"https://login.example.net/?token={CANARY}")


def whole(alerts: list[Any]) -> bytes:
    """The list as it would be sent."""
    return json.dumps(alerts).encode()


def body(change: Callable[[bytes], bytes], **changes: Any) -> Callable[[Api], None]:
    """The list with its bytes changed."""

    def apply(api: Api) -> None:
        api.answer_list(lambda asked: Reply(200, change(whole(api.alerts)), **changes))

    return apply


def beside(odd: object) -> Callable[[Api], None]:
    """One more element in the list."""
    return lambda api: api.alerts.append(odd)


def replaced(odd: dict[str, Any] | None) -> Callable[[Api], None]:
    """Another Watchdog than the sound one, or none."""

    def apply(api: Api) -> None:
        api.alerts[0:1] = [] if odd is None else [odd]

    return apply


def self_told(answer: object) -> Callable[[Api], None]:
    """Another answer about itself."""
    return lambda api: api.service.at(STATUS, answer if isinstance(answer, Reply) else sent(answer))


def odd(**changes: Any) -> Callable[[Api], None]:
    """An alert of somebody else's that is odd in these fields, beside the others."""
    labels = {"alertname": "Other", "severity": "info", "operation_id": "listGrants"}
    return beside({**alert("0dd", labels=labels), **changes})


def long_ago(seconds: int) -> str:
    """That long before `NOW`; negative is after it."""
    return text(NOW - timedelta(seconds=seconds))


BROKEN: dict[str, Callable[[Api], None]] = {
    "cut in mid-list": body(lambda data: data[:-1] + b', {"labels": {"a'),
    "broken off by the network": body(lambda data: data[:-1], promised=99_999),
    "more after the end": body(lambda data: data + b"[]"),
    "not UTF-8": body(lambda data: data[:-1] + b', "\xff"]'),
    "JSON that calls itself text": body(lambda data: data, content_type="text/plain"),
    "above the cap": body(lambda data: data[:-1] + b', "' + b"x" * 20_000 + b'"]'),
    "too deep": body(lambda data: data[:-1] + b", " + b"[" * 100_000 + b"]" * 100_000 + b"]"),
    "an element null": beside(None),
    "an element a list": beside([]),
    "an element NaN": beside(float("nan")),
    "a doubled key": body(lambda data: data[:-1] + b', {"labels": {}, "labels": {}}]'),
    "a doubled label": body(lambda data: data[:-1] + b', {"labels": {"a": "b", "a": "c"}, "fingerprint": "0dd"}]'),
    "no labels": odd(labels=None),
    "empty labels": odd(labels={}),
    "labels a list": odd(labels=["alertname"]),
    "a label a number": odd(labels={"severity": 1}),
    "no fingerprint": odd(fingerprint=None),
    "fingerprint empty": odd(fingerprint=""),
    "fingerprint a number": odd(fingerprint=7),
    "one fingerprint twice": lambda api: api.alerts.extend(
        [alert("f2", labels={"alertname": "A", "severity": "info"})] * 2
    ),
    "no startsAt": odd(startsAt=None),
    "startsAt zero": odd(startsAt="0001-01-01T00:00:00Z"),
    "startsAt impossible": odd(startsAt="2026-13-02T11:00:00Z"),
    "startsAt without zone": odd(startsAt="2026-03-02T11:00:00"),
    "startsAt a number": odd(startsAt=1_772_449_200),
    "startsAt in the future": odd(startsAt=long_ago(-60)),
    "endsAt unreadable": odd(endsAt="soon"),
    "endsAt past": odd(endsAt=long_ago(60)),
    "no status": odd(status=None),
    "a state unheard of": odd(status={"state": "muted"}),
    "a state that is a list": odd(status={"state": ["active"]}),
    "no Watchdog": replaced(None),
    "another alert's Watchdog": replaced(alert("f3", labels={"alertname": "watchdog", "severity": "none"})),
    "an old Watchdog": replaced(watchdog(updatedAt=long_ago(181))),
    "a Watchdog in the future": replaced(watchdog(updatedAt=long_ago(-60))),
    "a Watchdog without updatedAt": replaced(watchdog(updatedAt=None)),
    "a Watchdog that only just barks": replaced({**watchdog(), "startsAt": long_ago(60)}),
    "a Watchdog that cannot be read": replaced(watchdog(status=None)),
    "just started": self_told(status(NOW - timedelta(seconds=60))),
    "started in the future": self_told(status(NOW + timedelta(seconds=60))),
    "start not told": self_told({"cluster": {"status": "ready"}}),
    "start no instant": self_told({"uptime": "3 days"}),
    "nothing about itself": self_told(Reply(503)),
    "HTML about itself": self_told(HTML),
}
"""An alert in the list that can be read stays firing in all of these."""

SILENT: dict[str, Callable[[Api], None]] = {
    "401": lambda api: api.answer_list(sent({"message": CANARY}, status=401)),
    "403": lambda api: api.answer_list(sent({"message": CANARY}, status=403)),
    "404": lambda api: api.answer_list(sent({"message": CANARY}, status=404)),
    "400": lambda api: api.answer_list(sent(f"bad matcher format: {CANARY}", status=400)),
    "410": lambda api: api.answer_list(sent({"status": "deprecated"}, status=410)),
    "429": lambda api: api.answer_list(sent({}, ("Retry-After", "7200"), status=429)),
    "500": lambda api: api.answer_list(sent({"message": CANARY}, status=500)),
    "no content": lambda api: api.answer_list(Reply(204)),
    "redirect to a foreign host": lambda api: api.answer_list(Reply(302, b"", (FOREIGN,))),
    "redirect to itself without matchers": lambda api: api.answer_list(
        lambda asked: sent(api.alerts) if not asked.query else Reply(301, b"", (("Location", ALERTS),))
    ),
    "no answer in time": lambda api: api.answer_list(Reply(hangs=True)),
    "nothing": body(lambda data: b""),
    "HTML": lambda api: api.answer_list(HTML),
    "compressed": lambda api: api.answer_list(Reply(200, b"\x1f\x8b", (("Content-Encoding", "gzip"),))),
    "null": body(lambda data: b"null"),
    "an object": body(lambda data: b'{"status": "success", "data": []}'),
    "a text": body(lambda data: b'"no alerts"'),
    "a number": body(lambda data: b"0"),
    "a byte-order mark": body(lambda data: b"\xef\xbb\xbf" + data),
    "UTF-16": body(lambda data: data.decode().encode("utf-16")),
}
"""No alert can be read in any of these."""
