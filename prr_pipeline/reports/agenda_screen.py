"""The council's agenda on a terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.agenda import Agenda
from prr_pipeline.control.agenda_topics import Point, Topic
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.reports.agenda_sections import due_words
from prr_pipeline.reports.json_status import explanation_data
from prr_pipeline.reports.screen import cell

if TYPE_CHECKING:
    from rich.console import RenderableType


def agenda_screen(agenda: Agenda) -> Iterator[RenderableType]:
    """The roll call, each promotion that waits with what opens its gates, and every topic."""
    called = agenda.roll_call
    quorum = f", the quorum is {called.quorum}" if called.quorum else ""
    yield cell(f"Roll call: {len(called.attendees)} people are called{quorum}.", "bold")
    yield from (cell(f"- {one.name} ({one.person}): {', '.join(one.reasons)}", "") for one in called.attendees)
    yield from (_unknown(fault) for fault in called.faults)
    yield cell(f"Promotions: {len(agenda.items)} of {agenda.open_count} open ones wait for people.", "bold")
    for item in agenda.items:
        yield from _item(item)
    yield from (_unknown(f"{key} cannot be judged: {why}") for key, why in agenda.faults.items())
    for topic in agenda.topics:
        yield cell(f"{topic.title}:{'' if topic.points or topic.faults else ' nothing is due.'}", "bold")
        yield from (cell(_point(point), "") for point in topic.points)
        yield from (_unknown(fault) for fault in topic.faults)


def agenda_data(agenda: Agenda) -> dict[str, Any]:
    """The same as data; of each promotion what `prr status` tells, and what opens its gates."""
    called = agenda.roll_call
    return {
        "at": instant_text(agenda.at),
        "cannot_be_judged": dict(agenda.faults),
        "open_promotions": agenda.open_count,
        "promotions": [{**explanation_data(one), "ways_out": dict(_ways_out(one))} for one in agenda.items],
        "roll_call": {
            "called": [{"name": o.name, "person": o.person, "reasons": list(o.reasons)} for o in called.attendees],
            "quorum": called.quorum,
            "unknown": list(called.faults),
        },
        "topics": [_topic_data(topic) for topic in agenda.topics],
    }


def _item(one: Explanation) -> Iterator[RenderableType]:
    yield cell(f"- {one.state.key} ({one.status}, {one.state.exposure.name}). Next: {one.headline}", "")
    for name, way in _ways_out(one):
        yield cell(f"    {name}: {way}", "")


def _ways_out(one: Explanation) -> Iterator[tuple[str, str]]:
    for gate in one.gates:
        if way := way_out(one.state, gate):
            yield gate.name, way


def _point(point: Point) -> str:
    when = due_words(point)
    return f"- {point.about}: {point.what}{f' ({when})' if when else ''}"


def _topic_data(topic: Topic) -> dict[str, Any]:
    points = [
        {
            "about": one.about,
            "due_at": instant_text(one.due_at) if one.due_at is not None else None,
            "is_overdue": one.is_overdue,
            "what": one.what,
        }
        for one in topic.points
    ]
    return {"points": points, "title": topic.title, "unknown": list(topic.faults)}


def _unknown(fault: str) -> RenderableType:
    return cell(f"- unknown: {fault}", "magenta")
