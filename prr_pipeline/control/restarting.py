"""Resume, with the sign-offs taken in first: after a roll back the new attempt waits for records just committed."""

from __future__ import annotations

from prr_pipeline.control.acceptance import accept_records
from prr_pipeline.control.orders import Order, resume
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.reclimb import awaits_decision
from prr_pipeline.rollout.state import LatchKind, PromotionState


def resume_with_records(work: Workplace, key: str, order: Order) -> PromotionState:
    """Lift a latch as `resume` does, without waiting for the sensor that takes records in.

    A plain hold is lifted without a look at the monorepo, which may be down.
    """
    state = work.state(key)
    rolled_back = state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK
    if rolled_back or awaits_decision(state):
        accept_records(work, key, f"person:{order.by}")
    return resume(work, key, order)
