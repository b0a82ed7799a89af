"""Read one Alertmanager webhook message (version 4), strictly and within limits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import Episode, severity_of
from prr_pipeline.signals.alerts.fields import Fault, fingerprint_in, instant, refuse, start_in, summary_of, texts

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_ALERTS = 1_000

_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


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
    except Fault as fault:
        raise Unreadable(f"The alert message cannot be read: {fault}.") from None


def _payload(data: bytes, source: str) -> Payload:
    message = _load(data)
    if message.get("version") != "4":
        refuse(f"its version is {str(message.get('version'))[:20]!r}, not '4'")
    alerts = message.get("alerts")
    if not isinstance(alerts, list) or not alerts:
        refuse("it has no list of alerts")
    if len(alerts) > MAX_ALERTS:
        refuse(f"it holds {len(alerts)} alerts, more than {MAX_ALERTS}")
    cut = message.get("truncatedAlerts", 0)
    if isinstance(cut, bool) or not isinstance(cut, int) or cut < 0:
        refuse("its truncatedAlerts is not a count")
    episodes: list[Episode] = []
    faults: list[str] = []
    for number, alert in enumerate(alerts, start=1):
        try:
            episodes.append(_episode(alert, source))
        except Fault as fault:
            faults.append(f"alert {number}: {fault}")
    if not episodes:
        refuse(faults[0])
    return Payload(tuple(episodes), cut > 0, tuple(faults))


def _load(data: bytes) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        refuse(f"it has {len(data)} bytes, more than {MAX_BYTES}")
    if _depth(data) > MAX_DEPTH:
        refuse(f"it is nested deeper than {MAX_DEPTH}")
    try:
        text = data.decode("utf-8")
        message = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(message, ensure_ascii=False).encode("utf-8")  # half a surrogate pair breaks every later sink
    except Fault:
        raise
    except (ValueError, RecursionError):
        refuse("it is not JSON")
    if not isinstance(message, dict):
        refuse("it is not a JSON object")
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
        refuse("it has a duplicate key")
    return found


def _constant(word: str) -> NoReturn:
    refuse(f"it holds {word}")


def _episode(alert: object, source: str) -> Episode:
    if not isinstance(alert, dict):
        refuse("is not an object")
    status = alert.get("status")
    if status not in ("firing", "resolved"):
        refuse(f"has the unknown status {str(status)[:20]!r}")
    fingerprint, starts_at = fingerprint_in(alert), start_in(alert)
    labels = texts(alert.get("labels"), "labels")
    notes = texts(alert.get("annotations", {}), "annotations")
    return Episode(
        source=source,
        fingerprint=fingerprint,
        starts_at=starts_at,
        ends_at=_end(alert, starts_at) if status == "resolved" else None,
        severity=severity_of(labels.get("severity")),
        labels=tuple(sorted(labels.items())),
        summary=summary_of(labels, notes),
    )


def _end(alert: Mapping[str, object], starts_at: datetime) -> datetime:
    ends_at = instant(alert.get("endsAt"), "endsAt")
    if ends_at is None:
        refuse("is resolved without an endsAt")
    if ends_at < starts_at:
        refuse("ends before it starts")
    return ends_at
