"""What the ledger does not take in: the rules that hold whoever writes. Pure functions that raise `Refused`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from prr_pipeline.canonical import HalfCharacter, canonical_bytes
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import SYSTEM_STREAM, TRANSITIONS, Draft, Event, EventType
from prr_pipeline.ledger.fold import UnknownEvent, apply
from prr_pipeline.rollout.reclimb import awaits_decision
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.subjects import promotion_key

RAISING = frozenset(
    {
        EventType.PROMOTION_OPENED,
        EventType.SIGNOFF_ACCEPTED,
        EventType.INTENT_WRITTEN,
        EventType.RESUMED,
        EventType.ATTEMPT_STARTED,
        EventType.LINE_RELEASED,
    }
)
"""Types that lead to more exposure. A ledger that may only lower refuses them and takes all others."""

_MAX_PAYLOAD_BYTES = 1 << 20
_SUBJECT_PREFIX = "subject/"


def payload_text(draft: Draft) -> str:
    """The canonical JSON of a draft's payload. Raises `Refused` when an actor, a reason or the form is missing."""
    if _is_blank(draft.actor):
        raise Refused(f"The event {draft.type} of {draft.stream!r} names no actor; say who or what caused it.")
    if "reason" in draft.payload and _is_blank(draft.payload["reason"]):
        raise Refused(f"The event {draft.type} of {draft.stream!r} has an empty reason; say why.")
    if _is_blank(draft.stream):
        raise Refused(f"The event {draft.type} names no stream; give a promotion key, a subject or {SYSTEM_STREAM!r}.")
    try:
        data = canonical_bytes(draft.payload)
        canonical_bytes([draft.stream, draft.actor])
    except HalfCharacter:
        raise Refused(
            f"The event {draft.type} of {draft.stream!r} holds half a character (a lone surrogate)."
        ) from None
    if len(data) > _MAX_PAYLOAD_BYTES:
        raise Refused(f"The payload of {draft.type} has {len(data)} bytes; the limit is {_MAX_PAYLOAD_BYTES}.")
    return data.decode()


def is_promotion_stream(stream: str, kind: str) -> bool:
    """Whether the event belongs to a promotion's state. Raises `Refused` for a transition on another stream."""
    if stream != SYSTEM_STREAM and not stream.startswith(_SUBJECT_PREFIX):
        return True
    if kind in TRANSITIONS:
        raise Refused(
            f"The event {kind} belongs to a promotion; {stream!r} is none, its key looks like createGrant:ga."
        )
    return False


def folded(text: str) -> str:
    """The form in which names that a person takes for the same are equal: NFKC, case folded, NFKC again."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def next_state(state: PromotionState | None, event: Event) -> PromotionState:
    """The state after ``event``. Raises `Refused` when the event cannot follow, `UnknownEvent` as the fold."""
    try:
        if state is not None:
            _check_raise(state, event)
        after = apply(state, event)
    except UnknownEvent:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        raise Refused(
            f"The event {event.type} of {event.stream} has a wrong payload ({fault!r}); see docs/ledger.md."
        ) from None
    except PrrError as fault:
        raise fault if isinstance(fault, Refused) else Refused(str(fault)) from None
    if state is None and promotion_key(after.subject, after.target) != event.stream:
        key = promotion_key(after.subject, after.target)
        raise Refused(f"The promotion of {after.subject} to {after.target} has the key {key!r}, not {event.stream!r}.")
    return after


def check_opening(state: PromotionState, others: Iterable[Mapping[str, Any]]) -> None:
    """Check a new promotion against ``others``: rows of ``promotions`` with a like subject or a like flag key."""
    for other in others:
        if other["folded_flag_key"] == folded(state.flag_key):
            raise Refused(
                f"The flag key {state.flag_key!r} was used by {other['key']} ({other['flag_key']!r}); "
                "a flag key is never used again, choose a new one."
            )
        if other["subject"] != str(state.subject):
            raise Refused(
                f"{state.subject} looks like {other['subject']}, of which there is the promotion {other['key']}; "
                "names that differ only by case or form are refused."
            )
        if other["is_open"]:
            raise Refused(f"{state.subject} has the open promotion {other['key']}; it must end before another opens.")


def _check_raise(state: PromotionState, event: Event) -> None:
    if event.type in RAISING and not state.is_open and event.type != EventType.PROMOTION_OPENED:
        raise Refused(f"The promotion {state.key} has ended; {event.type} is no longer possible, open a new one.")
    if event.type == EventType.INTENT_WRITTEN:
        _check_intent(state, event.payload)
    elif event.type == EventType.INTENT_SETTLED:
        _check_settle(state, event.payload)
    elif event.type == EventType.RESUMED and state.latch and state.latch.kind is LatchKind.ROLLED_BACK:
        raise Refused(f"The promotion {state.key} was rolled back; only a new attempt, newly signed, climbs again.")
    elif event.type == EventType.RESUMED and awaits_decision(state) and event.payload.get("decided") is not True:
        raise Refused(f"The promotion {state.key} fell too often; it goes on once people have signed that it may.")
    elif event.type == EventType.ATTEMPT_STARTED and event.payload["attempt"] != state.attempt + 1:
        raise Refused(f"The next attempt of {state.key} is {state.attempt + 1}, not {event.payload['attempt']}.")


def _check_intent(state: PromotionState, payload: Mapping[str, Any]) -> None:
    if state.latch is not None:
        raise Refused(
            f"The promotion {state.key} is halted ({state.latch.kind}: {state.latch.cause}); nothing may rise."
        )
    if state.intent is not None:
        raise Refused(f"The promotion {state.key} has the open intent {state.intent.intent_id}; settle or withdraw it.")
    if payload["attempt"] != state.attempt:
        raise Refused(
            f"The promotion {state.key} is in attempt {state.attempt}; the intent is of {payload['attempt']}."
        )
    rung = payload["rung"]
    if rung != state.next_rung or Exposure.parse(payload["to"]) != state.ladder.exposure(rung):
        after = "no rung" if state.next_rung is None else state.ladder.exposure(state.next_rung)
        raise Refused(f"The next step of {state.key} is to {after}; an intent to {payload['to']} skips the ladder.")


def _check_settle(state: PromotionState, payload: Mapping[str, Any]) -> None:
    intent = state.intent
    if intent is None or intent.rung != payload["rung"]:
        raise Refused(
            f"The promotion {state.key} has no open intent to rung {payload['rung']}; nothing can be settled."
        )
    if payload.get("intent_id", intent.intent_id) != intent.intent_id:
        raise Refused(f"The open intent of {state.key} is {intent.intent_id}, not {payload['intent_id']}.")
    if state.ceiling < intent.to:
        raise Refused(f"The promotion {state.key} is halted at {state.ceiling}; a raise to {intent.to} cannot settle.")


def _is_blank(value: object) -> bool:
    """Whether nobody could read it: no text, or only white space, control and invisible characters."""
    return not isinstance(value, str) or all(unicodedata.category(c)[0] in "ZC" for c in value)
