"""The council's agenda: who is called, every open promotion that waits for people, and what else is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.agenda_topics import Topic, topics_of
from prr_pipeline.control.explain import Explanation, explain_all
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.roll_call import RollCall, roll_call
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.rollout.reclimb import is_cooling


@dataclass(frozen=True, slots=True)
class Agenda:
    """The promotions that wait for people, of ``open_count`` that are open. ``faults``: those that cannot be judged.

    ``roll_call`` says who is called, ``topics`` what else is due: see `control.agenda_topics`.
    """

    at: datetime
    open_count: int
    items: tuple[Explanation, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    roll_call: RollCall = field(default_factory=RollCall)
    topics: tuple[Topic, ...] = ()


def make_agenda(work: Workplace, actor: str) -> Agenda:
    """Collect what waits, write it down, and book that it was made."""
    world = read_world(work)
    items, faults = explain_all(work, world, [key for key, s in sorted(world.states.items()) if s.is_open])
    waiting = tuple(item for item in items if _waits_for_people(item))
    called = roll_call(work, {item.state.context for item in waiting})
    topics = topics_of(work, world.states, world.now)
    payload: dict[str, object] = {
        "at": instant_text(world.now),
        "faults": sorted(faults),
        "points": {topic.title: len(topic.points) for topic in topics},
        "promotions": [item.state.key for item in waiting],
        "roll_call": [one.person for one in called.attendees],
    }
    work.ledger.append([Draft(SYSTEM_STREAM, EventType.AGENDA_MADE, payload, actor)])
    return Agenda(world.now, len(items) + len(faults), waiting, faults, called, topics)


def _waits_for_people(item: Explanation) -> bool:
    halted = item.state.latch is not None and not is_cooling(item.state)  # what cools down goes on by itself
    return halted or any(g.name in ("signoff", "readiness") and not g.is_open for g in item.gates)
