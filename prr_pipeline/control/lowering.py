"""Lower: latch, write the flag, read it back, settle. Needs no permission; at worst only the flag back end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.flag_lowering import ReadBack, lower_flags
from prr_pipeline.control.latching import LATCH_WAIT, RACES, latch, latch_draft
from prr_pipeline.control.notices import notify_many, settle_notices, settle_older, tell_directly
from prr_pipeline.control.stages import withdraws_maturity
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import StaleVersion
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.notify.port import Notice, NoticeSeverity
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.reclimb import after_words
from prr_pipeline.rollout.state import LatchKind, PromotionState

_LOWERED = "lowered"
"""How the dedup keys of what was lowered begin."""
_OVER_WHEN_LOWERED = ("not-lowered", "feedback", "reviews")
"""Those of notices that a lowering makes needless: what they are about begins anew."""
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
    plans = [
        _Plan(states[key], reason, ends[states[key].flag_key], unlatched.get(key, ""))
        for key, reason in reasons.items()
    ]
    booked = _book_together(work, plans, actor) if len(plans) > 1 else frozenset()
    lowered = [_settle(work, plan, booked, actor) for plan in plans]
    _tell(work, plans, lowered, fault)
    return lowered


@dataclass(frozen=True, slots=True)
class _Plan:
    """One lowering after its flag was written: the state that was read before, why, and what was read back."""

    state: PromotionState
    reason: Lowering
    end: ReadBack
    unlatched: str

    @property
    def shown(self) -> ExposureRecord | None:
        """What the flag shows, if it shows the lowering."""
        return self.end.shown if self.end.low else None


@contextmanager
def _booking() -> Iterator[None]:
    """The boundary between what the flag shows and what the ledger holds, for one lowering and for many alike."""
    failpoint("before_lowered")
    yield
    failpoint("after_lowered")


def _settle(work: Workplace, plan: _Plan, booked: frozenset[str], actor: str) -> Lowered:
    """Book what was read back. What many were booked of in one append is not booked again."""
    state, reason, record = plan.state, plan.reason, plan.shown
    if record is None:
        exposure = plan.end.shown.exposure if plan.end.shown is not None else None
        return Lowered(state.key, state.flag_key, reason.to, exposure, False, reason.cause, plan.unlatched)
    unrecorded = ""
    if state.key not in booked:
        with _booking():
            unrecorded = _record(work, state.key, reason, record, latched=not plan.unlatched, actor=actor)
    return Lowered(state.key, state.flag_key, reason.to, record.exposure, True, reason.cause, unrecorded)


def _tell(work: Workplace, plans: Sequence[_Plan], lowered: Sequence[Lowered], fault: str) -> None:
    """Through the outbox, or straight to the adapters when the ledger has just failed: people hear of it either way."""
    queued: list[Notice] = []
    for plan, one in zip(plans, lowered, strict=True):
        notice = _notice(plan, one, fault, work.real_now())
        if one.unrecorded:
            tell_directly(work, replace(notice, body=f"{notice.body}. Not recorded: {one.unrecorded}"))
        else:
            queued.append(notice)
    notify_many(work, queued)
    booked = [one.key for one in lowered if one.confirmed and not one.unrecorded]
    settle_notices(work, {f"{name}/{key}" for name in _OVER_WHEN_LOWERED for key in booked})
    settle_older(work, _LOWERED, {n.about: n.dedup_key for n in queued if n.dedup_key.startswith(f"{_LOWERED}/")})


def _notice(plan: _Plan, one: Lowered, fault: str, at: datetime) -> Notice:
    cause = plan.reason.cause
    if not one.confirmed:
        body = f"{cause}. The flag {one.flag_key} does not show {one.to} yet: {fault}"
        return Notice("page", f"{one.key} could not be lowered", body, one.key, f"not-lowered/{one.key}", at)
    body = f"{cause}. {after_words(one.key, plan.reason.cooling)}" if plan.reason.cooling is not None else cause
    # A roll back after a step down is news, though nobody has resumed: what is told depends on where it went, and how.
    latch = plan.reason.latch
    severity: NoticeSeverity = "page" if latch is LatchKind.ROLLED_BACK else "warn"
    name = f"{_LOWERED}/{one.key}/{latch}/{plan.reason.to}"
    return Notice(severity, f"{one.key} lowered to {one.shown}", body, one.key, name, at)


def _book_together(work: Workplace, plans: Sequence[_Plan], actor: str) -> frozenset[str]:
    """Book the latched ones that were read back low in one append; the keys that this settled.

    None of them where it is refused or somebody was quicker: then each is booked by itself, as a single lowering is.
    """
    sound = [plan for plan in plans if not plan.unlatched]
    try:
        states = work.ledger.states() if sound else {}
        drafts: list[Draft] = []
        expect: dict[str, int] = {}
        settled: set[str] = set()
        for plan in sound:
            state, record = states.get(plan.state.key), plan.shown
            if state is None or record is None:
                continue
            settled.add(state.key)
            if not _is_booked(state, record, latched=True):
                drafts += _lowered_drafts(state, plan.reason, record, actor)
                expect[state.key] = state.version
        with _booking():
            work.ledger.append(drafts, expect=expect, wait=LATCH_WAIT)
    except Exception:
        return frozenset()
    return frozenset(settled)


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
    if withdraws_maturity(state, reason.latch):
        gone: dict[str, object] = {"reason": reason.cause, "subject": str(state.subject), "target": str(state.target)}
        drafts.append(Draft(state.key, EventType.MATURITY_WITHDRAWN, gone, actor))
    return drafts
