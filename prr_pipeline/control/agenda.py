"""The council's agenda: every open promotion that waits for people, with what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.explain import Explanation, explain_all
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType


@dataclass(frozen=True, slots=True)
class Agenda:
    """The promotions that wait for people, of ``open_count`` that are open. ``faults``: those that cannot be judged."""

    at: datetime
    open_count: int
    items: tuple[Explanation, ...]
    faults: Mapping[str, str] = field(default_factory=dict)


def make_agenda(work: Workplace, actor: str) -> Agenda:
    """Collect what waits, write it down, and book that it was made."""
    world = read_world(work)
    items, faults = explain_all(work, world, [key for key, s in sorted(world.states.items()) if s.is_open])
    waiting = tuple(item for item in items if _waits_for_people(item))
    payload: dict[str, object] = {
        "at": instant_text(world.now),
        "faults": sorted(faults),
        "promotions": [item.state.key for item in waiting],
    }
    work.ledger.append([Draft(SYSTEM_STREAM, EventType.AGENDA_MADE, payload, actor)])
    return Agenda(world.now, len(items) + len(faults), waiting, faults)


def _waits_for_people(item: Explanation) -> bool:
    return item.state.latch is not None or any(g.name in ("signoff", "readiness") and not g.is_open for g in item.gates)
