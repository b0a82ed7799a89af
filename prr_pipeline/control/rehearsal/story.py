"""The story of a rehearsal while it goes on: what is in the way, since when, and what became of each gate."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta

from prr_pipeline.control.rehearsal.told import Moment
from prr_pipeline.control.spans import Lane
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.rollout.decide import Decision, Verdict
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.state import PromotionState

_USUAL = ("dwell", "100% is reached")
"""Causes that are the plan itself."""
_FOR_AN_ADVANCE = ("window:", "freeze:", "halt:", "dependencies:", "blast_radius:", "rollback_drill:")
"""Causes that stop no dwell clock: they matter once the dwell is served."""
_LATCH = "latch"
"""What is in the way after a lowering, which is told as such, until a person resumes."""


@dataclass(slots=True)
class Story:
    """Moments in order, a lane per gate, exposure as steps; ``held`` is the time that something was in the way."""

    start: datetime
    moments: list[Moment] = field(default_factory=list)
    lanes: dict[str, Lane] = field(default_factory=dict)
    steps: list[tuple[datetime, Exposure]] = field(default_factory=list)
    held: timedelta = timedelta(0)
    _names: tuple[str, ...] = ()
    _since: datetime | None = None
    _stopped: bool = False

    def tell(self, at: datetime, kind: str, text: str, state: PromotionState) -> None:
        """One more moment; a change of exposure becomes a step."""
        if not self.steps or self.steps[-1][1] != state.exposure:
            self.steps.append((at, state.exposure))
        self.moments.append(Moment(at, kind, text, state.exposure.name))

    def see(self, now: datetime, state: PromotionState, decision: Decision) -> None:
        """One decision: told where what is in the way is not what was."""
        for gate in decision.gates:
            lane = self.lanes.get(gate.name) or self.lanes.setdefault(gate.name, Lane())
            lane.see(now, "" if gate.state is GateState.NOT_USED else str(gate.state))
        causes = in_the_way(state, decision)
        names = (_LATCH,) if state.latch is not None else tuple(sorted({one.partition(":")[0] for one in causes}))
        if names == self._names:
            return
        before, stopped = self._since, self._stopped
        self._end_hold(now)
        if names:
            self._names, self._since, self._stopped = names, now, not decision.clock_runs
        if names == (_LATCH,):
            return
        if names:
            kind = "unknown" if decision.blind else "hold"
            self.tell(now, kind, "; ".join(_with_until(cause, decision) for cause in causes), state)
        elif before is not None and stopped and decision.verdict is not Verdict.ADVANCE and state.exposure > OFF:
            self.tell(now, "goes on", f"the dwell clock runs again after {lasting(now - before)}", state)

    def finish(self, now: datetime) -> None:
        """Close what is open."""
        self._end_hold(now)
        for lane in self.lanes.values():
            lane.close(now)

    def _end_hold(self, now: datetime) -> None:
        if self._since is not None:
            self.held += now - self._since
        self._names, self._since, self._stopped = (), None, False


def in_the_way(state: PromotionState, decision: Decision) -> tuple[str, ...]:
    """What keeps a promotion beyond its plan. While dwell is served, what is shut only for an advance is not."""
    if decision.verdict not in (Verdict.HOLD, Verdict.UNKNOWN) or not state.is_open:
        return ()
    served = all(gate.is_open for gate in decision.gates if gate.name == "dwell")
    if decision.clock_runs and (state.at_top or not served):
        return ()
    left_out = _USUAL if served or state.at_top else (*_USUAL, *_FOR_AN_ADVANCE)
    return tuple(cause for cause in decision.causes if not cause.startswith(left_out))


def _with_until(cause: str, decision: Decision) -> str:
    name = cause.partition(":")[0]
    until = next((gate.until for gate in decision.gates if gate.name == name and gate.until is not None), None)
    return cause if until is None else f"{cause}, until {until:%a %d %b %H:%M}"


def lasting(span: timedelta) -> str:
    """A duration in its two largest units, such as ``28 d 4 h``."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min" if rest else f"{int(span.total_seconds())} s"
