"""Lower: latch, write the flag, read it back, settle. Needs no permission; at worst only the flag back end."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.notices import notify
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind, PromotionState

LATCH_WAIT = timedelta(seconds=2)
"""How long a latch may wait for the ledger before the flag is lowered without it."""

_TRIES = 4
_PAUSE_S = 0.15


@dataclass(frozen=True, slots=True)
class Lowered:
    """One lowering's end. ``confirmed`` only after a read-back; ``unrecorded``: what the ledger does not hold."""

    key: str
    flag_key: str
    to: Exposure
    shown: Exposure | None
    confirmed: bool
    cause: str
    unrecorded: str = ""


def lower(
    work: Workplace, reasons: Mapping[str, Lowering], states: Mapping[str, PromotionState], actor: str
) -> list[Lowered]:
    """Lower many promotions at once: one flag write for all. ``reasons`` and ``states`` are by promotion key."""
    if not reasons:
        return []
    unlatched = {key: _latch(work, states[key], reason, actor) for key, reason in reasons.items()}
    failpoint("after_latch")
    targets = {states[key].flag_key: reason.to for key, reason in reasons.items()}
    shown, fault = lower_flags(work, targets)
    return [_settle(work, states[key], reason, shown, fault, unlatched[key], actor) for key, reason in reasons.items()]


def lower_flags(work: Workplace, targets: Mapping[str, Exposure]) -> tuple[Mapping[str, ExposureRecord], str]:
    """Write and read back until every flag is at or below its target, with jitter; then the last fault in words."""
    fault = ""
    shown: Mapping[str, ExposureRecord] = {}
    for attempt in range(_TRIES):
        try:
            work.flags.lower_all(targets, intent_id=f"lower-{uuid.uuid4()}")
            shown = work.flags.read(list(targets))
            if all(_is_low(shown.get(key), to) for key, to in targets.items()):
                return shown, ""
            fault = "the flags were written, but do not show it yet"
        except PrrError as error:
            fault = str(error)
        time.sleep(_PAUSE_S * (attempt + 1) * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)
    return shown, fault


def _is_low(record: ExposureRecord | None, to: Exposure) -> bool:
    return record is not None and record.exposure is not None and record.exposure <= to


def _latch(work: Workplace, state: PromotionState, reason: Lowering, actor: str) -> str:
    """Write the latch; returns a sentence when the ledger could not take it. Nothing in here may stop the lowering."""
    payload = {"by": actor, "cause": reason.cause, "kind": str(reason.latch), "lowers": True, "to": str(reason.to)}
    latch = state.latch
    if latch is not None and state.lowering_open and latch.kind is reason.latch and latch.to == reason.to:
        return ""
    try:
        work.ledger.append([Draft(state.key, EventType.LATCHED, payload, actor)], wait=LATCH_WAIT)
    except Exception as fault:
        return f"the ledger did not take the latch ({fault})"
    return ""


def _settle(
    work: Workplace,
    state: PromotionState,
    reason: Lowering,
    shown: Mapping[str, ExposureRecord],
    fault: str,
    unlatched: str,
    actor: str,
) -> Lowered:
    record = shown.get(state.flag_key)
    confirmed = _is_low(record, reason.to)
    unrecorded = unlatched
    if confirmed and record is not None:
        unrecorded = _record(work, state, reason, record, actor) or unlatched
        notify(
            work, "warn", f"{state.key} lowered to {record.exposure}", reason.cause, state.key, f"lowered/{state.key}"
        )
    else:
        notify(
            work, "page", f"{state.key} could not be lowered",
            f"{reason.cause}. The flag {state.flag_key} does not show {reason.to} yet: {fault}", state.key,
            f"not-lowered/{state.key}",
        )  # fmt: skip
    exposure = record.exposure if record else None
    return Lowered(state.key, state.flag_key, reason.to, exposure, confirmed, reason.cause, unrecorded)


def _record(work: Workplace, state: PromotionState, reason: Lowering, record: ExposureRecord, actor: str) -> str:
    payload: dict[str, object] = {
        "cause": reason.cause,
        "flag_version": record.version,
        "from": str(state.exposure),
        "kind": str(reason.latch),
        "to": str(record.exposure),
    }
    drafts = [Draft(state.key, EventType.LOWERED, payload, actor)]
    if state.maturity_recorded_at is not None and reason.latch in (LatchKind.ROLLED_BACK, LatchKind.STEPPED_DOWN):
        withdrawn: dict[str, object] = {
            "reason": reason.cause,
            "target": str(state.target),
            "subject": str(state.subject),
        }
        drafts.append(Draft(state.key, EventType.MATURITY_WITHDRAWN, withdrawn, actor))
    try:
        work.ledger.append(drafts, wait=LATCH_WAIT)
    except Exception as fault:
        return f"the ledger did not take the lowering ({fault})"
    return ""


def flags_only(work: Workplace, flag_keys: Sequence[str], to: Exposure) -> tuple[dict[str, bool], str]:
    """Lower flags with no ledger at all: which of them now show ``to`` or less, and the last fault in words."""
    shown, fault = lower_flags(work, dict.fromkeys(flag_keys, to))
    return {key: _is_low(shown.get(key), to) for key in flag_keys}, fault
