"""What sensor ticks share: cursors that are ledger sequence numbers, skips that say why, bounded reports."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.rollout.state import PromotionState

OPENED_PER_TICK = 100
"""Partitions added per tick, of about 12 ms each."""
REPORTS_PER_TICK = 25
"""Lowerings reported per tick: each writes several events of about 20 ms."""


def cursor_of(context: dg.SensorEvaluationContext, work: Workplace) -> int:
    """The ledger sequence number in the cursor; 0 before the first tick, or when somebody wrote anything else there.

    A number that the ledger has not reached would hide what comes next, so it counts as anything else.
    """
    text = context.cursor or ""
    found = int(text) if text.isdecimal() and len(text) < 19 else 0
    return found if found <= work.ledger.last_seq() else 0


def skip(context: dg.SensorEvaluationContext, why: str) -> dg.SensorResult:
    """A tick that asks for nothing, with the reason in words."""
    return dg.SensorResult(skip_reason=dg.SkipReason(why), cursor=context.cursor)


def opened_after(work: Workplace, seq: int, limit: int) -> list[Event]:
    """The openings of promotions booked after ``seq``, oldest first; each event's stream is the promotion's key."""
    return work.ledger.events(types=(EventType.PROMOTION_OPENED,), after=seq, limit=limit)


def lacking_partitions(work: Workplace, known: Collection[str], limit: int) -> list[str]:
    """Open promotions that are not among the known partitions, in key order: new ones, and deleted ones."""
    return [row.key for row in work.ledger.promotions(open_only=True) if row.key not in known][:limit]


def lowerings_after(work: Workplace, seq: int, limit: int) -> list[tuple[Event, PromotionState]]:
    """Lowerings booked after ``seq``, oldest first, each with its promotion's present state.

    Those of a promotion that this version cannot read are passed over: they must not hold up the others' reports.
    """
    states = work.ledger.states()
    while events := work.ledger.events(types=(EventType.LOWERED,), after=seq, limit=limit):
        found = [(event, states[event.stream]) for event in events if event.stream in states]
        if found:
            return found
        seq = events[-1].seq
    return []


def tick_name(context: dg.ScheduleEvaluationContext) -> str:
    """The tick's own instant, so that a run key is made once per tick."""
    return context.scheduled_execution_time.strftime("%Y-%m-%dT%H%MZ")
