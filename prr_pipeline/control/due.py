"""What is due: for each open promotion the assets whose run would change something now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from prr_pipeline.control.after_ga import FEEDBACK_LINE, feedback_due, watch_left
from prr_pipeline.control.attested import attested_line
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dependencies import closure
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Target

_BACKOFF = timedelta(seconds=5)
_LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Due:
    """One run worth asking for. ``base`` is its run key without the try: equal base, equal work."""

    key: str
    asset: str
    base: str
    why: str


def due_list(work: Workplace) -> list[Due]:
    """Everything due now. Dependants of a promotion that is about to rise are left for a later tick."""
    world = read_world(work)
    found: list[Due] = []
    rising: set[str] = set()
    for key, state in sorted(world.states.items()):
        if not state.is_open:
            continue
        due = _due(work, world, state)
        if due is None:
            continue
        if due.asset.startswith("exposure_"):
            rising.add(key)
        found.append(due)
    return [d for d in found if not (d.key in rising and _waits_for(world, d.key, rising))]


def next_try(tries: int, last_ended_at: datetime | None, now: datetime) -> int | None:
    """The number of the next try for a base with ``tries`` ended runs, or None while its pause lasts.

    Each run that ended without a ledger event doubles the pause, from 5 s up to 10 minutes (real time).
    """
    if tries == 0 or last_ended_at is None:
        return tries
    pause = min(_BACKOFF * 2 ** min(tries - 1, 20), _LONGEST)
    return tries if now - last_ended_at >= pause else None


def _due(work: Workplace, world: World, state: PromotionState) -> Due | None:
    if state.intent is not None:
        return _rung(state, state.intent.rung, "an intent is open: it is settled, resumed or withdrawn")
    if state.at_top and state.latch is None:
        return _after_ga(work, state)
    decision = decide(state, facts_for(work, world, state), work.policy, world.now)
    if decision.verdict is Verdict.ADVANCE and decision.rung is not None:
        return _rung(state, decision.rung, decision.causes[0])
    return None


def _rung(state: PromotionState, rung: int, why: str) -> Due:
    step = state.ladder.rungs[rung]
    return Due(state.key, step.asset_name, f"{state.key}/{state.attempt}/{step.name}/v{state.version}", why)


def _after_ga(work: Workplace, state: PromotionState) -> Due | None:
    stage = _next_stage(work, state)
    if stage is None:
        return None
    asset, why = stage
    return Due(state.key, asset, f"{asset}/{state.key}/{state.attempt}/v{state.version}", why)


def _next_stage(work: Workplace, state: PromotionState) -> tuple[str, str] | None:
    if state.maturity_recorded_at is None:
        return "maturity", "100% is settled"
    if state.target is Target.BETA:
        return None
    if state.watch_closed_at is None and watch_left(work, state) <= timedelta(0):
        return "stability_watch", "the week is over"
    if state.game_day_planned_at is None and state.watch_closed_at is not None:
        return "chaos_game_day", "the watch is closed"
    due = feedback_due(work, state)
    if state.feedback_closed_at is not None or due is None or work.now() < due:
        return None
    if attested_line(work, state, FEEDBACK_LINE, signed_after=due):
        return "feedback_review", "the review is signed"
    return None


def _waits_for(world: World, key: str, rising: set[str]) -> bool:
    """Whether a dependency of this promotion is in the same batch: dependants never rise in one tick with it."""
    state = world.states[key]
    needs = set(closure(world.graph, state.subject))
    return any(other != key and world.states[other].subject in needs for other in rising)
