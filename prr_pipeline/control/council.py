"""Convene the council: take in what was signed, judge with it, and say who agreed and who is missing."""

from __future__ import annotations

from prr_pipeline.control.acceptance import Intake, accept_records
from prr_pipeline.control.agreement import Agreement, signoff_gate, strangers_of
from prr_pipeline.control.checklist import Judgement, judge_promotion
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import Draft, EventType

_TABLE = "council"


@dataclass(frozen=True, slots=True)
class Session:
    """What came in, how the checklist stands with it, and whether it is enough."""

    intake: Intake
    judgement: Judgement
    agreement: Agreement


def convene(work: Workplace, key: str, actor: str) -> Session:
    """Accept new records, judge anew, and book the council's answer when it changed."""
    intake = accept_records(work, key, actor)
    judgement = judge_promotion(work, key, actor)
    agreement = signoff_gate(work, judgement.state, work.now())
    strangers = list(strangers_of(work, key))
    now = {"gate": str(agreement.gate.state), "strangers": strangers, "why": agreement.gate.why}
    if work.ledger.counters.get(_TABLE, key) != now:
        payload = {**now, "attempt": judgement.state.attempt, "void": agreement.void}
        work.ledger.append([Draft(key, EventType.COUNCIL_JUDGED, payload, actor)])
        work.ledger.counters.put(_TABLE, key, now)
    return Session(intake, judgement, agreement)
