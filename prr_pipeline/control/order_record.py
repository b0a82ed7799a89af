"""Keep a person's order to lower where no latch of theirs tells of it: another was quicker, or all was off already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.control.latching import LATCH_WAIT
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.rollout.state import PromotionState


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What became of an order: keys that were lowered by it, and keys that were left at off. ``cause`` is how the
    latches of this order would tell it; ``before`` are the states that it went by."""

    cause: str
    lowered: Sequence[str]
    spared: Sequence[str]
    before: Mapping[str, PromotionState]


def book_order(work: Workplace, order: Order, done: Obeyed) -> tuple[frozenset[str], str]:
    """Book who ordered what for the keys that no latch of this order stands for, in one event for all.

    To be called after the flags are low: nothing waits for it. Returns the keys that it is not booked for, and why.
    """
    keys = frozenset({*done.lowered, *done.spared})
    try:
        served = _latched_by_others(work, order, done)
        if not served and not done.spared:
            return frozenset(), ""
        keys = frozenset({*served, *done.spared})
        payload: dict[str, object] = {
            "by": order.by, "reason": order.reason, "served": served, "spared": sorted(done.spared),
        }  # fmt: skip
        work.ledger.append([Draft(SYSTEM_STREAM, EventType.LOWERING_ORDERED, payload, order.by)], wait=LATCH_WAIT)
        work.ledger.export_head()
    except Exception as fault:
        return keys, f"who ordered it, and why ({fault})"
    return frozenset(), ""


def _latched_by_others(work: Workplace, order: Order, done: Obeyed) -> list[str]:
    """Keys whose latch is another's. Only where the state shows another one the events are looked through: a stricter
    latch stays in front of one that came after it."""
    states = work.ledger.states()
    shown = {key: states[key].latch for key in done.lowered if key in states}
    own = {key for key, latch in shown.items() if latch and (latch.by, latch.cause) == (order.by, done.cause)}
    rest = {key for key in done.lowered if key not in own}
    if not rest:
        return []
    since = min(done.before[key].last_seq for key in rest)
    events = work.ledger.events(types=(EventType.LATCHED,), after=since)
    told = {e.stream for e in events if (e.actor, e.payload.get("cause")) == (order.by, done.cause)}
    return sorted(rest - told)
