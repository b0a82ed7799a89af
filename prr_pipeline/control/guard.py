"""The guard that the alerts sensor calls: the full tick, or lowering by alerts alone while the tick fails."""

from __future__ import annotations

from prr_pipeline.control.blackout import lower_in_blackout
from prr_pipeline.control.notices import notify, settle_notice, tell_directly
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.notify.port import Notice

_NOTICE = "guard/tick"


def guard(work: Workplace) -> str:
    """One tick; returns what it did in words. Raises only after people were told and a lowering by alerts was tried."""
    try:
        words = watch(work).words
        _settle(work)
        return words
    except Exception as fault:
        why = f"{type(fault).__name__}: {fault}"
        try:
            lowered = lower_in_blackout(work, why)
        finally:
            _page(work, fault, why)
        done = f"lowered without the ledger: {', '.join(lowered)}" if lowered else "no critical alert"
        raise PrrError(f"The tick failed ({fault}); {done}.") from fault


def _page(work: Workplace, fault: Exception, why: str) -> None:
    """Through the outbox, unless it is what does not answer: nobody waits for it twice in one tick."""
    title = "The guard's tick fails"
    body = f"{why} Until a tick succeeds, flags are lowered by critical alerts alone, and no dwell is booked."
    if isinstance(fault, Unavailable):
        tell_directly(work, Notice("page", title, body, "system", _NOTICE, work.real_now()))
    else:
        notify(work, "page", title, body, "system", _NOTICE)


def _settle(work: Workplace) -> None:
    """Close the page, if one is open: a tick that succeeds writes nothing else for it."""
    if any(notice.dedup_key == _NOTICE for notice in work.ledger.outbox.open_notices()):
        settle_notice(work, _NOTICE)
