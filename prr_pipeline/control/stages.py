"""The stages after 100%, as rules alone: which are open, when it is quiet there, and what a lowering takes back."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.decide import Decision, Verdict
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.subjects import Target

_MUST_BE_WELL = frozenset({"alerts", "burn_rate", "canary"})
"""The gates that must be open, where they are used: nothing closes on what merely was not seen to be bad."""


def unfinished_stages(state: PromotionState) -> frozenset[EventType]:
    """The events that a promotion still needs before it ends: Beta ends with its maturity, GA with all four."""
    done = {
        EventType.MATURITY_RECORDED: state.maturity_recorded_at,
        EventType.WATCH_CLOSED: state.watch_closed_at,
        EventType.FEEDBACK_CLOSED: state.feedback_closed_at,
        EventType.GAME_DAY_PLANNED: state.game_day_planned_at,
    }
    asked = done.keys() if state.target is Target.GA else {EventType.MATURITY_RECORDED}
    return frozenset(kind for kind in asked if done[kind] is None)


def next_quarter(at: datetime) -> str:
    """The quarter after the one that ``at`` lies in, e.g. ``2027-Q1``."""
    quarter = (at.month - 1) // 3 + 2
    return f"{at.year + 1}-Q1" if quarter == 5 else f"{at.year}-Q{quarter}"


def unquiet(state: PromotionState, decision: Decision) -> str:
    """Why what happens at 100% is not quiet now: something to lower, drift, an unread answer, any alert, a latch.

    Metrics that policy requires must say that all is well.
    """
    shut = [f"{gate.name}: {gate.why}" for gate in decision.gates if gate.name in _MUST_BE_WELL and not gate.is_open]
    moving = decision.verdict >= Verdict.STEP_DOWN or decision.adopt is not None or decision.blind
    if moving or state.latch is not None or shut:
        return f"{state.key} is not quiet: {[*decision.causes, *shut][0]}"
    return ""


def withdraws_maturity(state: PromotionState, latch: LatchKind) -> bool:
    """Whether a lowering with that latch takes a recorded maturity back: what regressed is not what was promised."""
    return state.maturity_recorded_at is not None and latch in (LatchKind.ROLLED_BACK, LatchKind.STEPPED_DOWN)
