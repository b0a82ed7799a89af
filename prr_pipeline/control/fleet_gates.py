"""Gates that look at all promotions at once: is the line stopped, how much moves, was the kill switch drilled?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import TypeVar

from prr_pipeline.control.drills import Drilled, drilled_gate, last_drills
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.blast_radius import NAME as BLAST_RADIUS
from prr_pipeline.rollout.blast_radius import Fleet, blast_radius_gate
from prr_pipeline.rollout.dependencies import Graph
from prr_pipeline.rollout.gates import GateReading, unknown
from prr_pipeline.rollout.line import Line, halt_gate
from prr_pipeline.rollout.scope import member_of
from prr_pipeline.rollout.state import PromotionState

ROLLBACK_DRILL = "rollback_drill"
_NOBODY = Fleet((), {})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """What one look at the ledger tells about all promotions, as far as policy asks for it.

    ``line`` is None where ``line_fault`` says why; ``faults`` say it of the gates that could not be prepared.
    """

    line: Line | None
    line_fault: str
    fleet: Fleet
    drills: Mapping[str, Drilled]
    faults: Mapping[str, str] = field(default_factory=dict)

    def halt(self, state: PromotionState, graph: Graph) -> GateReading:
        """The gate ``halt``: unknown while the orders cannot be read."""
        if self.line is None:
            return unknown("halt", self.line_fault)
        return halt_gate(self.line.stops_for(member_of(state), graph) if self.line.orders else ())

    def stops(self, states: Mapping[str, PromotionState], graph: Graph) -> tuple[str, ...]:
        """The orders that stop the line, a sentence each; where they cannot be read, why."""
        if self.line is None:
            return (self.line_fault,)
        members = [member_of(state) for state in states.values() if state.is_open]
        return tuple(one.words for one in self.line.standing(members, graph))

    def optional(self, work: Workplace, state: PromotionState, graph: Graph, now: datetime) -> dict[str, GateReading]:
        """Those of the gates ``blast_radius`` and ``rollback_drill`` that policy requires."""
        policy = work.policy
        found = {name: unknown(name, why) for name, why in self.faults.items()}
        if BLAST_RADIUS in policy.required - found.keys():
            found[BLAST_RADIUS] = blast_radius_gate(state, self.fleet, graph, policy.caps, now)
        if ROLLBACK_DRILL in policy.required - found.keys():
            found[ROLLBACK_DRILL] = drilled_gate(work, state, self.drills, now)
        return found


def read_fleet(work: Workplace, states: Mapping[str, PromotionState], now: datetime) -> FleetFacts:
    """Read the orders, and of the rest what policy asks for. Raises nothing: what fails is unknown for all promotions,
    and their guardrails are judged all the same."""
    faults: dict[str, str] = {}
    required = work.policy.required
    fleet, drills, line = _NOBODY, dict[str, Drilled](), None
    if BLAST_RADIUS in required:
        fleet = _tried(lambda: Fleet.of(states.values(), work.policy.caps, now), fleet, BLAST_RADIUS, faults)
    if ROLLBACK_DRILL in required:
        drills = _tried(lambda: last_drills(work), drills, ROLLBACK_DRILL, faults)
    line = _tried(work.ledger.line, None, "halt", faults)
    return FleetFacts(line, faults.pop("halt", ""), fleet, drills, faults)


def _tried(make: Callable[[], T], otherwise: T, gate: str, faults: dict[str, str]) -> T:
    """What ``make`` gives; where it fails, ``otherwise``, and why is entered for the gate."""
    try:
        return make()
    except Exception as fault:
        faults[gate] = str(fault) if isinstance(fault, PrrError) else f"{type(fault).__name__}: {fault}"
        return otherwise
