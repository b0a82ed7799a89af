"""The fields that every form of an alert has, read strictly: fingerprint, instants, labels and the summary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn

from prr_pipeline.rollout.alerts import cut_to_ms

MAX_SUMMARY = 500

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9A-Za-z_-]{1,128}\Z", re.ASCII)


class Fault(Exception):
    """What is wrong with a message or with one alert, as the end of a sentence."""


def fingerprint_in(alert: Mapping[str, object]) -> str:
    """The alert's fingerprint. Raises `Fault`."""
    fingerprint = alert.get("fingerprint")
    if not isinstance(fingerprint, str) or not _FINGERPRINT.match(fingerprint):
        refuse("has no fingerprint")
    return fingerprint


def start_in(alert: Mapping[str, object]) -> datetime:
    """When the alert began to fire, cut to milliseconds. Raises `Fault`."""
    starts_at = instant(alert.get("startsAt"), "startsAt")
    if starts_at is None:
        refuse("has no startsAt")
    return starts_at


def instant(value: object, name: str) -> datetime | None:
    """The instant, cut to milliseconds; None for Go's zero time, which stands for "not yet". Raises `Fault`."""
    found = _INSTANT.match(value) if isinstance(value, str) else None
    if found is None:
        refuse(f"has no readable {name}")
    whole, part, zone = found.groups()
    if whole.startswith("0001-"):
        return None
    try:
        at = datetime.fromisoformat(f"{whole}.{(part or '0')[:6].ljust(6, '0')}{zone}")
        return cut_to_ms(at.astimezone(UTC))
    except (ValueError, OverflowError):
        refuse(f"has no readable {name}")


def texts(value: object, name: str) -> dict[str, str]:
    """The labels or annotations. Raises `Fault` if any of them is no text."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        refuse(f"has {name} that are not texts")
    return value


def summary_of(labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """What people are told of the alert, `MAX_SUMMARY` characters at most."""
    return (notes.get("summary") or notes.get("description") or labels.get("alertname", ""))[:MAX_SUMMARY]


def refuse(what: str) -> NoReturn:
    """Raise `Fault`; ``what`` ends the sentence that begins with the message or the alert."""
    raise Fault(what)
