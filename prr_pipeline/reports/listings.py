"""Lists on the terminal: subjects, promotions, alerts, ledger events, and what `prr doctor` found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.alerting import AlertsNow
from prr_pipeline.control.doctoring import Diagnosis
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.listing import Listed
from prr_pipeline.control.status import Overview
from prr_pipeline.ledger.audit import AuditResult
from prr_pipeline.ledger.events import Event
from prr_pipeline.reports.screen import cell, table


def subjects_screen(found: Sequence[Listed]) -> RenderableType:
    """One line per subject."""
    rows = table("subject", "maturity", "context", "open promotion")
    for one in found:
        rows.add_row(*(cell(text or "-", "") for text in (one.subject, one.maturity, one.context, one.promotion)))
    return rows


def status_screen(overview: Overview) -> RenderableType:
    """What stops the line, two lines per promotion, then the open notices and what cannot be read."""
    parts: list[RenderableType] = [cell(stop[:1].upper() + stop[1:], "bold red") for stop in overview.stops]
    parts += list(_promotions(overview.promotions)) or [Text("No promotion is open. Open one: prr open.")]
    parts += [cell(f"{key} cannot be read: {why}", "bold red") for key, why in overview.unreadable.items()]
    if overview.notices:
        told = table("since", "notice", "about", "what", title="Open notices")
        for notice in overview.notices:
            since = short(notice.created_at)
            told.add_row(
                *(cell(text) for text in (since, notice.severity, notice.about, f"{notice.title}: {notice.body}"))
            )
        parts.append(told)
    return Group(*parts)


def _promotions(found: Sequence[Explanation]) -> Iterator[RenderableType]:
    """A line of columns for each, and below it the next step, which has the whole width to itself."""
    names = ("promotion", "exposure", "flag", "status", "attempt", "earliest")
    rows = [_columns(one) for one in found]
    widths = [max(map(cell_len, column)) for column in zip(names, *rows, strict=True)]
    if rows:
        yield Text("  ".join(set_cell_size(*pair) for pair in zip(names, widths, strict=True)), style="bold")
    for one, row in zip(found, rows, strict=True):
        styles = {"promotion": "bold", "flag": "" if one.flag == str(one.state.exposure) else "bold red"}
        texts = (
            (set_cell_size(text, width), styles.get(name, ""))
            for name, text, width in zip(names, row, widths, strict=True)
        )
        yield Text("  ").join(Text(text, style=style) for text, style in texts)
        yield Padding(cell(one.brief, ""), (0, 0, 0, 2), expand=False)


def _columns(one: Explanation) -> tuple[str, ...]:
    state = one.state
    texts = (state.key, state.exposure.name, one.flag, one.status, str(state.attempt), short(one.earliest))
    return tuple(cell(text).plain for text in texts)


def alerts_screen(found: AlertsNow) -> RenderableType:
    """The sources, one line per episode, those that fire first, and the ids that reviews name, each on its own line."""
    sources = [
        cell(f"{one.source}: {'read' if one.complete else 'unknown'} ({one.why})", "" if one.complete else "magenta")
        for one in found.readings
    ]
    rows = table("state", "severity", "since", "until", "promotions", "alert")
    for one in found.episodes:
        episode = one.episode
        times = (cell(short(episode.starts_at), ""), cell(short(episode.ends_at), ""))
        promotions = cell(", ".join(one.promotions) or "-", "")
        rows.add_row(cell(one.state), cell(episode.severity), *times, promotions, cell(episode.summary, ""))
    if not found.episodes:
        return Group(*sources, Text("No alert is known."))
    # In a column they would be folded, and nobody could copy them.
    names = [
        Padding(Text.assemble(cell(one.id, ""), "  ", cell(one.episode.summary, "dim")), (0, 0, 0, 2), expand=False)
        for one in found.episodes
    ]
    return Group(*sources, rows, Text("The alerts' ids, as reviews name them:"), *names)


def audit_screen(result: AuditResult) -> RenderableType:
    """What was verified, and each fault."""
    head = f"signed head at event {result.head_seq}" if result.head_seq is not None else "no signed head"
    verdict = Text("sound", "bold green") if result.is_sound else Text(f"{len(result.faults)} fault(s)", "bold red")
    counted = f"{result.events} events, {result.promotions} promotions, {head}: "
    return Group(Text.assemble(counted, verdict), *(cell(f"- {fault}", "red") for fault in result.faults))


def events_screen(events: Iterable[Event]) -> RenderableType:
    """One line per event."""
    rows = table("seq", "at", "stream", "event", "by", "what")
    for event in events:
        what = json.dumps({k: v for k, v in event.payload.items() if not isinstance(v, dict | list)})
        texts = (event.seq, short(event.at), event.stream, event.type, event.actor, what)
        rows.add_row(*(cell(text, "") for text in texts))
    return rows


def doctor_screen(found: Sequence[Diagnosis]) -> RenderableType:
    """One line per thing looked at, with the way out of each fault."""
    rows = table("state", "what", "finding")
    for one in found:
        out = f" Way out: {one.way_out}" if one.way_out else ""
        rows.add_row(cell(one.word), cell(one.name, ""), cell(f"{one.finding}{out}", ""))
    return rows


def short(at: datetime | None) -> str:
    """An instant to the minute, as ``2026-01-31 12:00Z``; a dash for none."""
    return f"{instant_text(at)[:16].replace('T', ' ')}Z" if at is not None else "-"
