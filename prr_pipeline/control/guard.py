"""The guard that the alerts sensor calls: the full tick, or lowering by alerts alone while the ledger is gone."""

from __future__ import annotations

from prr_pipeline.control.blackout import lower_in_blackout
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError


def guard(work: Workplace) -> str:
    """One tick; returns what it did in words. Raises only after a lowering without the ledger was tried."""
    try:
        return watch(work).words
    except Exception as fault:
        lowered = lower_in_blackout(work, f"{type(fault).__name__}: {fault}")
        words = f"lowered without the ledger: {', '.join(lowered)}" if lowered else "no critical alert"
        raise PrrError(f"The tick could not use the ledger ({fault}); {words}.") from fault
