"""The council's agenda: who is called, every open promotion that waits for people, and what else is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.agenda_topics import Topic, topics_of
from prr_pipeline.control.explain import Explanation, explain_all
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.roll_call import RollCall, roll_call
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
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

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be told, a sentence each."""
        judged = tuple(f"{key}: {why}" for key, why in self.faults.items())
        return (*judged, *self.roll_call.faults, *(fault for topic in self.topics for fault in topic.faults))


def make_agenda(work: Workplace, actor: str) -> Agenda:
    """Collect what waits, write it down, and book that it was made."""
    found = look_ahead(work)
    payload: dict[str, object] = {
        "at": instant_text(found.at),
        "faults": sorted(found.faults),
        "points": {topic.title: len(topic.points) for topic in found.topics},
        "promotions": [item.state.key for item in found.items],
        "roll_call": [one.person for one in found.roll_call.attendees],
    }
    work.ledger.append([Draft(SYSTEM_STREAM, EventType.AGENDA_MADE, payload, actor)])
    return found


def look_ahead(work: Workplace) -> Agenda:
    """Collect what waits, and write nothing."""
    world = read_world(work)
    items, faults = explain_all(work, world, [key for key, s in sorted(world.states.items()) if s.is_open])
    waiting = tuple(item for item in items if _waits_for_people(item))
    called = roll_call(work, {item.state.context for item in waiting})
    topics = topics_of(work, world.states, world.now)
    return Agenda(world.now, len(items) + len(faults), waiting, faults, called, topics)


def _waits_for_people(item: Explanation) -> bool:
    halted = item.state.latch is not None and not is_cooling(item.state)  # what cools down goes on by itself
    return halted or any(g.name in ("signoff", "readiness") and not g.is_open for g in item.gates)
