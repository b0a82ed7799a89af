"""What is due: for each open promotion the assets whose run would change something now."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from prr_pipeline.control.after_ga import (
    FEEDBACK_LINE,
    feedback_due,
    unfinished_stages,
    unquiet,
    unreviewed_episodes,
    watch_left,
)
from prr_pipeline.control.attested import attested_line
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.blast_radius import NAME as BLAST_RADIUS
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dependencies import closure, in_cycle
from prr_pipeline.rollout.reclimb import is_cooling
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Target

_LOG = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    """Everything due now. Dependants of a promotion that is about to rise are left for a later tick.

    A promotion that cannot be judged is left out and logged; the guard's tick tells people of it.
    """
    world = read_world(work)
    found: list[Due] = []
    rising: set[str] = set()
    for key, state in sorted(world.states.items()):
        if not state.is_open:
            continue
        try:
            due = _due(work, world, state)
        except Exception as fault:
            _LOG.warning("%s is not looked at: %s: %s", key, type(fault).__name__, fault)
            continue
        if due is None:
            continue
        if _rises(world, due):
            rising.add(key)
        found.append(due)
    free = [d for d in found if not (d.key in rising and _waits_for(world, d.key, rising))]
    return _within_caps(work, world, free)


def waiting_for_game_day(work: Workplace) -> list[str]:
    """Keys of open promotions that reached 100% and stand in no game-day plan yet, sorted."""
    states = work.ledger.states(open_only=True)
    return [k for k, s in sorted(states.items()) if s.full_at is not None and s.game_day_planned_at is None]


def next_try(tries: int, last_ended_at: datetime | None, now: datetime) -> int | None:
    """The number of the next try for a base with ``tries`` ended runs, or None while its pause lasts.

    Each run that ended without a ledger event doubles the pause, from 5 s up to 10 minutes (real time).
    """
    if tries == 0 or last_ended_at is None:
        return tries
    pause = min(_BACKOFF * 2 ** min(tries - 1, 20), _LONGEST)
    return tries if now - last_ended_at >= pause else None


def _within_caps(work: Workplace, world: World, found: list[Due]) -> list[Due]:
    """Where policy caps raises: no more new ones than may rise now. An open intent has its place already.

    Who comes first changes from tick to tick, so that one whose runs fail keeps nobody waiting for ever.
    """
    new = [d.key for d in found if _rises(world, d) and world.states[d.key].intent is None]
    if BLAST_RADIUS not in work.policy.required or not new:
        return found
    caps = work.policy.caps
    turn = (world.now - _EPOCH) // caps.tick % len(new)
    waiting = {*[*new[turn:], *new[:turn]][world.fleet.fleet.raises_left(caps, world.now) :]}
    return [d for d in found if d.key not in waiting]


def _rises(world: World, due: Due) -> bool:
    """Whether its run raises exposure; the one that ends a cool-down does not."""
    return due.asset.startswith("exposure_") and not is_cooling(world.states[due.key])


def _due(work: Workplace, world: World, state: PromotionState) -> Due | None:
    if state.intent is not None:
        return _rung(state, state.intent.rung, "an intent is open: it is settled, resumed or withdrawn")
    decision = decide(state, facts_for(work, world, state), work.policy, world.now)
    if decision.resumes:
        return _rung(state, state.rung, "its cool-down is over")
    if state.at_top:
        return _after_ga(work, state, quiet=not unquiet(state, decision))
    if decision.verdict is Verdict.ADVANCE and decision.rung is not None:
        return _rung(state, decision.rung, decision.causes[0])
    return None


def _rung(state: PromotionState, rung: int, why: str) -> Due:
    step = state.ladder.rungs[rung]
    return Due(state.key, step.asset_name, f"{state.key}/{state.attempt}/{step.name}/v{state.version}", why)


def _after_ga(work: Workplace, state: PromotionState, *, quiet: bool) -> Due | None:
    if quiet and not unfinished_stages(state):
        # The run that closed the last stage left it open: its own base, because that stage's run is used.
        asset = "maturity" if state.target is Target.BETA else "feedback_review"
        return Due(
            state.key, asset, f"{asset}/{state.key}/{state.attempt}/v{state.version}/end", "all stages are closed"
        )
    stage = _next_stage(work, state, quiet)
    if stage is None:
        return None
    asset, why = stage
    return Due(state.key, asset, f"{asset}/{state.key}/{state.attempt}/v{state.version}", why)


def _next_stage(work: Workplace, state: PromotionState, quiet: bool) -> tuple[str, str] | None:
    if state.maturity_recorded_at is None:
        return ("maturity", "100% is settled") if quiet else None
    served = quiet and state.watch_closed_at is None and watch_left(work, state) <= timedelta(0)
    if served and not unreviewed_episodes(work, state):
        return "stability_watch", "the week is over"
    if state.game_day_planned_at is None and state.watch_closed_at is not None:
        return "chaos_game_day", "the watch is closed"
    due = feedback_due(work, state)
    ripe = due if due is not None and state.feedback_closed_at is None and work.now() >= due else None
    if ripe is not None and attested_line(work, state, FEEDBACK_LINE, signed_after=ripe):
        return "feedback_review", "the review is signed"
    if served and work.settings.alerts.review_label is not None:  # the run asks GitHub: a tick asks no service
        return "stability_watch", "the week is over, and its alerts may be reviewed on GitHub"
    return None


def _waits_for(world: World, key: str, rising: set[str]) -> bool:
    """Whether a dependency of this promotion is in the same batch: dependants never rise in one tick with it.

    In a cycle each depends on each, so there the first by key goes first.
    """
    subject = world.states[key].subject
    needs = set(closure(world.graph, subject))
    ahead = {other: world.states[other].subject for other in rising if other != key}
    return any(
        needed in needs and (other < key or not in_cycle(world.graph, subject, needed))
        for other, needed in ahead.items()
    )
