"""Rehearsals in a line: the default policy with changes, and alerts as a script has them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prr_pipeline.control.rehearsal.alert_script import ScriptedAlert, read_alert_script
from prr_pipeline.control.rehearsal.run import Script, rehearse
from prr_pipeline.control.rehearsal.told import Rehearsal
from prr_pipeline.settings import Settings

START = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
DAY = timedelta(days=1)


def policy(**sections: Any) -> Settings:
    """The settings that ship, with sections of `prr.toml` laid over them; no window, and little feedback."""
    sections.setdefault("policy", {"feedback_after": "8d"})
    calendars = {"window": False, **sections.pop("calendars", {})}
    data = {"root": Path("/"), "repository": {"path": ".", "profile": "plain"}, "calendars": calendars, **sections}
    return Settings.model_validate(data)


def script(folder: Path, *rows: Mapping[str, object]) -> tuple[ScriptedAlert, ...]:
    """The alerts of a file with those rows."""
    path = folder / "alerts.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return read_alert_script(path, START)


def rehearsed(*alerts: ScriptedAlert, settings: Settings | None = None, people: timedelta | None = DAY) -> Rehearsal:
    """The rehearsal from `START` on."""
    return rehearse(Script(settings or policy(), START, alerts, people))


HOUR = timedelta(hours=1)
_SHARES_BP = (0, 100, 1_000, 5_000, 10_000)
TRAFFIC = 100_000
"""Requests an hour, in all arms together."""


def rows(
    days: int,
    *,
    worse_on: int | None = None,
    worse: Sequence[float] = (),
    shares_bp: Sequence[int] = _SHARES_BP,
    operation: str = "op",
) -> list[str]:
    """Hourly metrics as JSON lines, by the shares of a ladder with a day a rung.

    The new version is worse from a day on, or for seven hours from each of some days on.
    """
    found = []
    for hour in range(days * 24):
        share = shares_bp[min(hour // 24, len(shares_bp) - 1)]
        on = TRAFFIC * share // 10_000
        is_worse = worse_on is not None and hour >= worse_on * 24
        is_worse = is_worse or any(day * 24 <= hour < day * 24 + 7 for day in worse)
        for metric in ("errors", "slow"):
            for variant, total in (("on", on), ("off", TRAFFIC - on), ("shadow", 0 if share else TRAFFIC)):
                bad = total // 20 if is_worse and variant == "on" and metric == "errors" else total // 2_000
                row: dict[str, object] = {
                    "at": (START + hour * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "operation_id": operation,
                }
                row |= {"variant": variant, "metric": metric, "bad": bad, "total": total}
                found.append(json.dumps(row))
    return found


def told(rehearsal: Rehearsal, kind: str) -> list[tuple[timedelta, str]]:
    """The moments of a kind: when after the start, and in which words."""
    return [(one.at - START, one.text) for one in rehearsal.moments if one.kind == kind]
