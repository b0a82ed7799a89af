"""How each promotion of the demo must end, and what is wrong with one that did not."""

from __future__ import annotations

from prr_pipeline.control.explain import explain
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.reclimb import awaits_decision
from prr_pipeline.rollout.state import LatchKind

CLIMBS, HELD, WORSE = "createGrant:ga", "issueShares:ga", "getCapTable:ga"
LOWERED, WAITS = "createEntity:ga", "listGrants:ga"
KEYS = (CLIMBS, HELD, WORSE, LOWERED, WAITS)
ABOUT = {
    CLIMBS: "climbs to 100% and through the watch week",
    HELD: "is held by a warning at 1%",
    WORSE: "is stepped down by its canary at 10%, twice: then people must decide",
    LOWERED: "is lowered by a critical alert at 10%",
    WAITS: "waits for the on-call lead's sign-off",
}


def endings(work: Workplace) -> dict[str, str]:
    """What is wrong with each promotion, by key; empty where it ended as it must."""
    ways = {CLIMBS: _climbed, HELD: _held, WORSE: _worse, LOWERED: _fell, WAITS: _waited}
    return {key: way(work) for key, way in ways.items()}


def _climbed(work: Workplace) -> str:
    state = work.state(CLIMBS)
    if state.exposure.name != "100%" or state.maturity_recorded_at is None or state.watch_closed_at is None:
        return f"stands at {state.exposure.name}, maturity or watch missing"
    return "" if state.feedback_closed_at is None else "its feedback review is closed already"


def _held(work: Workplace) -> str:
    found = explain(work, HELD)
    gate = next(g for g in found.gates if g.name == "alerts")
    return "" if found.state.exposure.name == "1%" and not gate.is_open else f"stands at {found.state.exposure.name}"


def _worse(work: Workplace) -> str:
    state = work.state(WORSE)
    cause = state.latch.cause if state.latch is not None else "nothing"
    ended = awaits_decision(state) and state.exposure.name == "1%" and cause.startswith("regression: errors")
    return "" if ended else f"stands at {state.exposure.name}, stopped by {cause}"


def _fell(work: Workplace) -> str:
    state = work.state(LOWERED)
    off = work.flags.read([state.flag_key])[state.flag_key].exposure == OFF
    latched = state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK
    return "" if off and latched and state.exposure == OFF else f"stands at {state.exposure.name}"


def _waited(work: Workplace) -> str:
    found = explain(work, WAITS)
    gate = next(g for g in found.gates if g.name == "signoff")
    return "" if found.state.exposure == OFF and "on-call lead" in gate.why else f"sign-off gate: {gate.why}"
