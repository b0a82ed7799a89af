"""Read every alert source: one that throws is a reading that says nothing, and hides nothing of another's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.alerts import AlertReading

if TYPE_CHECKING:
    from prr_pipeline.signals.alerts.source import AlertSource

_LOG = logging.getLogger(__name__)


def read_alerts(work: Workplace) -> tuple[AlertReading, ...]:
    """One reading per configured source; incomplete, with a sentence, where the source raised or gave anything else."""
    return tuple(_read(work, source) for source in work.alerts)


def _read(work: Workplace, source: AlertSource) -> AlertReading:
    now = work.real_now()
    try:
        found: object = source.read(now)
    except PrrError as fault:
        return _nothing(work, source, str(fault))
    except Exception as fault:
        # Its text is anybody's: it may hold what no notice and no log may.
        return _nothing(work, source, f"it broke with {type(fault).__name__}; mend the source or its options.")
    if not isinstance(found, AlertReading):
        return _nothing(work, source, f"it gave {type(found).__name__}, no AlertReading; mend the source.")
    return found


def _nothing(work: Workplace, source: AlertSource, why: str) -> AlertReading:
    _LOG.warning("the alert source %s cannot be read: %s", source.name, why)
    return AlertReading(source.name, work.real_now(), False, why)
