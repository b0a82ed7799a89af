"""Tell people that a budget burns too fast: that holds a promotion, and whether it lowers one is for a person."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.control.kept_metrics import read_kept
from prr_pipeline.control.metric_facts import BURN_RATE
from prr_pipeline.control.notices import notify, settle_notices
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.burn_rates import pages
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.rollout.gates import GateReading, GateState

_PREFIX = "burn-rate/"


def tell_burns(work: Workplace, decisions: Mapping[str, Decision]) -> None:
    """A page where a rule of page level fires, else a warning; once, until the gate opens.

    A gate that became unknown leaves the notice open: nobody knows that it is over.
    """
    standing: set[str] = set()
    for key, gate in _gates(work, decisions).items():
        if gate.state is GateState.CLOSED:
            standing.add(_tell(work, key, gate))
        elif gate.state is GateState.UNKNOWN:
            standing |= {f"{_PREFIX}{key}", f"{_PREFIX}{key}/page"}
    told = {notice.dedup_key for notice in work.ledger.outbox.open_notices() if notice.dedup_key.startswith(_PREFIX)}
    if over := told - standing:
        settle_notices(work, over)


def _gates(work: Workplace, decisions: Mapping[str, Decision]) -> dict[str, GateReading]:
    if BURN_RATE not in work.policy.required:
        return {}
    return {key: gate for key, one in decisions.items() for gate in one.gates if gate.name == BURN_RATE}


def _tell(work: Workplace, key: str, gate: GateReading) -> str:
    kept = read_kept(work, key)
    fast = pages({name: one.burns for name, one in kept.metrics.items()}) if kept is not None else ()
    name = f"{_PREFIX}{key}/page" if fast else f"{_PREFIX}{key}"
    body = f"{gate.why}. It is held; lower it if users are hurt: prr rollback {key} --by YOU --reason WHY"
    notify(work, "page" if fast else "warn", f"{key} burns its budget too fast", body, key, name)
    return name
