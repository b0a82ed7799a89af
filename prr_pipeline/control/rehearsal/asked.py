"""What a person asks to be rehearsed: which policy, from when on, under what, and how quick people are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from prr_pipeline.canonical import parse_instant
from prr_pipeline.clock import SystemClock
from prr_pipeline.control.rehearsal.alert_script import read_alert_script
from prr_pipeline.control.rehearsal.metric_script import read_metric_script
from prr_pipeline.control.rehearsal.run import Script
from prr_pipeline.control.schedules import load_freezes, load_window
from prr_pipeline.errors import PrrError
from prr_pipeline.settings import RepositorySettings, Settings, load_settings

NEVER = "never"
_FIRST, _LAST = 2000, 9900
"""Years between which a rehearsal may begin: the calendar goes on for a while after it."""


def shipped_policy() -> Settings:
    """The defaults that ship, for a place without settings. Only its policy, ladder and calendars mean anything."""
    return Settings(root=Path.cwd(), repository=RepositorySettings(path=Path(), profile="plain"))


def policy_in(path: Path) -> Settings:
    """A policy's file. Its repository is not looked at, so it may leave that out. Raises `SettingsError`."""
    return load_settings(path, left_out={"repository": {"path": ".", "profile": "plain"}})


def script_for(
    settings: Settings,
    *,
    start: str | None = None,
    alerts: Path | None = None,
    metrics: Path | None = None,
    operation: str | None = None,
    people: timedelta | None = timedelta(days=1),
    owner: str | None = None,
) -> Script:
    """Everything read and checked beforehand. Without ``start`` it begins with the metrics, else today at midnight.

    ``owner`` is the bounded context whose promotion it is. Raises `PrrError` with one sentence for a file that
    cannot be read.
    """
    load_freezes(settings)
    load_window(settings)
    rows = read_metric_script(metrics, operation, settings.metrics.judged) if metrics is not None else None
    begin = rows.first if rows is not None and start is None else parse_start(start)
    script = read_alert_script(alerts, begin) if alerts is not None else ()
    return Script(settings, begin, script, people, rows, owner or "")


def parse_start(text: str | None) -> datetime:
    """The instant or date (its midnight in UTC) in an option; without one, today's midnight."""
    if text is None:
        return datetime.combine(SystemClock().now().date(), time(0), UTC)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = parse_instant(text)
    else:
        at = datetime.combine(day, time(0), UTC)
    if not _FIRST <= at.year <= _LAST:
        raise PrrError(f"A rehearsal cannot begin in the year {at.year}; give one from {_FIRST} to {_LAST}.")
    return at
