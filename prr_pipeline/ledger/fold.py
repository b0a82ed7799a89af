"""State is a fold of events: one handler per event type, each a pure step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import SCHEMA_VERSION, TRANSITIONS, Event, EventType
from prr_pipeline.rollout.ladder import BOTTOM, Ladder
from prr_pipeline.rollout.reclimb import Cooling, stricter
from prr_pipeline.rollout.state import AcceptedSignoff, Intent, Latch, LatchKind, PromotionState, changed, completed
from prr_pipeline.subjects import Subject, parse_target

Payload = Mapping[str, Any]
Step = Callable[[PromotionState, Payload, datetime], PromotionState]


class UnknownEvent(PrrError):
    """A ledger written by a newer version: reading on would be a guess. Lowering a flag is still possible."""


def fold(events: Iterable[Event]) -> PromotionState | None:
    """The state after ``events`` of one promotion, in order; None without events."""
    state: PromotionState | None = None
    for event in events:
        state = apply(state, event)
    return state


def apply(state: PromotionState | None, event: Event) -> PromotionState:
    """The state after one more event. Raises `UnknownEvent` for a type or schema that this version does not know."""
    if event.schema > SCHEMA_VERSION or event.type not in _KNOWN:
        raise UnknownEvent(
            f"Ledger event {event.seq} is of type {event.type!r}, schema {event.schema}; this version reads schema "
            f"{SCHEMA_VERSION}. Upgrade prr_pipeline; until then it may only lower."
        )
    kind = EventType(event.type)
    if kind is EventType.PROMOTION_OPENED:
        if state is not None:
            raise PrrError(f"Promotion {event.stream} is opened twice in the ledger (event {event.seq}).")
        return completed(_opened(event), last_seq=event.seq)
    if state is None:
        raise PrrError(f"Ledger event {event.seq} ({event.type}) is about {event.stream}, which was never opened.")
    step = _STEPS.get(kind)
    after = step(state, event.payload, event.at) if step else state
    version = state.version + 1 if kind in TRANSITIONS else state.version
    after = completed(changed(state) if after is state else after, version=version, last_seq=event.seq)
    if kind is EventType.INTENT_WRITTEN and after.intent is not None:
        new = after.intent
        own = Intent(new.intent_id, new.attempt, new.rung, new.to, new.written_at, new.flag_version, event.seq)
        return completed(after, intent=own)
    return after


def _opened(event: Event) -> PromotionState:
    p: Payload = event.payload
    return PromotionState(
        key=event.stream,
        subject=Subject.parse(p["subject"]),
        target=parse_target(p["target"]),
        flag_key=p["flag_key"],
        environment=p["environment"],
        context=p["context"],
        author=p["author"],
        dependencies=tuple(Subject.parse(text) for text in p["dependencies"]),
        ladder=Ladder.from_data(p["ladder"]),
        opened_at=event.at,
        opened_by=event.actor,
        dependency_contexts={Subject.parse(text): str(c) for text, c in p.get("dependency_contexts", {}).items()},
    )


def _signoff(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    accepted = AcceptedSignoff(
        record_digest=p["record_digest"],
        person=p["person"],
        role=p["role"],
        attempt=p["attempt"],
        rung=p.get("rung"),
        accepted_at=at,
        on_call=p["on_call"],
        statement=p["statement"],
    )
    return changed(state, signoffs=(*state.signoffs, accepted))


def _intent(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    intent = Intent(p["intent_id"], p["attempt"], p["rung"], Exposure.parse(p["to"]), at, p["flag_version"])
    return changed(state, intent=intent)


def _settled(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    rung = p["rung"]
    return changed(
        state,
        intent=None,
        rung=rung,
        rung_since=at,
        highest_rung=max(state.highest_rung, rung),
        good_rung=state.rung,
        flag_version=p["flag_version"],
        full_at=at if rung == state.ladder.top else state.full_at,
        raised_at=(*state.raised_at, at),
    )


def _withdrawn(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    """A withdrawal moves the flag's version, so that a late write of the same intent is lost."""
    return changed(state, intent=None, flag_version=p.get("flag_version") or state.flag_version)


