"""Read one Alertmanager webhook message (version 4), strictly and within limits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import Episode, cut_to_ms, severity_of

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_ALERTS = 1_000
MAX_SUMMARY = 500

_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9A-Za-z_-]{1,128}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Payload:
    """What one message says. ``faults`` name the alerts in it that could not be read: the others still count."""

    episodes: tuple[Episode, ...]
    truncated: bool = False
    faults: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the message is not the whole truth; empty if it is."""
        return self.faults + (("it was truncated by the sender",) if self.truncated else ())


def parse_payload(data: bytes, source: str) -> Payload:
    """Read a message as sent by Alertmanager. Each alert's own status counts, not the group's.

    Raises `Unreadable` when the message as a whole, or every alert in it, cannot be read.
    """
    try:
        return _payload(data, source)
    except _Fault as fault:
        raise Unreadable(f"The alert message cannot be read: {fault}.") from None


class _Fault(Exception):
    """What is wrong with the message or with one alert, as the end of a sentence."""


def _payload(data: bytes, source: str) -> Payload:
    message = _load(data)
    if message.get("version") != "4":
        _refuse(f"its version is {str(message.get('version'))[:20]!r}, not '4'")
    alerts = message.get("alerts")
    if not isinstance(alerts, list) or not alerts:
        _refuse("it has no list of alerts")
    if len(alerts) > MAX_ALERTS:
        _refuse(f"it holds {len(alerts)} alerts, more than {MAX_ALERTS}")
    cut = message.get("truncatedAlerts", 0)
    if isinstance(cut, bool) or not isinstance(cut, int) or cut < 0:
        _refuse("its truncatedAlerts is not a count")
    episodes: list[Episode] = []
    faults: list[str] = []
    for number, alert in enumerate(alerts, start=1):
        try:
            episodes.append(_episode(alert, source))
        except _Fault as fault:
            faults.append(f"alert {number}: {fault}")
    if not episodes:
        _refuse(faults[0])
    return Payload(tuple(episodes), cut > 0, tuple(faults))


def _load(data: bytes) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        _refuse(f"it has {len(data)} bytes, more than {MAX_BYTES}")
    if _depth(data) > MAX_DEPTH:
        _refuse(f"it is nested deeper than {MAX_DEPTH}")
    try:
        text = data.decode("utf-8")
        message = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(message, ensure_ascii=False).encode("utf-8")  # half a surrogate pair breaks every later sink
    except _Fault:
        raise
    except (ValueError, RecursionError):
        _refuse("it is not JSON")
    if not isinstance(message, dict):
        _refuse("it is not a JSON object")
    return message


def _depth(data: bytes) -> int:
    """Nesting of brackets outside of texts: counted before the parser sees them."""
    deepest = level = 0
    for byte in _TEXTS.sub(b"", data):
        if byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("it has a duplicate key")
    return found


def _constant(word: str) -> NoReturn:
    _refuse(f"it holds {word}")


def _episode(alert: object, source: str) -> Episode:
    if not isinstance(alert, dict):
        _refuse("is not an object")
    status = alert.get("status")
    if status not in ("firing", "resolved"):
        _refuse(f"has the unknown status {str(status)[:20]!r}")
    fingerprint = alert.get("fingerprint")
    if not isinstance(fingerprint, str) or not _FINGERPRINT.match(fingerprint):
        _refuse("has no fingerprint")
    starts_at = _instant(alert.get("startsAt"), "startsAt")
    if starts_at is None:
        _refuse("has no startsAt")
    labels = _texts(alert.get("labels"), "labels")
    notes = _texts(alert.get("annotations", {}), "annotations")
    summary = notes.get("summary") or notes.get("description") or labels.get("alertname", "")
    return Episode(
        source=source,
        fingerprint=fingerprint,
        starts_at=starts_at,
        ends_at=_end(alert, starts_at) if status == "resolved" else None,
        severity=severity_of(labels.get("severity")),
        labels=tuple(sorted(labels.items())),
        summary=summary[:MAX_SUMMARY],
    )


def _end(alert: Mapping[str, object], starts_at: datetime) -> datetime:
    ends_at = _instant(alert.get("endsAt"), "endsAt")
    if ends_at is None:
        _refuse("is resolved without an endsAt")
    if ends_at < starts_at:
        _refuse("ends before it starts")
    return ends_at


def _instant(value: object, name: str) -> datetime | None:
    """The instant, cut to milliseconds; None for Go's zero time, which stands for "not yet"."""
    found = _INSTANT.match(value) if isinstance(value, str) else None
    if found is None:
        _refuse(f"has no readable {name}")
    whole, part, zone = found.groups()
    if whole.startswith("0001-"):
        return None
    try:
        at = datetime.fromisoformat(f"{whole}.{(part or '0')[:6].ljust(6, '0')}{zone}")
        return cut_to_ms(at.astimezone(UTC))
    except (ValueError, OverflowError):
        _refuse(f"has no readable {name}")


def _texts(value: object, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        _refuse(f"has {name} that are not texts")
    return value


def _refuse(what: str) -> NoReturn:
    raise _Fault(what)
