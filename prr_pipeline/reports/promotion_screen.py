"""One promotion on the terminal: where it stands, what is in the way, who signed, and what happened so far."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import timeline
from prr_pipeline.control.status import Detail
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.reports.exposure_text import exposure_text
from prr_pipeline.reports.listings import short
from prr_pipeline.reports.screen import cell, table
from prr_pipeline.rollout.state import PromotionState


def promotion_screen(detail: Detail) -> RenderableType:
    """Everything about one promotion."""
    one = detail.explanation
    parts: list[RenderableType] = [*_stops(detail), _head(one), *_picture(detail), _gates(one)]
    parts += _alerts(one)
    parts += _signoffs(one.state)
    parts += [cell(f"wrote what is signed, unknown to the roster: {who}", "yellow") for who in detail.strangers]
    parts += [cell(detail.above_ledger, "bold red")] if detail.above_ledger else []
    parts += _decisions(detail)
    parts.append(_story(detail))
    parts += [cell(f"open notice: {n.severity}: {n.title}: {n.body}", "yellow") for n in detail.notices]
    return Group(*parts)


def _stops(detail: Detail) -> Iterator[RenderableType]:
    """The orders that stop the line for it now."""
    for one in detail.story.marks:
        if one.kind == "stop" and one.until is None:
            yield cell(one.text[:1].upper() + one.text[1:], "bold red")


def _picture(detail: Detail) -> Iterator[RenderableType]:
    """Exposure over time, once there was any."""
    if len(detail.story.steps) > 1:
        yield Text()
        yield from (Text(line, style="blue", no_wrap=True) for line in exposure_text(detail.story))


def _head(one: Explanation) -> RenderableType:
    state = one.state
    rows = table("", "")
    rows.show_header = False
    drifted = one.flag != str(state.exposure)
    rows.add_row(cell(state.key, "bold"), cell(f"{state.subject} to {state.target}", ""))
    rows.add_row(cell("status"), cell(f"{one.status}, attempt {state.attempt}", "bold"))
    rows.add_row(cell("exposure"), cell(f"{state.exposure} since {short(state.rung_since or state.opened_at)}", ""))
    rows.add_row(cell("flag shows"), cell(f"{one.flag} ({state.flag_key})", "bold red" if drifted else ""))
    for latch in filter(None, (state.latch, state.hold)):
        kind = latch.kind.replace("_", " ")
        rows.add_row(cell("latch"), cell(f"{kind} by {latch.by} at {short(latch.at)}: {latch.cause}", "yellow"))
    if state.falls:
        fallen = ", ".join(state.ladder.exposure(rung).name for rung in state.falls)
        rows.add_row(cell("stepped down"), cell(f"from {fallen} since people last decided", "yellow"))
    rows.add_row(cell("next"), cell(one.headline, ""))
    rows.add_row(cell("earliest"), cell(short(one.earliest), ""))
    rows.add_row(cell("owned by"), cell(f"{state.context}; author {state.author}", ""))
    needs = ", ".join(str(subject) for subject in state.dependencies) or "nothing"
    rows.add_row(cell("depends on"), cell(needs, ""))
    rows.add_row(cell("ladder"), cell(", ".join(state.ladder.names), ""))
    return rows


def _gates(one: Explanation) -> RenderableType:
    rows = table("gate", "state", "opens", "why", title="Gates")
    for gate in one.gates:
        why = cell(gate.why, "")
        if way := way_out(one.state, gate):
            why.append(f"\n-> {way}", style="cyan")
        rows.add_row(cell(gate.name, ""), cell(gate.state), cell(short(gate.until), ""), why)
    return rows


def _alerts(one: Explanation) -> Iterator[RenderableType]:
    for episode in one.firing:
        yield cell(f"firing: {episode.severity}: {episode.summary}", "bold red")


def _signoffs(state: PromotionState) -> Iterator[RenderableType]:
    if not state.signoffs:
        yield Text("\nNobody has signed yet.")
        return
    rows = table("accepted", "person", "role", "attempt", "for", title="Sign-offs")
    for one in state.signoffs:
        on_call = " (on call)" if one.on_call else ""
        texts = (
            short(one.accepted_at),
            one.person,
            f"{one.role}{on_call}",
            one.attempt,
            one.rung or "the whole ladder",
        )
        rows.add_row(*(cell(text, "") for text in texts))
    yield rows


def _decisions(detail: Detail) -> Iterator[RenderableType]:
    if not detail.decisions:
        return
    rows = table("at", "verdict", "causes", title="Last decisions")
    for event in detail.decisions:
        causes = event.payload.get("causes")
        words = "; ".join(str(cause) for cause in causes) if isinstance(causes, list) else ""
        rows.add_row(cell(short(event.at), ""), cell(event.payload.get("verdict", "?"), ""), cell(words, ""))
    yield rows


def _story(detail: Detail) -> RenderableType:
    rows = table("at", "what", "", title="History")
    for at, kind, text in timeline(detail.story):
        rows.add_row(cell(short(at), ""), cell(kind, ""), cell(text, ""))
    return rows
