"""The story of one promotion from the ledger: exposures, alerts, holds and decisions over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.episodes import episode_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import SYSTEM_STREAM, Event, EventType
from prr_pipeline.rollout.state import PromotionState


@dataclass(frozen=True, slots=True)
class Mark:
    """Something worth a mark on the plot: ``kind`` is alert, latch, resume, sign-off or milestone."""

    at: datetime
    kind: str
    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Exposure as steps (from each instant on), and marks, both in time order."""

    state: PromotionState
    steps: tuple[tuple[datetime, Exposure], ...]
    marks: tuple[Mark, ...]
    now: datetime


def story_of(work: Workplace, key: str) -> Story:
    """Read the story of one promotion. Raises `PrrError` for an unknown key."""
    state = work.state(key)
    events = work.ledger.events(stream=key)
    steps = [(state.opened_at, OFF)]
    steps += [(e.at, Exposure.parse(str(e.payload["to"]))) for e in events if e.type in _MOVES]
    marks = [mark for event in events if (mark := _mark(event)) is not None]
    marks += _alerts(work, state)
    return Story(state, tuple(steps), tuple(sorted(marks, key=lambda m: m.at)), work.now())


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


def _alerts(work: Workplace, state: PromotionState) -> list[Mark]:
    """Alerts that counted for this promotion since it was opened, each from opening to closing in ledger time."""
    opened = work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_OPENED,))
    closed = {
        str(e.payload["episode"]): e.at
        for e in work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_CLOSED,))
    }
    mapped = alert_map(work, work.ledger.states())
    return [
        Mark(e.at, "alert", f"{e.payload['severity']}: {e.payload['summary']}", closed.get(str(e.payload["episode"])))
        for e in opened
        if e.at >= state.opened_at and mapped.concerns(episode_of(e.payload), state)
    ]
