"""What opens a gate that is closed or unknown, in words that a person can act on.

Commands stand whole: with your name for YOU, your key for FILE and your reason for WHY they work as they are typed.
"""

from __future__ import annotations

from prr_pipeline.canonical import instant_text
from prr_pipeline.rollout.blast_radius import service_of
from prr_pipeline.rollout.canary_words import lacks_requests_alone
from prr_pipeline.rollout.gates import GateReading, GateState
from prr_pipeline.rollout.state import LatchKind, PromotionState

_CLOSED = {
    "flag": "bring the flag to what the ledger holds, or `prr rollback {key} --by YOU --reason WHY`",
    "record": "let the ledger export its signed head again: `prr doctor`",
    "readiness": "mend, attest or justify the open lines: `prr check {key}`",
    "dwell": "its clock goes on once nothing else is in the way",
    "alerts": "the alerts end: `prr alerts`",
    "dependencies": "what it depends on moves first: `prr status`",
    "halt": "somebody releases the line, after `prr status`: `prr resume --scope {key} --by YOU --reason WHY`",
    "freeze": "the freeze ends",
    "window": "the advance window opens",
    "burn_rate": "the new version spends less of its budget, until the window is over",
    "canary": "more requests to the new version: a lean goes away with them, or becomes proof, which lowers",
    "blast_radius": "other promotions have risen or settled: `prr status`",
    "rollback_drill": "drill the kill switch: `prr drill --service {service} --by YOU --reason WHY`",
    "signoff": "the missing people sign: `prr sign {key} --person YOU --key FILE`",
}
_UNKNOWN = {
    "flag": "let the flag back end answer again: `prr doctor`",
    "record": "let the ledger be read again: `prr doctor`",
    "readiness": "declare, supply or attest what is unknown: `prr check {key}`",
    "dwell": "let the guard watch it: the sensor `alerts` runs",
    "alerts": "let the alert source answer in full again: `prr alerts`",
    "dependencies": "let what it depends on be read again: `prr doctor`",
    "halt": "let the orders about the line be read again: `prr audit verify`",
    "freeze": "let the calendars be read again: `prr doctor`",
    "window": "let the calendars be read again: `prr doctor`",
    "burn_rate": "let the metric source answer for every window",
    "canary": "let the metric source answer in full; the guard asks again at each step",
    "blast_radius": "let the other promotions be read again: `prr doctor`",
    "rollback_drill": "drill the kill switch: `prr drill --service {service} --by YOU --reason WHY`",
    "signoff": "settle what is unknown of the lines, then sign: `prr check {key}`",
}


def way_out(state: PromotionState, gate: GateReading) -> str:
    """What opens the gate; empty for one that is open or not used. A known time says it all."""
    if gate.is_open:
        return ""
    if gate.state is GateState.CLOSED and gate.until is not None:
        return f"may open by itself at {instant_text(gate.until)[:16].replace('T', ' ')}Z"
    if gate.name == "signoff" and state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK:
        return f"people sign anew: `prr sign {state.key} --attempt {state.attempt + 1} --person YOU --key FILE`"
    if gate.name == "canary" and gate.state is GateState.CLOSED and lacks_requests_alone(gate.why):
        decide = f"`prr accept-sample {state.key} --person YOU --key FILE --reason WHY`"
        return f"more requests to the new version, or two persons: {decide}"
    words = (_UNKNOWN if gate.state is GateState.UNKNOWN else _CLOSED).get(gate.name)
    return (
        words.format(key=state.key, service=service_of(state))
        if words is not None
        else "a person looks at it: `prr doctor`"
    )
