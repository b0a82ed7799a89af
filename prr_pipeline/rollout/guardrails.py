"""Guardrails: the reasons to lower, judged at every tick and every rung, before anything else."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.readings import rewritten, worst_firing
from prr_pipeline.rollout.reclimb import Cooling
from prr_pipeline.rollout.state import LatchKind, PromotionState


@dataclass(frozen=True, slots=True)
class Lowering:
    """A reason to lower: how far, which latch it leaves behind, and why in words; ``cooling`` of what was decided."""

    to: Exposure
    latch: LatchKind
    cause: str
    cooling: Cooling | None = None


def lowerings(state: PromotionState, facts: Facts) -> tuple[Lowering, ...]:
    """Every reason to lower that applies now; the caller takes the `lowest`."""
    found = (
        _unfinished(state),
        *_alerts(state, facts),
        *_dependencies(state, facts),
        *_regressions(state, facts),
    )
    return tuple(reason for reason in (*found, _drift_up(state, facts), _found_off(state, facts)) if reason)


def lowest(reasons: Sequence[Lowering]) -> Lowering:
    """The one to act on: the deepest, and of equals one that ends the attempt. ``reasons`` is not empty."""
    return min(reasons, key=lambda r: (r.to.level, r.latch is not LatchKind.ROLLED_BACK))


def exposed(state: PromotionState, facts: Facts) -> bool:
    """Whether anything could be above off: in the ledger, in flight, or at the flag as far as it can be read."""
    flag = facts.flag
    flag_is_off = flag.readable and flag.exposure == OFF
    return state.exposure > OFF or state.intent is not None or not (flag_is_off or not flag.readable)


def last_good(state: PromotionState) -> Exposure:
    """Where a step down goes: the last rung that ended well, below the present one."""
    return state.ladder.exposure(max(BOTTOM, min(state.good_rung, state.rung - 1)))


def _unfinished(state: PromotionState) -> Lowering | None:
    if state.latch is None or not state.lowering_open:
        return None
    return Lowering(state.latch.to, state.latch.kind, f"a lowering is not settled yet: {state.latch.cause}")


def _alerts(state: PromotionState, facts: Facts) -> list[Lowering]:
    if not exposed(state, facts):
        return []
    return [
        Lowering(OFF, LatchKind.ROLLED_BACK, f"critical alert: {words}")
        for words, severity in worst_firing(facts)
        if severity is Severity.CRITICAL
    ]


def _dependencies(state: PromotionState, facts: Facts) -> list[Lowering]:
    if not exposed(state, facts):
        return []
    found = [
        Lowering(OFF, LatchKind.ROLLED_BACK, f"dependency {fact.key} was rolled back")
        for fact in facts.dependencies
        if fact.rolled_back
    ]
    for fact in facts.dependencies:
        if fact.lowered and not fact.rolled_back and fact.exposure < state.exposure:
            rung = state.ladder.index_at_or_below(fact.exposure)
            cause = f"dependency {fact.key} was lowered to {fact.exposure.name}"
            found.append(step_down_to(state.ladder.exposure(rung), cause))
    return found


def _regressions(state: PromotionState, facts: Facts) -> list[Lowering]:
    if not exposed(state, facts):
        return []
    hard = [Lowering(OFF, LatchKind.ROLLED_BACK, f"hard failure: {words}") for words in facts.hard_failures]
    return hard + [step_down_to(last_good(state), f"regression: {words}") for words in facts.regressions]


def step_down_to(to: Exposure, cause: str) -> Lowering:
    """A step down; one that ends at off is a roll back."""
    return Lowering(to, LatchKind.ROLLED_BACK if to == OFF else LatchKind.STEPPED_DOWN, cause)


def _drift_up(state: PromotionState, facts: Facts) -> Lowering | None:
    """A flag above the ceiling goes down to it; a definition that is not ours cannot be trusted at any share."""
    flag = facts.flag
    if not flag.readable:
        return None
    if flag.exposure is None:
        cause = f"drift: the flag's definition is not ours ({flag.why})"
        return Lowering(OFF, _drift_to(OFF, state), cause)
    above = flag.exposure > state.ceiling
    wrong_rest = flag.exposure.level == state.ceiling.level and flag.exposure != state.ceiling
    if not above and not wrong_rest:
        return None
    cause = f"drift: the flag shows {flag.exposure}, above the approved {state.ceiling}"
    # A lowering ends an open intent, so its target is no longer approved: down to what is settled.
    to = min(state.ceiling, state.exposure)
    return Lowering(to, _drift_to(to, state), cause)


def _drift_to(to: Exposure, state: PromotionState) -> LatchKind:
    """Off ends a climb. At the bottom none is lost, so a person's resume is enough there."""
    return LatchKind.ROLLED_BACK if to == OFF and state.exposure > OFF else LatchKind.DRIFT


def _found_off(state: PromotionState, facts: Facts) -> Lowering | None:
    """Somebody switched the flag off: that is a roll back, and the attempt ends."""
    flag = facts.flag
    if not flag.readable or flag.exposure != OFF or state.exposure <= OFF or state.intent is not None:
        return None
    return Lowering(OFF, LatchKind.ROLLED_BACK, f"the flag was found off while the ledger holds {state.exposure}")


def to_adopt(state: PromotionState, facts: Facts) -> Exposure | None:
    """What to adopt when somebody else wrote the flag: an exposure below the rung but not off, or the rung's own."""
    flag = facts.flag
    if not flag.readable or flag.exposure is None or state.intent is not None or state.lowering_open:
        return None
    below = OFF < flag.exposure < state.exposure
    again = flag.exposure == state.exposure and rewritten(state, flag)
    return flag.exposure if below or again else None
