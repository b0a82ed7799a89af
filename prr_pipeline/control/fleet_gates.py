"""Gates that look at all promotions at once: is the line stopped, how much moves, was the kill switch drilled?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prr_pipeline.control.drills import Drilled, drilled_gate, last_drills
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.blast_radius import NAME as BLAST_RADIUS
from prr_pipeline.rollout.blast_radius import Fleet, blast_radius_gate
from prr_pipeline.rollout.dependencies import Graph
from prr_pipeline.rollout.gates import GateReading, unknown
from prr_pipeline.rollout.line import Line, halt_gate
from prr_pipeline.rollout.scope import member_of
from prr_pipeline.rollout.state import PromotionState

ROLLBACK_DRILL = "rollback_drill"


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """What one look at the ledger tells about all promotions. ``line`` is None where ``line_fault`` says why."""

    line: Line | None
    line_fault: str
    fleet: Fleet
    drills: Mapping[str, Drilled]

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
        policy, found = work.policy, {}
        if BLAST_RADIUS in policy.required:
            found[BLAST_RADIUS] = blast_radius_gate(state, self.fleet, graph, policy.caps, now)
        if ROLLBACK_DRILL in policy.required:
            found[ROLLBACK_DRILL] = drilled_gate(work, state, self.drills, now)
        return found


def read_fleet(work: Workplace, states: Mapping[str, PromotionState], now: datetime) -> FleetFacts:
    """Read the orders, and of the rest what policy asks for. Raises nothing for orders that cannot be read."""
    fleet = Fleet.of(states.values(), work.policy.caps, now)
    drills = last_drills(work) if ROLLBACK_DRILL in work.policy.required else {}
    try:
        return FleetFacts(work.ledger.line(), "", fleet, drills)
    except PrrError as fault:
        return FleetFacts(None, str(fault), fleet, drills)
