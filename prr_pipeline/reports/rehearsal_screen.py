"""A rehearsal on the terminal and as JSON: the rungs, the timeline, the outcome, and what was taken as given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.rehearsal.story import lasting
from prr_pipeline.control.rehearsal.told import Rehearsal
from prr_pipeline.control.spans import Span
from prr_pipeline.reports.screen import cell, table

_STYLES = {
    "rose": "green", "milestone": "green", "goes on": "cyan", "resumed": "cyan", "hold": "yellow", "unknown": "magenta",
    "lowered": "bold red", "stands": "bold red",
}  # fmt: skip


def rehearsal_screen(told: Rehearsal) -> RenderableType:
    """Timeline first, then the rungs, the outcome in one line, and the assumptions."""
    moments = table("day", "at", "exposure", "what", "", title="Timeline")
    for one in told.moments:
        style = _STYLES.get(one.kind, "")
        when = (cell(day(told, one.at), ""), cell(minute(one.at), ""), cell(one.exposure, ""))
        moments.add_row(*when, cell(one.kind, style), cell(one.text, ""))
    rungs = table("rung", "dwell", "first reached", "stood", title="Rungs")
    for rung in told.rungs:
        texts = (rung.name, lasting(rung.dwell), minute(rung.reached_at), lasting(rung.stood))
        rungs.add_row(*(cell(text, "") for text in texts))
    style = "bold green" if told.is_complete else "bold red"
    return Group(
        moments, rungs, cell(""), cell(outcome_words(told), style), *(cell(f"- {a}", "") for a in told.assumed)
    )


def outcome_words(told: Rehearsal) -> str:
    """The outcome as a sentence, with the time that something beyond the plan was in the way."""
    held = f"; held back for {lasting(told.held)} in all" if told.held else ""
    words = f"{told.outcome}{held}."
    return words[0].upper() + words[1:]


def rehearsal_data(told: Rehearsal) -> dict[str, Any]:
    """The whole rehearsal as one JSON document; durations in seconds."""
    return {
        "alerts": [_span(one) for one in told.alerts],
        "assumed": list(told.assumed),
        "complete": told.is_complete,
        "decisions": told.ticks,
        "end": instant_text(told.end),
        "gates": {name: [_span(one) for one in spans] for name, spans in told.gates.items()},
        "held_seconds": int(told.held.total_seconds()),
        "ladder": told.ladder.as_data(),
        "outcome": told.outcome,
        "policy": told.policy.as_data(),
        "rungs": [
            {
                "dwell_seconds": int(rung.dwell.total_seconds()),
                "reached_at": instant_text(rung.reached_at) if rung.reached_at else None,
                "rung": rung.name,
                "stood_seconds": int(rung.stood.total_seconds()),
            }
            for rung in told.rungs
        ],
        "start": instant_text(told.start),
        "timeline": [
            {"at": instant_text(one.at), "exposure": one.exposure, "kind": one.kind, "text": one.text}
            for one in told.moments
        ],
    }


def day(told: Rehearsal, at: datetime) -> str:
    """The day of the rehearsal, counted from 0."""
    return str((at - told.start).days)


def minute(at: datetime | None) -> str:
    """An instant to the minute with its weekday, in UTC; a dash for none."""
    return f"{at:%a %Y-%m-%d %H:%MZ}" if at is not None else "-"


def _span(one: Span) -> dict[str, str]:
    return {"since": instant_text(one.since), "state": one.state, "text": one.text, "until": instant_text(one.until)}
