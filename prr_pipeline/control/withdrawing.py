"""Give an intent up: void it at the flag, so that no late worker can write it, then say so in the ledger."""

from __future__ import annotations

from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused, StaleVersion, Unavailable
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import Intent, LatchKind, PromotionState


def withdraw(work: Workplace, state: PromotionState, intent: Intent, why: str, actor: str) -> str:
    """Withdraw an open intent; returns the reason in words. Raises `PrrError` when flag or ledger cannot be written:
    then the intent stays open, and the next run tries again."""
    failpoint("before_void")
    version = _void(work, state, intent)
    failpoint("after_void")
    payload = {"cause": why, "flag_version": version, "intent_id": intent.intent_id, "to": str(intent.to)}
    drafts = [Draft(state.key, EventType.INTENT_WITHDRAWN, payload, actor)]
    if version is None and state.rung == BOTTOM and state.latch is None:
        drafts.append(_foreign_hand(state, actor))
    try:
        work.ledger.append(drafts, expect={state.key: state.version})
    except StaleVersion:
        return f"{why} (and {state.key} was changed by somebody else)"
    failpoint("after_withdraw")
    return why


def _void(work: Workplace, state: PromotionState, intent: Intent) -> int | None:
    """Move the flag's version and not its exposure. A worker that stopped before its write would else raise the flag
    when it goes on, after the intent was given up.

    The new version, or None when somebody else moved it already. Done once, however often it is tried.
    """
    if _shown(work, state, intent) != state.exposure:
        return None
    try:
        kept = work.flags.write(
            state.flag_key,
            state.exposure,
            expected_version=intent.flag_version,
            intent_id=f"{intent.intent_id}/withdrawn",
        )
    except (StaleVersion, Refused):
        _shown(work, state, intent)
        return None
    return kept.version


def _shown(work: Workplace, state: PromotionState, intent: Intent) -> Exposure | None:
    """What the flag shows. Raises `Unavailable` when another worker has raised it meanwhile: that is settled, or
    lowered by the guard, but not given up, or the flag would stand above the ledger."""
    shown = work.flags.read([state.flag_key])[state.flag_key].exposure
    if shown == intent.to:
        raise Unavailable(f"The flag {state.flag_key} was raised to {shown} by another run meanwhile.")
    return shown


def _foreign_hand(state: PromotionState, actor: str) -> Draft:
    """Below the first rung a lowering by somebody else leaves no trace but the lost write: a person must resume.

    On a rung the guard sees it, because the flag's version is not the settled one.
    """
    cause = "somebody else wrote the flag while it was about to rise"
    payload = {"by": actor, "cause": cause, "kind": str(LatchKind.DRIFT), "lowers": False, "to": str(state.exposure)}
    return Draft(state.key, EventType.LATCHED, payload, actor)
