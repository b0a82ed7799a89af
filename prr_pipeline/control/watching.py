"""The guard's tick: read alerts once, lower what must be lowered, book the dwell that was observed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.burn_notices import tell_burns
from prr_pipeline.control.decisions import record_decision, watch_blindness
from prr_pipeline.control.dwelling import book_dwell
from prr_pipeline.control.episodes import ingest_episodes
from prr_pipeline.control.failpoints import failpoint
from prr_pipeline.control.falling import lowering_of, with_dependants
from prr_pipeline.control.flag_index import write_index
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.known_names import write_names
from prr_pipeline.control.lowering import Lowered, lower
from prr_pipeline.control.metric_rounds import ask_metrics
from prr_pipeline.control.notices import deliver, notify, settle_notice
from prr_pipeline.control.strays import Strays, watch_strays
from prr_pipeline.control.unjudged import lowerings_without_decision
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.state import LatchKind, PromotionState

_LOG = logging.getLogger(__name__)
_PROBE_WAIT = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick saw and did. ``decisions`` are by promotion key; ``faults`` are promotions it could not judge.

    ``strays`` are flags lowered by the index alone, because the ledger cannot tell about their promotions.
    """

    decisions: dict[str, Decision]
    lowered: tuple[Lowered, ...]
    adopted: tuple[str, ...]
    faults: dict[str, str]
    episodes: int
    strays: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One line for the log and the skipped tick."""
        moved = [f"{one.key} lowered to {one.to.name}" for one in self.lowered]
        moved += [f"{key} adopted from drift" for key in self.adopted]
        moved += [f"{key} lowered by its alert alone" for key in self.strays]
        moved += [f"{key} not judged: {why}" for key, why in self.faults.items()]
        return "; ".join(moved) or f"{len(self.decisions)} promotions watched, nothing to lower"


def watch(work: Workplace, actor: str = "sensor:alerts") -> Tick:
    """One tick over all open promotions. It only ever restricts; a fault of one promotion never stops the others.

    What lowers comes first, the books after it: they may be slow, or fail with the ledger.
    """
    world = read_world(work)
    decisions, facts, faults = _judge(work, world)
    reasons = {key: reason for key, d in decisions.items() if (reason := lowering_of(d)) is not None}
    reasons |= lowerings_without_decision(work, world, faults)
    reasons = with_dependants(work, world, reasons, decisions, facts, faults)
    lowered = lower(work, reasons, world.states, actor)
    strays = watch_strays(work, world)
    _stop_without_ledger(work, lowered)
    adopted = tuple(key for key, d in decisions.items() if d.adopt and _adopt(work, world, key, d, actor))
    episodes = ingest_episodes(work, world.alerts, actor)
    moved = {*reasons, *adopted}
    for key, decision in decisions.items():
        _book(work, world, key, facts[key], decision, key in moved, faults, actor)
    _tell(work, faults, strays)
    tell_burns(work, decisions)
    _index(work, world)
    deliver(work)
    _ask_metrics(work, {key: state for key, state in world.states.items() if key not in moved})
    return Tick(decisions, tuple(lowered), adopted, {**faults, **strays.faults}, episodes, strays.lowered)


def _ask_metrics(work: Workplace, states: Mapping[str, PromotionState]) -> None:
    """Last of all, as a source may be slow. What fails here leaves evidence that grows old, and so is told."""
    try:
        ask_metrics(work, states, work.now(), lambda key, why: _metrics_begin_anew(work, key, why))
    except Unavailable:
        raise
    except Exception as fault:
        _LOG.warning("the round of metrics failed (%s: %s)", type(fault).__name__, fault)


def _metrics_begin_anew(work: Workplace, key: str, why: str) -> None:
    """Told each time, and over at once: the evidence is gathered again."""
    name = f"metrics-begin-anew/{key}"
    notify(work, "warn", f"The metrics of {key} begin anew", why, key, name)
    settle_notice(work, name)


def _judge(work: Workplace, world: World) -> tuple[dict[str, Decision], dict[str, Facts], dict[str, str]]:
    """The decisions by key, what each was made from, and why others could not be made."""
    decisions: dict[str, Decision] = {}
    facts: dict[str, Facts] = {}
    faults: dict[str, str] = {}
    for key, state in world.states.items():
        if not state.is_open:
            continue
        try:
            facts[key] = facts_for(work, world, state)
            decisions[key] = decide(state, facts[key], work.policy, world.now)
        except Exception as fault:
            faults[key] = f"{type(fault).__name__}: {fault}"
    return decisions, facts, faults


def _stop_without_ledger(work: Workplace, lowered: list[Lowered]) -> None:
    """Raise if the ledger that did not record a lowering takes no write at all.

    Every further one would wait for it, while the next alert goes unseen. A fault of one promotion alone stops nothing.
    """
    if any(one.unrecorded for one in lowered):
        work.ledger.counters.put("guard", "probe", {"at": instant_text(work.real_now())}, wait=_PROBE_WAIT)


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
    failpoint("before_adopt")
    try:
        work.ledger.append(drafts, expect={key: state.version})
    except PrrError:
        return False
    failpoint("after_adopt")
    notify(work, "warn", f"{key} was lowered outside the pipeline", cause, key, f"drift/{key}/{record.version}")
    return True


def _book(
    work: Workplace,
    world: World,
    key: str,
    facts: Facts,
    decision: Decision,
    moved: bool,
    faults: dict[str, str],
    actor: str,
) -> None:
    state = world.states[key]
    try:
        record_decision(work, state, facts, decision, world.now, actor)
        watch_blindness(work, state, decision)
        if not moved:
            book_dwell(work, state, decision)
        elif decision.cooling is not None:  # its cool-down is observed from here on
            book_dwell(work, work.state(key), decision)
    except Unavailable:
        raise
    except Exception as fault:
        faults[state.key] = f"{type(fault).__name__}: {fault}"


def _tell(work: Workplace, faults: Mapping[str, str], strays: Strays) -> None:
    """Page for what cannot be judged, and close the pages of what can be judged again."""
    for key, why in faults.items():
        notify(work, "page", f"{key} cannot be judged", f"The tick failed for it: {why}", key, f"fault/{key}")
    standing = {f"fault/{key}" for key in faults} | {f"stray/{key}" for key in strays.faults}
    for notice in work.ledger.outbox.open_notices():
        if notice.dedup_key.startswith(("fault/", "stray/")) and notice.dedup_key not in standing:
            settle_notice(work, notice.dedup_key)


def _index(work: Workplace, world: World) -> None:
    """Keep the index that a lowering without the ledger reads. A fault of it stops no tick."""
    try:
        write_index(work.settings, world.states)
        write_names(work.settings, world.alert_map.known)
    except OSError as fault:
        _LOG.warning("the flag index was not written (%s)", fault.strerror)
        notify(work, "warn", "The flag index cannot be written", str(fault.strerror), "system", "flag-index-write")
