"""Caps on how much may move at once, as a policy sets them: see `prr_pipeline.rollout.blast_radius`."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure

_TEN_PERCENT = Exposure.share(1_000)


@dataclass(frozen=True, slots=True)
class Caps:
    """At most ``raises_per_tick`` rungs risen or rising within ``tick`` (policy time), and per service at most
    ``wide_per_service`` promotions at or above ``wide_from`` whose stability watch is not over."""

    raises_per_tick: int = 5
    tick: timedelta = timedelta(minutes=10)
    wide_per_service: int = 5
    wide_from: Exposure = _TEN_PERCENT

    def as_data(self) -> dict[str, object]:
        """Canonical form, part of the policy's."""
        return {
            "raises_per_tick": self.raises_per_tick,
            "tick_seconds": self.tick // timedelta(seconds=1),
            "wide_from": str(self.wide_from),
            "wide_per_service": self.wide_per_service,
        }


DEFAULT_CAPS = Caps()
