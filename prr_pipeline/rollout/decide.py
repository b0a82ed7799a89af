"""The one decision: what a promotion does next, from its state and the facts. Pure and total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from enum import IntEnum

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.gates import GateReading, GateState
from prr_pipeline.rollout.guardrails import Lowering, exposed, lowerings, lowest, to_adopt
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.readings import gate_table, unread, worst_firing
from prr_pipeline.rollout.reclimb import (
    Cooling,
    clock_starts_at,
    cooling_of,
    has_cooled,
    is_cooling,
    latch_words,
    left_to_see,
)
from prr_pipeline.rollout.state import LatchKind, PromotionState

_AT_TOP = frozenset({"flag", "record", "alerts", "burn_rate", "canary"})
"""The gates that still matter at 100%, where there is nowhere to go: those that say what users get and how it fares."""


_TO_GO_ON = frozenset({"flag", "record", "alerts", "halt"})
"""The gates that must be open for a cool-down to end: where one is not, nothing is let go either."""


class Verdict(IntEnum):
    """The five verdicts in order of precedence: the highest that applies wins."""

    ADVANCE = 1
    UNKNOWN = 2
    HOLD = 3
    STEP_DOWN = 4
    ROLL_BACK = 5

    @property
    def word(self) -> str:
        """The verdict in words, as screens and records show it."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why. ``causes`` are all that applied, the winner's first.

    ``to`` is the flag's target for a lowering or a raise; ``adopt`` an exposure that somebody else wrote, taken over.
    ``clock_runs`` and ``clock_restarts`` say what the dwell clock does; ``earliest`` is the soonest that an advance may
    come, None when it waits for a person or for news. ``blind``: some answer was unknown, whatever the verdict.
    ``cooling`` is what a step down leaves behind; ``resumes``: its cool-down is over, and a run may lift the latch.
    """

    verdict: Verdict
    causes: tuple[str, ...]
    gates: tuple[GateReading, ...]
    to: Exposure | None = None
    rung: int | None = None
    latch: LatchKind | None = None
    adopt: Exposure | None = None
    clock_runs: bool = True
    clock_restarts: bool = False
    earliest: datetime | None = None
    blind: bool = False
    cooling: Cooling | None = None
    resumes: bool = False

    @property
    def key(self) -> str:
        """Digest of verdict and causes, without numbers that move with time: a new one is worth recording.

        A gate that opens by itself differs from one that waits for news: a clock jump is told from unserved dwell.
        """
        states = [[gate.name, str(gate.state), gate.until is not None] for gate in self.gates]
        causes = sorted({cause.partition(":")[0] for cause in self.causes})
        return digest([self.verdict.word, str(self.to), str(self.adopt), states, causes])

    def as_data(self) -> dict[str, object]:
        """Canonical form for the ledger."""
        return {
            "adopt": str(self.adopt) if self.adopt else None,
            "blind": self.blind,
            "causes": list(self.causes),
            "clock_restarts": self.clock_restarts,
            "clock_runs": self.clock_runs,
            "cooling": self.cooling.as_data() if self.cooling else None,
            "earliest": instant_text(self.earliest) if self.earliest else None,
            "gates": [gate.as_data() for gate in self.gates],
            "latch": str(self.latch) if self.latch else None,
            "resumes": self.resumes,
            "to": str(self.to) if self.to else None,
            "verdict": self.verdict.word,
        }


def decide(state: PromotionState, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Roll back > step down > hold > unknown > advance, at most one rung up.

    Total: every combination of state and facts has an answer, and none raises. The guardrails come first, so no gate,
    hold, freeze or missing approval stands before a lowering.
    """
    gates = gate_table(state, facts, policy, now)
    mattering = tuple(gate for gate in gates if not state.at_top or gate.name in _AT_TOP)
    reasons = lowerings(state, facts)
    holds = tuple(_holds(state, facts, mattering, now))
    blind = tuple(_blind(facts, mattering))
    if reasons:
        decision = _lower(reasons, (*holds, *blind), gates, bool(blind))
        if decision.latch is not LatchKind.STEPPED_DOWN:
            return decision
        return replace(decision, cooling=_cooling(state, decision, policy, now))
    adopt = to_adopt(state, facts)
    if adopt is not None:
        cause = f"drift: somebody else wrote the flag; found at {adopt}, held at {state.exposure}, adopted as it is"
        return Decision(
            Verdict.HOLD, (cause, *holds, *blind), gates, adopt=adopt, latch=LatchKind.DRIFT,
            clock_runs=False, clock_restarts=True, blind=bool(blind),
        )  # fmt: skip
    return _stay_or_advance(state, facts, gates, holds, blind, now)