def _latched(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    """A stricter latch replaces a laxer one; a laxer one never loosens what stands.

    A person's hold and a lowering's latch stand side by side, the lowering's in front. A guardrail's step down is a
    fall whatever stands.
    """
    standing, hold, told = state.latch, state.hold, Cooling.from_data(p.get("cooling"))
    front = standing if standing is not None and standing.kind is not LatchKind.HELD else None
    kind = LatchKind(p["kind"])
    cooling = told if front is None or kind is LatchKind.ROLLED_BACK else stricter(front.cooling, told)
    latch = Latch(kind, p["cause"], p["by"], at, Exposure.parse(p["to"]), cooling)
    if latch.kind is LatchKind.HELD and standing is not None:
        behind = standing.kind is not LatchKind.HELD and hold is None
        latch, hold = standing, latch if behind else hold
    elif standing is not None and standing.kind is LatchKind.HELD:
        hold = standing
    elif standing is not None and standing.kind is LatchKind.ROLLED_BACK:
        latch = standing
    elif standing is not None and standing.to < latch.to:
        latch = replace(standing, cooling=cooling) if cooling is not None and cooling.until is None else standing
    falls = (state.falling or told is not None) and latch.kind is not LatchKind.ROLLED_BACK
    return changed(state, latch=latch, hold=hold, lowering_open=p["lowers"] or state.lowering_open, falling=falls)


def _lowered(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    """The flag was read back at ``to``. At off the attempt is over and its council sign-off is spent."""
    rung = state.ladder.index_at_or_below(Exposure.parse(p["to"]))
    rung = min(rung, state.rung)
    fell = rung < state.rung and state.falling
    return changed(
        state if rung == state.ladder.top else _left_top(state),
        intent=None,
        rung=rung,
        rung_since=at,
        good_rung=max(BOTTOM, min(state.good_rung, rung - 1)),
        lowering_open=False,
        flag_version=p["flag_version"],
        falls=(*state.falls, state.rung) if fell else state.falls,
        falling=False,
    )


def _left_top(state: PromotionState) -> PromotionState:
    """Watch, feedback and game day count from the instant that 100% was reached: leaving it undoes them."""
    return changed(state, full_at=None, watch_closed_at=None, feedback_closed_at=None, game_day_planned_at=None)


def _resumed(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    """A hold under the lifted latch stands on, for its own resume. ``decided``: people signed that it goes on."""
    falls = () if p.get("decided") is True else state.falls
    return changed(state, latch=state.hold, hold=None, lowering_open=False, falling=False, falls=falls)


def _attempt(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(
        _left_top(state),
        attempt=p["attempt"],
        rolled_back_at=state.latch.at if state.latch is not None else at,
        latch=state.hold,
        hold=None,
        lowering_open=False,
        intent=None,
        rung=BOTTOM,
        rung_since=at,
        good_rung=BOTTOM,
        highest_rung=BOTTOM,
        falling=False,
        falls=(),
    )


def _evaluated(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, report_digest=p["report_digest"], judged_commit=p["commit"])


def _document(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, document_digest=p["document_digest"])


def _maturity(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, maturity_recorded_at=at, maturity_withdrawn_at=None)


def _maturity_withdrawn(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, maturity_withdrawn_at=at, maturity_recorded_at=None)


def _watch_closed(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, watch_closed_at=at)


def _feedback_closed(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, feedback_closed_at=at)


def _game_day(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, game_day_planned_at=at)


def _ended(state: PromotionState, p: Payload, at: datetime) -> PromotionState:
    return changed(state, ended_at=at)


_STEPS: dict[EventType, Step] = {
    EventType.SIGNOFF_ACCEPTED: _signoff,
    EventType.INTENT_WRITTEN: _intent,
    EventType.INTENT_SETTLED: _settled,
    EventType.INTENT_WITHDRAWN: _withdrawn,
    EventType.LATCHED: _latched,
    EventType.LOWERED: _lowered,
    EventType.RESUMED: _resumed,
    EventType.ATTEMPT_STARTED: _attempt,
    EventType.PROMOTION_ENDED: _ended,
    EventType.CHECKLIST_EVALUATED: _evaluated,
    EventType.DOCUMENT_RENDERED: _document,
    EventType.MATURITY_RECORDED: _maturity,
    EventType.MATURITY_WITHDRAWN: _maturity_withdrawn,
    EventType.WATCH_CLOSED: _watch_closed,
    EventType.FEEDBACK_CLOSED: _feedback_closed,
    EventType.GAME_DAY_PLANNED: _game_day,
}
_KNOWN = frozenset(EventType)
INERT = _KNOWN - TRANSITIONS - _STEPS.keys()
"""Types that leave a state as it is, but for its ``last_seq``: a fold may pass over them."""
