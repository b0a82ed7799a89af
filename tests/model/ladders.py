"""Ladders of the model check: short ones find the same faults in fewer states."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.exposure import FULL, SHADOW, Exposure
from prr_pipeline.rollout.ladder import DEFAULT_LADDER, Ladder, Rung

_DAY = timedelta(days=1)
TWO = Ladder((Rung(Exposure.share(100), _DAY), Rung(FULL, _DAY)))
THREE = Ladder((Rung(SHADOW, _DAY), Rung(Exposure.share(100), _DAY), Rung(FULL, _DAY)))
FIVE = DEFAULT_LADDER