def _lower(
    reasons: tuple[Lowering, ...], others: tuple[str, ...], gates: tuple[GateReading, ...], blind: bool
) -> Decision:
    deepest = lowest(reasons)
    verdict = Verdict.ROLL_BACK if deepest.latch is LatchKind.ROLLED_BACK else Verdict.STEP_DOWN
    causes = (deepest.cause, *(r.cause for r in reasons if r is not deepest), *others)
    return Decision(
        verdict,
        causes,
        gates,
        to=deepest.to,
        latch=deepest.latch,
        clock_runs=False,
        clock_restarts=True,
        blind=blind,
    )


def _cooling(state: PromotionState, decision: Decision, policy: Policy, now: datetime) -> Cooling | None:
    """What follows on a step down; one that is under way keeps what its latch says, be it nothing as a person's."""
    standing = state.latch if state.lowering_open else None
    if standing is not None and (standing.kind, standing.to) == (decision.latch, decision.to):
        return standing.cooling
    return cooling_of(state, policy.reclimbs, now)


def _stay_or_advance(
    state: PromotionState,
    facts: Facts,
    gates: tuple[GateReading, ...],
    holds: tuple[str, ...],
    blind: tuple[str, ...],
    now: datetime,
) -> Decision:
    runs, restarts = _clock(state, facts, bool(blind))
    waits = (state.latch is not None and not is_cooling(state)) or not state.is_open or state.at_top
    earliest = None if waits else _earliest(state, facts, gates, now)
    if holds:
        return Decision(
            Verdict.HOLD, (*holds, *blind), gates, clock_runs=runs, clock_restarts=restarts, earliest=earliest,
            blind=bool(blind), resumes=_resumes(state, facts, gates, now),
        )  # fmt: skip
    if blind:
        return Decision(Verdict.UNKNOWN, blind, gates, clock_runs=False, blind=True)
    rung = state.next_rung
    if rung is None:
        return Decision(Verdict.HOLD, ("100% is reached: nothing is above",), gates)
    to = state.ladder.exposure(rung)
    return Decision(Verdict.ADVANCE, (f"every required gate is open for {to.name}",), gates, to=to, rung=rung)


def _holds(state: PromotionState, facts: Facts, gates: tuple[GateReading, ...], now: datetime) -> Iterator[str]:
    """Reasons to stay: an end, a latch, a raise under way, a regression with nothing left to lower, a closed gate."""
    if not state.is_open:
        yield "the promotion has ended"
    if state.latch is not None and not state.lowering_open:
        yield latch_words(state.latch, now, left_to_see(state, facts.dwell))
    if state.hold is not None:
        yield f"held by {state.hold.by}: {state.hold.cause}"
    if state.intent is not None:
        yield f"a raise to {state.intent.to.name} is under way"
    if not exposed(state, facts):
        yield from (f"hard failure: {words}" for words in facts.hard_failures)
        yield from (f"regression: {words}" for words in facts.regressions)
    for gate in gates:
        if gate.state is GateState.CLOSED:
            yield f"{gate.name}: {gate.why}"


def _resumes(state: PromotionState, facts: Facts, gates: tuple[GateReading, ...], now: datetime) -> bool:
    """Whether the latch of a step down may be lifted: its cool-down is over, and what users get is seen and well."""
    seen = all(gate.is_open for gate in gates if gate.name in _TO_GO_ON)
    jumped = facts.dwell is not None and facts.dwell.jump is not None
    cooled = has_cooled(state, now) and not left_to_see(state, facts.dwell) and not jumped
    return state.is_open and cooled and seen


def _blind(facts: Facts, gates: tuple[GateReading, ...]) -> Iterator[str]:
    """Everything that could not be read, also where a firing alert closes the gate over an unread one."""
    for gate in gates:
        unseen = unread(facts) if gate.name == "alerts" else gate.why
        if gate.state is GateState.UNKNOWN or (gate.name == "alerts" and unseen):
            yield f"{gate.name}: {unseen}"


def _clock(state: PromotionState, facts: Facts, blind: bool) -> tuple[bool, bool]:
    """Whether the dwell clock runs, and whether it starts anew.

    It stops for what could not be seen, for warnings and for a void sign-off, and runs through freezes, pauses and
    waits for an approval; after a step down or drift it stands until a person resumes.
    """
    warned = any(severity is not Severity.INFO for _, severity in worst_firing(facts))
    lowered = state.latch is not None and state.latch.kind is not LatchKind.HELD
    void = facts.signoff_void and not state.at_top
    return not (blind or warned or void or lowered), void


def _earliest(state: PromotionState, facts: Facts, gates: tuple[GateReading, ...], now: datetime) -> datetime | None:
    """The latest opening time of the closed gates and the end of a cool-down; None when one of them waits for a person
    or for news."""
    shut = [gate for gate in gates if not gate.is_open]
    if any(gate.until is None for gate in shut):
        return None
    cools = [clock_starts_at(state, now, facts.dwell)] if is_cooling(state) else []
    return max((at for at in (*cools, *(gate.until for gate in shut)) if at is not None), default=None)
