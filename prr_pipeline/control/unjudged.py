"""Lower what could not be judged: a firing page-level alert needs no decision, and neither does any other guardrail."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from prr_pipeline.control.blackout import critical
from prr_pipeline.control.flag_index import IndexEntry
from prr_pipeline.control.gather import World, dependency_facts, guard_facts
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.guardrails import Lowering, lowerings, lowest
from prr_pipeline.rollout.state import LatchKind, PromotionState

_LOG = logging.getLogger(__name__)


def lowerings_without_decision(
    work: Workplace, world: World, keys: Iterable[str], falling: Mapping[str, Lowering] | None = None
) -> dict[str, Lowering]:
    """What lowers these promotions now, by key. Never raises: one that fails here too stops no other.

    ``falling`` is what this tick lowers besides.
    """
    found: dict[str, Lowering] = {}
    for key in keys:
        try:
            reason = _reason(work, world, world.states[key], falling or {})
        except Exception as fault:
            _LOG.warning("not even the alerts of %s can be judged: %s: %s", key, type(fault).__name__, fault)
            continue
        if reason is not None:
            found[key] = reason
    return found


def _reason(work: Workplace, world: World, state: PromotionState, falling: Mapping[str, Lowering]) -> Lowering | None:
    """By the guardrails, without any gate; if those fail as well, by the alerts alone."""
    try:
        seen = replace(guard_facts(work, world, state), dependencies=dependency_facts(world, state, falling))
        reasons = lowerings(state, seen)
    except Exception as fault:
        _LOG.warning("the guardrails fail for %s: %s: %s", state.key, type(fault).__name__, fault)
        return _alert_alone(work, world, state)
    return lowest(reasons) if reasons else None


def _alert_alone(work: Workplace, world: World, state: PromotionState) -> Lowering | None:
    if _is_off(world, state):
        return None
    entries = {key: IndexEntry.of(one) for key, one in world.states.items()}
    fires = state.key in critical(work, entries, world.alerts, world.alert_map.known)
    return Lowering(OFF, LatchKind.ROLLED_BACK, "critical alert: nothing else can be judged") if fires else None


def _is_off(world: World, state: PromotionState) -> bool:
    """Whether ledger and flag both show off, with nothing on its way up."""
    record = world.flags.get(state.flag_key)
    return state.exposure == OFF and state.intent is None and record is not None and record.exposure == OFF
