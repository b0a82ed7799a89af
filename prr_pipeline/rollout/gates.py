"""Gates: the conditions for advancing, each open, closed, unknown or not used, with a reason in words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass

ALWAYS_REQUIRED = frozenset(
    {"flag", "record", "readiness", "dwell", "alerts", "dependencies", "halt", "freeze", "window", "signoff"}
)
OPTIONAL_GATES = frozenset({"burn_rate", "canary", "blast_radius", "rollback_drill"})
"""Gates that policy may require. One that is required but not configured is unknown."""

ORDER = (
    "flag", "record", "readiness", "dwell", "alerts", "dependencies", "halt", "freeze", "window",
    "burn_rate", "canary", "blast_radius", "rollback_drill", "signoff",
)  # fmt: skip
"""The order in which gates are shown; the sign-off comes last, so nobody is asked to sign what cannot move."""


class GateState(StrEnum):
    """What a gate says. Only open lets a promotion advance; not used is shown and skipped."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    NOT_USED = "not_used"


@dataclass(frozen=True, slots=True)
class GateReading:
    """One gate's answer. ``until`` is when it may open by itself, where that is known."""

    name: str
    state: GateState
    why: str
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (GateState.OPEN, GateState.NOT_USED)

    def as_data(self) -> dict[str, object]:
        """Canonical form for the decision record."""
        until = instant_text(self.until) if self.until else None
        return {"name": self.name, "state": str(self.state), "until": until, "why": self.why}


def opened(name: str, why: str) -> GateReading:
    """An open gate."""
    return GateReading(name, GateState.OPEN, why)


def closed(name: str, why: str, until: datetime | None = None) -> GateReading:
    """A closed gate."""
    return GateReading(name, GateState.CLOSED, why, until)


def unknown(name: str, why: str) -> GateReading:
    """A gate that could not be read."""
    return GateReading(name, GateState.UNKNOWN, why)


def not_used(name: str) -> GateReading:
    """A gate that policy does not require and nothing feeds."""
    return GateReading(name, GateState.NOT_USED, "not required by policy")
