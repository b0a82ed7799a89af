"""Lower: latch, write the flag, read it back, settle. Needs no permission; at worst only the flag back end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.flag_lowering import ReadBack, lower_flags
from prr_pipeline.control.latching import LATCH_WAIT, RACES, latch, latch_draft
from prr_pipeline.control.notices import notify, settle_notice, tell_directly
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import StaleVersion
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.notify.port import Notice, NoticeSeverity
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import LatchKind, PromotionState

_LAST_WAIT = timedelta(milliseconds=200)
"""How long a ledger that did not take the latch is waited for once more, after the flags are low."""


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
    failpoint("before_latch")
    unlatched = latch(work, reasons, states, actor)
    failpoint("after_latch")
    ends, fault = lower_flags(work, {states[key].flag_key: reason.to for key, reason in reasons.items()})
    failpoint("after_lower_flags")
    return [
        _settle(work, states[key], reason, ends[states[key].flag_key], fault, unlatched.get(key, ""), actor)
        for key, reason in reasons.items()
    ]


def _settle(
    work: Workplace,
    state: PromotionState,
    reason: Lowering,
    end: ReadBack,
    fault: str,
    unlatched: str,
    actor: str,
) -> Lowered:
    record = end.shown
    shown = record.exposure if record is not None else None
    lowered = Lowered(state.key, state.flag_key, reason.to, shown, end.low, reason.cause, unlatched)
    if record is None or not end.low:
        body = f"{reason.cause}. The flag {state.flag_key} does not show {reason.to} yet: {fault}"
        _tell(work, "page", f"{state.key} could not be lowered", body, lowered, f"not-lowered/{state.key}")
        return lowered
    failpoint("before_lowered")
    unrecorded = _record(work, state.key, reason, record, latched=not unlatched, actor=actor)
    failpoint("after_lowered")
    lowered = Lowered(state.key, state.flag_key, reason.to, shown, True, reason.cause, unrecorded)
    title = f"{state.key} lowered to {record.exposure}"
    _tell(work, "warn", title, reason.cause, lowered, f"lowered/{state.key}")
    if not unrecorded:
        settle_notice(work, f"not-lowered/{state.key}")
    return lowered


def _tell(work: Workplace, severity: NoticeSeverity, title: str, body: str, lowered: Lowered, name: str) -> None:
    """Through the outbox, or straight to the adapters when the ledger has just failed: people hear of it either way."""
    if lowered.unrecorded:
        body = f"{body}. Not recorded: {lowered.unrecorded}"
        tell_directly(work, Notice(severity, title, body, lowered.key, name, work.real_now()))
        return
    notify(work, severity, title, body, lowered.key, name)


def _record(work: Workplace, key: str, reason: Lowering, record: ExposureRecord, *, latched: bool, actor: str) -> str:
    """Book the lowering against the state as it is now; returns a sentence when the ledger could not take it.

    Compare-and-set, because this worker may be late: another one may have booked the same lowering, a person may have
    resumed, and the promotion may have climbed again since. A latch that comes only now voids no raise that was decided
    since the flag was written, so the flag is written once more after it.
    """
    wait = LATCH_WAIT if latched else _LAST_WAIT
    try:
        for _ in range(RACES):
            state = work.state(key)
            if _is_booked(state, record, latched):
                return ""
            low = _lowered_drafts(state, reason, record, actor)
            drafts = low if state.lowering_open or latched else [latch_draft(key, reason, actor)]
            try:
                work.ledger.append(drafts, expect={key: state.version}, wait=wait)
            except StaleVersion:
                continue
            if drafts is low:
                return ""
            ends, fault = lower_flags(work, {state.flag_key: reason.to})
            again = ends[state.flag_key]
            if again.shown is None or not again.low:
                return f"the latch is recorded, the lowering is not yet ({fault})"
            record = again.shown
    except Exception as fault:
        return f"the ledger did not take the lowering ({fault})"
    return f"the ledger did not take the lowering (others changed {key} {RACES} times meanwhile)"


def _is_booked(state: PromotionState, record: ExposureRecord, latched: bool) -> bool:
    """Whether the ledger has this lowering already, or a newer state of the flag than was read back here."""
    if state.lowering_open:
        return False
    return state.flag_version >= record.version or (latched and not _wrote_again(state, record))


def _wrote_again(state: PromotionState, record: ExposureRecord) -> bool:
    """Whether two workers served one lowering, and this one moved the flag's version after the other had booked it.

    Unbooked, it would pass for somebody else's hand. Off needs no version, and an open intent brings its own.
    """
    return state.rung > BOTTOM and state.intent is None and state.exposure == record.exposure


def _lowered_drafts(state: PromotionState, reason: Lowering, record: ExposureRecord, actor: str) -> list[Draft]:
    payload: dict[str, object] = {
        "cause": reason.cause,
        "flag_version": record.version,
        "from": str(state.exposure),
        "kind": str(reason.latch),
        "to": str(record.exposure),
    }
    drafts = [Draft(state.key, EventType.LOWERED, payload, actor)]
    if state.maturity_recorded_at is not None and reason.latch in (LatchKind.ROLLED_BACK, LatchKind.STEPPED_DOWN):
        gone: dict[str, object] = {"reason": reason.cause, "subject": str(state.subject), "target": str(state.target)}
        drafts.append(Draft(state.key, EventType.MATURITY_WITHDRAWN, gone, actor))
    return drafts
