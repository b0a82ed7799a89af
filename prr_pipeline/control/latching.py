"""Latch promotions before their flags are lowered: nothing may rise from then on, and nothing waits long for that."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import StaleVersion, Unavailable
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind, PromotionState

LATCH_WAIT = timedelta(seconds=2)
"""How long all latches together may wait for the ledger before the flags are lowered without them."""

RACES = 5
"""How often a write is tried again because somebody else changed the promotion in between."""


def latch(
    work: Workplace, reasons: Mapping[str, Lowering], states: Mapping[str, PromotionState], actor: str
) -> dict[str, str]:
    """Write all latches in one append; returns why, for those that the ledger did not take.

    Nothing in here may stop the lowering. If the ledger refuses the batch, each is tried apart: no promotion's fault
    is another's.
    """
    drafts = {k: latch_draft(k, r, actor) for k, r in reasons.items() if not _stands(states[k], r)}
    try:
        work.ledger.append(list(drafts.values()), expect={key: states[key].version for key in drafts}, wait=LATCH_WAIT)
    except Unavailable as fault:
        return dict.fromkeys(drafts, _not_latched(fault))
    except Exception:
        return _latch_apart(work, reasons, drafts)
    return {}


def _latch_apart(work: Workplace, reasons: Mapping[str, Lowering], drafts: Mapping[str, Draft]) -> dict[str, str]:
    """Each latch on its own, whatever the promotion's version is now. A ledger that is gone is waited for once.

    One that another worker has just served with the same lowering needs no second latch.
    """
    unlatched: dict[str, str] = {}
    for key, draft in drafts.items():
        try:
            _latch_now(work, reasons[key], draft)
        except Unavailable as fault:
            return dict.fromkeys(drafts, _not_latched(fault))
        except Exception as fault:
            unlatched[key] = _not_latched(fault)
    return unlatched


def _latch_now(work: Workplace, reason: Lowering, draft: Draft) -> None:
    """Against the state as it is now; a promotion that others change all the time is latched unseen."""
    for _ in range(RACES):
        state = work.state(draft.stream)
        if _stands(state, reason) or _is_done(state, reason):
            return
        with suppress(StaleVersion):
            work.ledger.append([draft], expect={draft.stream: state.version}, wait=LATCH_WAIT)
            return
    work.ledger.append([draft], wait=LATCH_WAIT)


def _is_done(state: PromotionState, reason: Lowering) -> bool:
    latched = state.latch is not None and state.latch.kind in (reason.latch, LatchKind.ROLLED_BACK)
    return latched and not state.lowering_open and state.intent is None and state.exposure <= reason.to


def _not_latched(fault: Exception) -> str:
    return f"the ledger did not take the latch ({fault})"


def _stands(state: PromotionState, reason: Lowering) -> bool:
    latch = state.latch
    return latch is not None and state.lowering_open and (latch.kind, latch.to) == (reason.latch, reason.to)


def latch_draft(key: str, reason: Lowering, actor: str) -> Draft:
    """The latch of a lowering; after a guardrail's step down it says when it may be lifted, and whether by itself."""
    payload: dict[str, object] = {
        "by": actor, "cause": reason.cause, "kind": str(reason.latch), "lowers": True, "to": str(reason.to),
    }  # fmt: skip
    if reason.cooling is not None:
        payload["cooling"] = reason.cooling.as_data()
    return Draft(key, EventType.LATCHED, payload, actor)
