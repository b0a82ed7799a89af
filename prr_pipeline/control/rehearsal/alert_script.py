"""The alerts of a rehearsal: JSON lines, each an alert or a silent source from an instant until another."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prr_pipeline.canonical import parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.rollout.alerts import Episode, severity_of
from prr_pipeline.settings_values import parse_duration

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 50_000
_KEYS = frozenset({"from", "until", "name", "severity", "summary", "labels", "unknown"})
_PARTS = re.compile(r"\d+[smhdw]")
_AFTER = re.compile(r"(\d+[smhdw]\s*)+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ScriptedAlert:
    """One alert, firing from ``since`` to before ``until`` (None: to the end).

    With ``silent``, a sentence, it is the source that does not answer meanwhile, and ``episode`` means nothing.
    """

    since: datetime
    until: datetime | None
    episode: Episode
    silent: str = ""

    def fires(self, at: datetime) -> bool:
        """Whether it is on at that instant."""
        return self.since <= at and (self.until is None or at < self.until)


def read_alert_script(path: Path, start: datetime) -> tuple[ScriptedAlert, ...]:
    """Read a file, by time. Times are instants with a zone, or durations after ``start`` such as ``9d 12h``.

    Raises `Unreadable` with one sentence that names the line.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise Unreadable(f"The alerts {path} cannot be read ({getattr(fault, 'strerror', None) or fault}).") from None
    lines = text.splitlines()
    if len(data) > MAX_BYTES or len(lines) > MAX_LINES:
        raise Unreadable(f"The alerts {path} are too many; {MAX_LINES} lines and {MAX_BYTES} bytes are the limit.")
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_alert(json.loads(line, object_pairs_hook=_object), number, start))
        except (ValueError, RecursionError, PrrError) as fault:
            raise Unreadable(f"The alerts {path}, line {number}: {_words(fault)}") from None
    return tuple(sorted(found, key=lambda one: one.since))


def _alert(row: Any, number: int, start: datetime) -> ScriptedAlert:
    if not isinstance(row, Mapping):
        raise PrrError("an alert is an object with from, until, name and severity.")
    strange = sorted(row.keys() - _KEYS)
    if strange:
        raise PrrError(f"unknown key {strange[0]!r}; valid: {', '.join(sorted(_KEYS))}.")
    since = _instant(row.get("from"), "from", start)
    until = None if row.get("until") is None else _instant(row["until"], "until", start)
    if until is not None and until <= since:
        raise PrrError(f"until {row['until']!r} is not after from {row['from']!r}.")
    name, summary = _text(row, "name") or f"alert of line {number}", _text(row, "summary")
    labels = _labels(row.get("labels", {})) | {"alertname": name}
    episode = Episode(
        source="script",
        fingerprint=f"line-{number}",
        starts_at=since,
        ends_at=None,
        severity=severity_of(_text(row, "severity")),
        labels=tuple(sorted(labels.items())),
        summary=summary or name,
    )
    return ScriptedAlert(since, until, episode, _text(row, "unknown"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twin := next((name for name in names if names.count(name) > 1), None):
        raise PrrError(f"the key {twin!r} stands there more than once; leave one.")
    return dict(pairs)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise PrrError(f"{name} is a text, not {value!r}.")
    return value


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise PrrError("labels are an object of texts.")
    return dict(value)


def _instant(value: object, name: str, start: datetime) -> datetime:
    if not isinstance(value, str):
        raise PrrError(f"{name} is missing; write an instant such as 2026-01-31T12:00:00Z, or 9d 12h after the start.")
    try:
        if _AFTER.match(value):
            return start + sum((parse_duration(part) for part in _PARTS.findall(value)), timedelta(0))
    except (ValueError, OverflowError):
        raise PrrError(f"{name} {value!r} lies beyond any calendar.") from None
    return parse_instant(value)


def _words(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"it is no JSON ({fault.msg} at column {fault.colno})."
    return str(fault) if isinstance(fault, PrrError) else f"it is no JSON ({type(fault).__name__})."
