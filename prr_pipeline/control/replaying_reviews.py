"""Make every report on a month of feedback again from what the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.rollout.feedback_report import ReviewInputs, report_of
from prr_pipeline.rollout.recording import recorded, restored


def recorded_reviews(work: Workplace, key: str | None = None) -> Iterator[Event]:
    """Every closed review that kept what its report is made from, in order."""
    for event in work.ledger.events(stream=key, types=(EventType.FEEDBACK_CLOSED,)):
        if "inputs" in event.payload:
            yield event


def report_difference(event: Event) -> tuple[str, object, object] | None:
    """The first field of a report that is not what was recorded, with both values; None if all are, byte for byte.

    Fields that the record does not have are those of a later version.
    """
    was = event.payload.get("report")
    try:
        now = recorded(report_of(restored(ReviewInputs, event.payload["inputs"])))
    except (PrrError, ValueError) as fault:
        return "inputs", "", str(fault)
    if not isinstance(was, dict) or not isinstance(now, dict):
        return "report", was, now
    names = (name for name in sorted(was) if canonical_bytes(was[name]) != canonical_bytes(now.get(name)))
    first = next(names, None)
    return None if first is None else (first, was[first], now.get(first))
