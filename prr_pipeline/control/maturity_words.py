"""Why a maturity is not entitled, or cannot be told, in a sentence, and the command that goes on from there."""

from __future__ import annotations

import shlex

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.explain import status_of
from prr_pipeline.control.stated import Statement
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.findings import shown
from prr_pipeline.rollout.maturity import Change, Levels
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject, SubjectKind, Target, promotion_key


def refusal(work: Workplace, change: Change, recorded: Target | None, levels: Levels) -> tuple[str, str]:
    """What is missing in the ledger, and the command that opens or finishes it."""
    following = Target.GA if recorded is Target.BETA else Target.BETA
    wanted, subject = levels.text(following), Subject(SubjectKind.OPERATION, change.operation)
    missing = f"the ledger records no {wanted} for it"
    if following is not change.needs and change.needs is not None:
        missing = f"the ledger records no {wanted} for it, and {levels.text(change.needs)} comes after {wanted}"
    key = promotion_key(subject, following)
    try:
        why, command = _next_for(work.ledger.state(key), key, wanted)
    except PrrError as fault:
        why, command = str(fault).rstrip("."), f"prr show {shlex.quote(key)}"
    if not command:
        command = f"prr open {shlex.quote(change.operation)} --target {following} --by NAME"
    return f"{missing}: {why}", command


def unclear(change: Change, head: Statement, levels: Levels, extension: str) -> str:
    """Why nobody can tell what became of an operation's maturity, with the way out."""
    name = change.operation
    if name in head.unnamed:
        return "it has no operationId, so the ledger cannot know it; give it one"
    if name in head.twice:
        return f"its id stands more than once in {head.path}; make it unique"
    if change.after is None:
        before = "" if change.before is None else f"; it was {shown(change.before)}"
        return f"it states no maturity ({extension}){before}; write one, such as {levels.names[0]}"
    valid = ", ".join((*levels.names, *levels.retired))
    return f"{shown(change.after)!r} is no level of maturity; valid: {valid}"


def renamed(change: Change, base: Statement, head: Statement) -> str:
    """A word on an operation that is new by its id only; empty for any other."""
    route = head.routes.get(change.operation)
    before = next((name for name, at in base.routes.items() if at == route), None) if change.is_new else None
    if before is None:
        return ""
    return f". {route} was {shown(before)} at the base: to the ledger another id is another operation"


def _next_for(state: PromotionState | None, key: str, wanted: str) -> tuple[str, str]:
    """How far its promotion is, and the command; an empty one where it is still to be opened."""
    if state is None:
        return "its promotion was not opened yet", ""
    show = f"prr show {shlex.quote(key)}"
    if state.ended_at is None:
        gone = f", {wanted} was withdrawn at {instant_text(state.maturity_withdrawn_at)}" if (
            state.maturity_withdrawn_at is not None
        ) else ""  # fmt: skip
        return f"{key} is open ({status_of(state)}, at {state.exposure.name}{gone})", show
    return f"{key} ended at {instant_text(state.ended_at)} and its {wanted} is not in force", show
