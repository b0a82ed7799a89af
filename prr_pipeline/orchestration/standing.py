"""Tell anew where promotions stand, on the pages of their rungs: when what is told has changed, and once a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

import dagster as dg

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control.explain import explain
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import TRANSITIONS, Event, EventType
from prr_pipeline.orchestration.ladders import has_asset
from prr_pipeline.orchestration.metadata import promotion_metadata
from prr_pipeline.orchestration.ticks import REPORTS_PER_TICK
from prr_pipeline.reports.text import plain
from prr_pipeline.rollout.state import PromotionState

_LOG = logging.getLogger(__name__)
_TELLS = (
    *sorted(TRANSITIONS),
    EventType.DECISION_RECORDED,
    EventType.MATURITY_RECORDED,
    EventType.WATCH_CLOSED,
    EventType.GAME_DAY_PLANNED,
)
"""Events after which something else is told. A decision is booked when its verdict, causes or gates change."""
_LOOKED_AT = 500
"""Events looked at per tick: they are large."""
_AGAIN = timedelta(days=1)
"""What changes with time alone, such as the dwell served, is told anew so often after the rung began."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far the last tick came: the ledger sequence, the instant, and keys that were too many for it.

    ``fell`` are the exposures from which keys were lowered since they were last told.
    """

    seq: int
    at: datetime
    left: tuple[str, ...] = ()
    fell: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None, work: Workplace) -> Look:
        """The look in a cursor. Before the first tick, or after somebody wrote anything else there, all is told."""
        try:
            told = json.loads(text or "")
            look = cls(int(told["seq"]), parse_instant(told["at"]), tuple(map(str, told["left"])), dict(told["fell"]))
            if 0 <= look.seq <= work.ledger.last_seq() and all(map(Exposure.parse, look.fell.values())):
                return look
        except (PrrError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass
        standing = (key for key, state in work.ledger.states(open_only=True).items() if state.has_traffic)
        return cls(work.ledger.last_seq(), work.now(), tuple(sorted(standing)))

    @property
    def text(self) -> str:
        """As the cursor keeps it."""
        return json.dumps(
            {"at": instant_text(self.at), "fell": dict(self.fell), "left": list(self.left), "seq": self.seq}
        )


def tell_standing(
    work: Workplace, cursor: str | None, limit: int = REPORTS_PER_TICK
) -> tuple[list[dg.AssetMaterialization], str]:
    """Where the promotions stand of which something else is to be told, at most so many, and the next cursor."""
    look = Look.parse(cursor, work)
    events = work.ledger.events(types=_TELLS, after=look.seq, limit=_LOOKED_AT)
    states, now = work.ledger.states(), work.now()
    fell = _fallen(events, look.fell)
    due = {*look.left, *(event.stream for event in events), *_a_day_older(states, look.at, now)}
    wanted = sorted(key for key in due if key in states and (states[key].has_traffic or key in fell))
    told, left = wanted[:limit], wanted[limit:]
    found = _reports(work, told, fell)
    after = Look(
        events[-1].seq if events else look.seq, now, tuple(left), {k: high for k, high in fell.items() if k in left}
    )
    return found, after.text


def _a_day_older(states: Mapping[str, PromotionState], then: datetime, now: datetime) -> Iterable[str]:
    """Keys whose rung became another day old in between."""
    for key, state in states.items():
        since = state.rung_since
        if state.is_open and state.has_traffic and since and (then - since) // _AGAIN != (now - since) // _AGAIN:
            yield key


def _fallen(events: Sequence[Event], before: Mapping[str, str]) -> dict[str, str]:
    """The highest exposure that each lowered key came from: the pages of the rungs up to there are out of date."""
    found = dict(before)
    for event in events:
        if event.type == EventType.LOWERED:
            high = Exposure.parse(str(event.payload["from"]))
            if event.stream not in found or Exposure.parse(found[event.stream]) < high:
                found[event.stream] = str(high)
    return found


def _reports(work: Workplace, keys: Sequence[str], fell: Mapping[str, str]) -> list[dg.AssetMaterialization]:
    """A promotion that cannot be judged is left out and logged; the guard's tick tells people of it."""
    found: list[dg.AssetMaterialization] = []
    world = read_world(work, keys) if keys else None
    for key in keys:
        try:
            explanation = explain(work, key, world)
            metadata = promotion_metadata(work, explanation)
        except Exception as fault:
            _LOG.warning("%s is not told: %s: %s", key, type(fault).__name__, fault)
            continue
        state, high = explanation.state, Exposure.parse(fell[key]) if key in fell else None
        why = plain(state.latch.cause if state.latch else "it was lowered")
        lowered = metadata | {"state": dg.MetadataValue.text("lowered"), "why": dg.MetadataValue.text(why)}
        for index, rung in enumerate(state.ladder.rungs):
            shown = metadata if index == state.rung else lowered
            fallen = high is not None and state.exposure < rung.exposure <= high
            if has_asset(rung.asset_name) and (index == state.rung or fallen):
                found.append(dg.AssetMaterialization(rung.asset_name, partition=key, metadata=shown))
    return found
