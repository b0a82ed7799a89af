"""Facts: everything a decision looks at, gathered beforehand by control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.alerts import AlertAnswer
from prr_pipeline.rollout.dependencies import DependencyFact
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.gates import GateReading, unknown
from prr_pipeline.subjects import Subject

_UNASKED = unknown("halt", "nobody looked whether the line is stopped")


@dataclass(frozen=True, slots=True)
class FlagFact:
    """What the flag back end shows. ``readable`` False: it did not answer; ``exposure`` None: not one of our shapes."""

    readable: bool
    exposure: Exposure | None
    version: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """One consistent set of readings for one promotion.

    ``alerts`` are the operation's own; ``dependency_alerts`` those of its closure. ``signoff`` closed with
    ``signoff_void`` True stops the dwell clock. ``regressions`` are proven ones below page level, and
    ``hard_failures`` those that end the attempt, in words.
    ``optional`` holds the readings of gates that policy may require; ``halt`` is closed where the line is stopped.
    """

    flag: FlagFact
    record: GateReading
    readiness: GateReading
    signoff: GateReading
    signoff_void: bool
    alerts: AlertAnswer
    dependency_alerts: Mapping[Subject, AlertAnswer]
    dependencies: tuple[DependencyFact, ...]
    freeze: GateReading
    window: GateReading
    dwell: Dwell | None
    regressions: tuple[str, ...] = ()
    hard_failures: tuple[str, ...] = ()
    optional: Mapping[str, GateReading] = field(default_factory=dict)
    halt: GateReading = _UNASKED

    @property
    def all_alerts(self) -> tuple[tuple[Subject | None, AlertAnswer], ...]:
        """Own alerts (subject None) and those of each dependency: all count alike."""
        return ((None, self.alerts), *sorted(self.dependency_alerts.items()))
