"""The kinds of ledger event, and an event before and after it was appended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass

SCHEMA_VERSION = 1
"""Version of the payload shapes below. A reader that meets a higher one may only lower."""


class EventType(StrEnum):
    """What can happen. Payload fields are named in `prr_pipeline.ledger.fold` and in docs/ledger.md."""

    # transitions: each moves the promotion's version by one
    PROMOTION_OPENED = "promotion_opened"
    SIGNOFF_ACCEPTED = "signoff_accepted"
    INTENT_WRITTEN = "intent_written"
    INTENT_SETTLED = "intent_settled"
    INTENT_WITHDRAWN = "intent_withdrawn"
    LATCHED = "latched"
    LOWERED = "lowered"
    RESUMED = "resumed"
    ATTEMPT_STARTED = "attempt_started"
    PROMOTION_ENDED = "promotion_ended"
    # facts and reports
    CHECKLIST_EVALUATED = "checklist_evaluated"
    DOCUMENT_RENDERED = "document_rendered"
    ATTESTATION_ACCEPTED = "attestation_accepted"
    JUSTIFICATION_ACCEPTED = "justification_accepted"
    COUNCIL_JUDGED = "council_judged"
    ADVANCE_REQUESTED = "advance_requested"
    DECISION_RECORDED = "decision_recorded"
    DWELL_CHECKPOINTED = "dwell_checkpointed"
    MATURITY_RECORDED = "maturity_recorded"
    MATURITY_WITHDRAWN = "maturity_withdrawn"
    MATURITY_ADOPTED = "maturity_adopted"
    WATCH_CLOSED = "watch_closed"
    FEEDBACK_CLOSED = "feedback_closed"
    GAME_DAY_PLANNED = "game_day_planned"
    EPISODE_OPENED = "episode_opened"
    EPISODE_CLOSED = "episode_closed"
    ALERT_REVIEWED = "alert_reviewed"
    DRIFT_SEEN = "drift_seen"
    RECORD_REFUSED = "record_refused"
    AGENDA_MADE = "agenda_made"
    HEAD_RESTARTED = "head_restarted"
    DEPLOY_JUDGED = "deploy_judged"
    LINE_STOPPED = "line_stopped"
    LINE_RELEASED = "line_released"
    ROLLBACK_DRILLED = "rollback_drilled"
    LOWERING_ORDERED = "lowering_ordered"


TRANSITIONS = frozenset(
    {
        EventType.PROMOTION_OPENED,
        EventType.SIGNOFF_ACCEPTED,
        EventType.INTENT_WRITTEN,
        EventType.INTENT_SETTLED,
        EventType.INTENT_WITHDRAWN,
        EventType.LATCHED,
        EventType.LOWERED,
        EventType.RESUMED,
        EventType.ATTEMPT_STARTED,
        EventType.PROMOTION_ENDED,
    }
)

SYSTEM_STREAM = "system"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to append. ``stream`` is a promotion key, ``subject/<kind>/<encoded name>`` or ``system``.

    ``actor`` says who or what caused it (``person:mara``, ``sensor:alerts``) and may not be empty. ``payload`` holds
    text, integers, booleans, null, lists and objects only.
    """

    stream: str
    type: EventType
    payload: Mapping[str, object]
    actor: str


@dataclass(frozen=True, slots=True)
class Event:
    """An appended event. ``hash`` = SHA-256 over ``previous_hash`` and the canonical row, both hex."""

    seq: int
    stream: str
    type: str
    payload: Mapping[str, object]
    actor: str
    at: datetime
    schema: int
    previous_hash: str
    hash: str
