"""Book the dwell that was observed, in the ledger's mutable table, with hourly checkpoints in the chain."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.rollout.dwell import Dwell, book
from prr_pipeline.rollout.dwell import step_of as step_of
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import PromotionState

_LOG = logging.getLogger(__name__)
_TABLE = "dwell"
_CHECKPOINTS = "dwell_checkpoint"


def read_dwell(work: Workplace, state: PromotionState) -> Dwell | None:
    """The dwell served in the present stay; None before the first observation of it."""
    dwell = _kept(work, state.key)
    return dwell if dwell is not None and dwell.step == step_of(state) else None


def book_dwell(work: Workplace, state: PromotionState, decision: Decision) -> Dwell | None:
    """Add one observation. Nothing is booked below the first rung."""
    if state.rung == BOTTOM:
        return None
    dwell = book(
        _kept(work, state.key),
        work.clock.read(),
        step=step_of(state),
        runs=decision.clock_runs,
        restart=decision.clock_restarts,
        gap_cap=work.policy.gap_cap,
        jump_limit=work.policy.jump_limit,
    )
    work.ledger.counters.put(_TABLE, state.key, dwell.as_data())
    _checkpoint(work, state, dwell)
    return dwell


def _kept(work: Workplace, key: str) -> Dwell | None:
    """The last observation; None without one, and for a row of another shape (another version's), which proves nothing.

    The stay is then served anew: that may delay a raise, and stops no lowering.
    """
    row = work.ledger.counters.get(_TABLE, key)
    try:
        return Dwell.from_data(row) if row is not None else None
    except (KeyError, TypeError, ValueError, OverflowError, PrrError) as fault:
        _LOG.warning("what is kept of the dwell of %s cannot be read (%s: %s)", key, type(fault).__name__, fault)
        return None


def _checkpoint(work: Workplace, state: PromotionState, dwell: Dwell) -> None:
    """Once an hour of real time the sum goes into the chain, so that the mutable table can be checked against it."""
    now = work.real_now()
    last = work.ledger.counters.get(_CHECKPOINTS, state.key)
    before = _instant_in(last)
    if before is not None and now - before < work.settings.policy.checkpoint_every:
        return
    work.ledger.counters.put(_CHECKPOINTS, state.key, {"at": instant_text(now)})
    if last is None:
        return
    payload = {
        "served_seconds": dwell.served // timedelta(seconds=1),
        "step": dwell.step,
        "unobserved_seconds": dwell.unobserved // timedelta(seconds=1),
    }
    work.ledger.append([Draft(state.key, EventType.DWELL_CHECKPOINTED, payload, "sensor:alerts")])


def _instant_in(row: Mapping[str, object] | None) -> datetime | None:
    """When the last checkpoint was; None for a row of another shape, which makes the next one due."""
    try:
        return parse_instant(str(row["at"])) if row is not None else None
    except (KeyError, TypeError, PrrError):
        return None
