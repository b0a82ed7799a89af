"""The story of one promotion from the ledger: exposures, alerts, gates, holds and stops of the line over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from itertools import pairwise

from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.episodes import episode_of
from prr_pipeline.control.spans import Lane, Span
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import SYSTEM_STREAM, Event, EventType
from prr_pipeline.ledger.line import LINE_TYPES, order_of
from prr_pipeline.rollout.dependencies import dependency_graph
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.line import Stop
from prr_pipeline.rollout.scope import member_of
from prr_pipeline.rollout.state import PromotionState


@dataclass(frozen=True, slots=True)
class Mark:
    """Something worth a mark on the plot: ``kind`` is alert, stop, latch, resume, sign-off or milestone.

    Alerts and stops of the line last: ``until`` an instant, or None while they go on.
    """

    at: datetime
    kind: str
    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Exposure as steps (from each instant on), and marks, both in time order; ``gates`` as the decisions saw them."""

    state: PromotionState
    steps: tuple[tuple[datetime, Exposure], ...]
    marks: tuple[Mark, ...]
    now: datetime
    gates: Mapping[str, Sequence[Span]] = field(default_factory=dict)


def story_of(work: Workplace, key: str) -> Story:
    """Read the story of one promotion. Raises `PrrError` for an unknown key."""
    state = work.state(key)
    events = work.ledger.events(stream=key)
    steps = [(state.opened_at, OFF)]
    steps += [(e.at, Exposure.parse(str(e.payload["to"]))) for e in events if e.type in _MOVES]
    marks = [mark for event in events if (mark := _mark(event)) is not None]
    states = work.ledger.states()
    marks += _alerts(work, state, states) + _stops(work, state, states)
    now = work.now()
    return Story(state, tuple(steps), tuple(sorted(marks, key=lambda m: m.at)), now, _gates(events, state, now))


def timeline(story: Story) -> list[tuple[datetime, str, str]]:
    """What happened, oldest first: when, of which kind, in words. The plot bears its numbers.

    Kinds are opened, rose, lowered, release and those of marks.
    """
    told = [(story.steps[0][0], "opened", f"at {story.steps[0][1].name}")]
    for (_, before), (at, exposure) in pairwise(story.steps):
        if exposure != before:
            told.append((at, "rose" if exposure > before else "lowered", f"from {before.name} to {exposure.name}"))
    told += [(mark.at, mark.kind, mark.text) for mark in story.marks]
    told += [(mark.until, "release", "the line goes on") for mark in story.marks if mark.kind == "stop" and mark.until]
    return sorted(told, key=lambda row: row[0])


_MOVES = (EventType.INTENT_SETTLED, EventType.LOWERED)
_MILESTONES = {
    EventType.ATTEMPT_STARTED: ("resume", "new attempt"),
    EventType.RESUMED: ("resume", "resumed"),
    EventType.SIGNOFF_ACCEPTED: ("sign-off", "signed"),
    EventType.MATURITY_RECORDED: ("milestone", "maturity recorded"),
    EventType.MATURITY_WITHDRAWN: ("milestone", "maturity withdrawn"),
    EventType.WATCH_CLOSED: ("milestone", "watch closed"),
    EventType.FEEDBACK_CLOSED: ("milestone", "feedback reviewed"),
}


def _mark(event: Event) -> Mark | None:
    kind = EventType(event.type)
    if kind is EventType.LATCHED:
        return Mark(event.at, "latch", str(event.payload["cause"]))
    if kind not in _MILESTONES:
        return None
    what, words = _MILESTONES[kind]
    if kind is EventType.SIGNOFF_ACCEPTED:
        words = f"signed by {event.payload['person']}"
    return Mark(event.at, what, words)


def _gates(events: Iterable[Event], state: PromotionState, now: datetime) -> dict[str, Sequence[Span]]:
    """The gates that policy used, over time: a decision is recorded whenever one of them changes its state."""
    lanes: dict[str, Lane] = {}
    for event in events:
        found = event.payload.get("gates") if event.type == EventType.DECISION_RECORDED else None
        for gate in found if isinstance(found, list) else ():
            used = gate["state"] != GateState.NOT_USED
            lanes.setdefault(gate["name"], Lane()).see(event.at, gate["state"] if used else "", gate["why"])
    for lane in lanes.values():
        lane.close(state.ended_at or now)
    return {name: tuple(lane.spans) for name, lane in lanes.items() if lane.spans}


def _stops(work: Workplace, state: PromotionState, states: Mapping[str, PromotionState]) -> list[Mark]:
    """Orders that stopped the line for this promotion since it was opened, each until it was released for it."""
    events = work.ledger.events(stream=SYSTEM_STREAM, types=tuple(LINE_TYPES))
    graph, member = dependency_graph(states) if events else {}, member_of(state)
    standing: dict[int, Stop] = {}
    found: list[Mark] = []
    for event in events:
        try:
            order = order_of(event)
        except Unreadable:
            continue  # the gate `halt` says so
        if not order.scope.holds(member, graph):
            continue
        if isinstance(order, Stop):
            standing[order.seq] = order
        elif member.key not in order.kept:
            ended = [standing.pop(seq) for seq in sorted(standing) if seq <= order.up_to]
            found += [_stop(stop, state, event.at) for stop in ended if event.at > state.opened_at]
    return found + [_stop(stop, state, None) for stop in standing.values()]


def _stop(stop: Stop, state: PromotionState, until: datetime | None) -> Mark:
    return Mark(max(stop.at, state.opened_at), "stop", stop.words, until)


def _alerts(work: Workplace, state: PromotionState, states: Mapping[str, PromotionState]) -> list[Mark]:
    """Alerts that counted for this promotion since it was opened, each from opening to closing in ledger time."""
    opened = work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_OPENED,))
    closed = {
        str(e.payload["episode"]): e.at
        for e in work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_CLOSED,))
    }
    mapped = alert_map(work, states)
    return [
        Mark(e.at, "alert", f"{e.payload['severity']}: {e.payload['summary']}", closed.get(str(e.payload["episode"])))
        for e in opened
        if e.at >= state.opened_at and mapped.concerns(episode_of(e.payload), state)
    ]
