"""The guard's tick: read alerts once, lower what must be lowered, book the dwell that was observed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prr_pipeline.control.decisions import record_decision, watch_blindness
from prr_pipeline.control.dwelling import book_dwell
from prr_pipeline.control.episodes import ingest_episodes
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.lowering import Lowered, lower
from prr_pipeline.control.notices import deliver, notify
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind, PromotionState


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick saw and did. ``decisions`` are by promotion key; ``faults`` are promotions it could not judge."""

    decisions: dict[str, Decision]
    lowered: tuple[Lowered, ...]
    adopted: tuple[str, ...]
    faults: dict[str, str]
    episodes: int

    @property
    def words(self) -> str:
        """One line for the log and the skipped tick."""
        moved = [f"{one.key} lowered to {one.to.name}" for one in self.lowered]
        moved += [f"{key} adopted from drift" for key in self.adopted]
        moved += [f"{key} not judged: {why}" for key, why in self.faults.items()]
        return "; ".join(moved) or f"{len(self.decisions)} promotions watched, nothing to lower"


def watch(work: Workplace, actor: str = "sensor:alerts") -> Tick:
    """One tick over all open promotions. It only ever restricts; a fault of one promotion never stops the others."""
    world = read_world(work)
    episodes = ingest_episodes(work, world.alerts, actor)
    decisions: dict[str, Decision] = {}
    faults: dict[str, str] = {}
    for key, state in world.states.items():
        if not state.is_open:
            continue
        try:
            decisions[key] = decide(state, facts_for(work, world, state), work.policy, world.now)
        except Exception as fault:
            faults[key] = f"{type(fault).__name__}: {fault}"
    reasons = {key: reason for key, d in decisions.items() if (reason := _lowering(d)) is not None}
    lowered = lower(work, reasons, world.states, actor)
    adopted = tuple(key for key, d in decisions.items() if d.adopt and _adopt(work, world, key, d, actor))
    moved = {*reasons, *adopted}
    for key, decision in decisions.items():
        _book(work, world.states[key], decision, key in moved, faults, actor)
    _tell(work, faults)
    deliver(work)
    return Tick(decisions, tuple(lowered), adopted, faults, episodes)


def _lowering(decision: Decision) -> Lowering | None:
    if decision.verdict < Verdict.STEP_DOWN or decision.to is None or decision.latch is None:
        return None
    return Lowering(decision.to, decision.latch, decision.causes[0])


def _adopt(work: Workplace, world: World, key: str, decision: Decision, actor: str) -> bool:
    """Take over a flag found below its rung: the ledger follows downward, and a person must resume."""
    state = world.states[key]
    to = str(decision.adopt)
    cause = decision.causes[0]
    latch = {"by": actor, "cause": cause, "kind": str(LatchKind.DRIFT), "lowers": False, "to": to}
    record = world.flags[state.flag_key]
    low: dict[str, object] = {
        "cause": cause, "flag_version": record.version, "from": str(state.exposure), "kind": "drift", "to": to,
    }  # fmt: skip
    drafts = [Draft(key, EventType.LATCHED, latch, actor), Draft(key, EventType.LOWERED, low, actor)]
    try:
        work.ledger.append(drafts, expect={key: state.version})
    except PrrError:
        return False
    notify(work, "warn", f"{key} was lowered outside the pipeline", cause, key, f"drift/{key}/{record.version}")
    return True


def _book(
    work: Workplace, state: PromotionState, decision: Decision, moved: bool, faults: dict[str, str], actor: str
) -> None:
    try:
        record_decision(work, state, decision, actor)
        watch_blindness(work, state, decision)
        if not moved:
            book_dwell(work, state, decision)
    except Exception as fault:
        faults[state.key] = f"{type(fault).__name__}: {fault}"


def _tell(work: Workplace, faults: Iterable[str]) -> None:
    for key in faults:
        notify(work, "page", f"{key} cannot be judged", "The tick failed for it; see the log.", key, f"fault/{key}")
