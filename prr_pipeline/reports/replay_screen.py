"""What a replay found, on the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType

from prr_pipeline import __version__
from prr_pipeline.control.replaying import Difference, Replay
from prr_pipeline.control.replaying_against import Against, Changed
from prr_pipeline.reports.json_status import event_data
from prr_pipeline.reports.listings import short
from prr_pipeline.reports.screen import cell, table
from prr_pipeline.rollout.decide import Decision


def replay_screen(found: Replay) -> Iterator[RenderableType]:
    """One line when all is as recorded, else the first difference."""
    old = f"; {found.without_inputs} from before inputs were kept" if found.without_inputs else ""
    reviews = f" and {found.reviews} feedback report(s)" if found.reviews else ""
    if found.first is None:
        yield cell(f"{found.checked} decisions{reviews} made again, every one as recorded{old}.", "green")
        return
    one = found.first
    yield cell(f"Event {one.event.seq} ({one.event.stream}, {short(one.event.at)}) comes out otherwise.", "bold red")
    rows = table("", "")
    rows.show_header = False
    rows.add_row(cell("field"), cell(one.field, "bold"))
    rows.add_row(cell("recorded", ""), cell(_text(one.recorded), ""))
    rows.add_row(cell("found", ""), cell(_text(one.found), ""))
    rows.add_row(cell("by version", ""), cell(f"{one.event.payload.get('version', '?')}, now {__version__}", ""))
    yield rows
    yield cell(f"{found.checked + found.reviews - 1} before it came out as recorded{old}.", "")


def replay_data(found: Replay) -> dict[str, Any]:
    """The same as data."""
    return {
        "checked": found.checked,
        "feedback_reports": found.reviews,
        "first_difference": None if found.first is None else _difference(found.first),
        "reproduced": found.first is None,
        "without_inputs": found.without_inputs,
    }


def against_screen(found: Against, name: str) -> RenderableType:
    """A row for each decision that would differ."""
    total = found.same + len(found.changed)
    old = f"; {found.not_replayable} cannot be replayed" if found.not_replayable else ""
    head = cell(f"{len(found.changed)} of {total} decisions would differ under {name}{old}.", "bold")
    if not found.changed:
        return head
    rows = table("event", "at", "promotion", "rung", "was", "would be", "why")
    for one in found.changed:
        event = one.event
        texts = (event.seq, short(event.at), event.stream, event.payload.get("rung", "?"), _words(one.was))
        gates = ", ".join(f"{gate} {before} -> {after}" for gate, before, after in one.gates)
        why = f"{one.now.causes[0]}{f' ({gates})' if gates else ''}"
        rows.add_row(*(cell(text, "") for text in texts), cell(_words(one.now), "bold"), cell(why, ""))
    return Group(head, rows)


def against_data(found: Against) -> dict[str, Any]:
    """The same as data; each decision whole."""
    return {
        "differ": [_changed(one) for one in found.changed],
        "not_replayable": found.not_replayable,
        "same": found.same,
    }


def _changed(one: Changed) -> dict[str, Any]:
    event = event_data(one.event)
    return {
        "against": one.now.as_data(),
        "at": event["at"],
        "gates": [{"against": after, "gate": name, "was": before} for name, before, after in one.gates],
        "promotion": one.event.stream,
        "rung": one.event.payload.get("rung"),
        "seq": one.event.seq,
        "was": one.was.as_data(),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {"event": event_data(one.event), "field": one.field, "found": one.found, "recorded": one.recorded}


def _words(decision: Decision) -> str:
    words = f"{decision.verdict.word}{f' to {decision.to.name}' if decision.to is not None else ''}"
    if decision.cooling is None:
        return words
    until = decision.cooling.until
    return f"{words}, {f'cools down until {short(until)}' if until is not None else 'then people decide'}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
