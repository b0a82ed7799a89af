"""What an auditor asks: is the record whole, and what happened?"""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import UnknownName
from prr_pipeline.ledger.audit import AuditResult, verify
from prr_pipeline.ledger.events import SYSTEM_STREAM, Event, EventType


def verify_ledger(work: Workplace) -> AuditResult:
    """Read the whole ledger and compare every link, fold, index entry and the signed head."""
    return verify(work.ledger)


def events_of(
    work: Workplace, stream: str | None, types: Sequence[str] = (), *, after: int = 0, limit: int | None = None
) -> list[Event]:
    """Events in order: of one promotion, subject stream or ``system``, or of all; the newest ``limit`` of them.

    Raises `UnknownName` for a type, `PrrError` for a stream without any event.
    """
    for name in types:
        if name not in list(EventType):
            raise UnknownName("event type", name, EventType)
    kinds = tuple(EventType(name) for name in types) or None
    found = work.ledger.events(stream=stream, types=kinds, after=after)
    if not found and stream not in (None, SYSTEM_STREAM) and not work.ledger.events(stream=stream, limit=1):
        work.state(str(stream))
    return found if limit is None else found[-limit:] if limit else []
