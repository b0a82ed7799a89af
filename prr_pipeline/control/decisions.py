"""Keep decisions: in the chain when verdict or causes change, and how long a promotion has been blind."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline import __version__
from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control.notices import notify, settle_notice
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.recording import recorded
from prr_pipeline.rollout.state import PromotionState

_LAST = "decision"
_BLIND = "blind"


def record_decision(
    work: Workplace,
    state: PromotionState,
    facts: Facts,
    decision: Decision,
    now: datetime,
    actor: str,
    *,
    acts: bool = False,
) -> bool:
    """Store the decision that ``state``, ``facts`` and ``now`` led to, when it differs from the promotion's last one.

    ``acts``: a run raises by it now, so it is stored whatever was before. Returns whether it was stored.
    """
    last = work.ledger.counters.get(_LAST, state.key)
    is_news = acts or last is None or last["key"] != decision.key
    if is_news:
        inputs = decision_inputs(state, facts, work.policy, now)
        payload = {
            **decision.as_data(),
            "attempt": state.attempt,
            "inputs": inputs,
            "policy": work.policy.digest,
            "rung": state.exposure.name,
            "version": __version__,
        }
        work.ledger.append([Draft(state.key, EventType.DECISION_RECORDED, payload, actor)])
    work.ledger.counters.put(_LAST, state.key, {"key": decision.key, **decision.as_data()})
    return is_news


def decision_inputs(state: PromotionState, facts: Facts, policy: Policy, now: datetime) -> dict[str, object]:
    """Everything that `decide` is handed, as the record keeps it: of the state, the last event that made it."""
    return {
        "facts": recorded(facts),
        "now": instant_text(now),
        "policy": recorded(policy),
        "state_seq": state.last_seq,
    }


def last_decision(work: Workplace, key: str) -> dict[str, object] | None:
    """The newest decision of a promotion as data, or None before the first."""
    return work.ledger.counters.get(_LAST, key)


def watch_blindness(work: Workplace, state: PromotionState, decision: Decision) -> None:
    """Tell a person when answers have been unknown for longer than policy allows; say when they are back."""
    dedup = f"blind/{state.key}"
    since = work.ledger.counters.get(_BLIND, state.key)
    if not decision.blind:
        if since is not None:
            work.ledger.counters.delete(_BLIND, state.key)
            settle_notice(work, dedup)
        return
    now = work.now()
    if since is None or parse_instant(str(since["since"])) > now:  # what begins later than now began by another clock
        work.ledger.counters.put(_BLIND, state.key, {"since": instant_text(now)})
        return
    if now - parse_instant(str(since["since"])) >= work.policy.unknown_notice_after and state.has_traffic:
        words = "; ".join(decision.causes)
        notify(
            work, "page", f"{state.key} cannot be judged", f"Unknown since {since['since']}: {words}", state.key, dedup
        )
