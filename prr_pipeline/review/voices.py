"""What each person's word is worth now: their approval that holds, or why none does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.review.people import COUNCIL
from prr_pipeline.review.question import Accepted, SignoffKind, SignoffQuestion
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import SignoffDecision, compare


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why an approval does not count. ``voided``: it did count, until what was signed changed or its time was over."""

    reason: str
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """One person, however many keys and records. ``flaw`` is None while an approval of theirs holds."""

    person: str
    flaw: Flaw | None
    on_call: bool = False
    blocks: bool = False
    """A council member's reject, which stands until the same person approves later."""


def voices(
    accepted: Sequence[Accepted], asked: SignoffQuestion, roster: Roster, max_validity: timedelta | None
) -> tuple[Voice, ...]:
    """Every person who signed for this promotion (and rung), in order of their ids."""
    rung = asked.rung if asked.kind is SignoffKind.RUNG else None
    words: dict[str, list[Accepted]] = {}
    for a in sorted(accepted, key=_order):
        if a.statement.binding.promotion == asked.binding.promotion and a.statement.rung == rung:
            words.setdefault(a.person, []).append(a)
    return tuple(_voice(person, words[person], asked, roster, max_validity) for person in sorted(words))


def _order(a: Accepted) -> tuple[datetime, bool, datetime]:
    """A person's words in the order they signed them: a withheld approval filed late withdraws no reject."""
    return (a.statement.signed_at, _rejects(a), a.accepted_at)


def _rejects(a: Accepted) -> bool:
    return a.statement.decision is SignoffDecision.REJECT


def _voice(
    person: str, words: list[Accepted], asked: SignoffQuestion, roster: Roster, max_validity: timedelta | None
) -> Voice:
    """The last reject ends all before it; of the approvals since, any that holds counts."""
    last = words[-1]
    if _rejects(last):
        flaw = Flaw(f"rejected at {instant_text(last.statement.signed_at)}", voided=not all(map(_rejects, words)))
        on_call = any(a.on_call_at_acceptance for a in words)
        return Voice(person, flaw, on_call, blocks=COUNCIL in roster.roles_of(person))
    since = max((i for i, a in enumerate(words) if _rejects(a)), default=-1) + 1
    flaws = [(a, _flaw(a, asked, roster, max_validity)) for a in words[since:]]
    holding = [a for a, flaw in flaws if flaw is None]
    if holding:
        return Voice(person, None, on_call=any(a.on_call_at_acceptance for a in holding))
    return Voice(
        person, flaws[-1][1], on_call=any(a.on_call_at_acceptance for a, flaw in flaws if flaw and flaw.voided)
    )


def _flaw(a: Accepted, asked: SignoffQuestion, roster: Roster, max_validity: timedelta | None) -> Flaw | None:
    signed = a.statement
    if a.person == asked.author:
        return Flaw("is the author, who is never counted")
    if a.person in asked.excluded:
        return Flaw("had a hand in what is signed or operates it, and is not counted")
    if not roster.roles_of(a.person):
        return Flaw("is not in the roster, or has no role there")
    ignore_attempt = asked.kind is SignoffKind.EVIDENCE
    if not ignore_attempt and signed.binding.attempt != asked.binding.attempt:
        return Flaw(f"signed for attempt {signed.binding.attempt}; this is attempt {asked.binding.attempt}")
    if not ignore_attempt and asked.not_before is not None and min(a.accepted_at, signed.signed_at) < asked.not_before:
        if asked.kind is SignoffKind.GO_ON:
            return Flaw("signed before the step down; going on after it takes a new sign-off")
        return Flaw("signed before the roll back; the attempt after it takes a new sign-off")
    if asked.kind is SignoffKind.RUNG and asked.spent_before is not None and a.accepted_at <= asked.spent_before:
        return Flaw("approved an earlier raise to this rung; that approval is spent")
    if changed := compare(signed, asked.binding, ignore_attempt=ignore_attempt):
        return Flaw(f"signed before a change of {', '.join(changed)}", voided=True)
    ends = signed.expires_at if max_validity is None else min(signed.expires_at, signed.signed_at + max_validity)
    if asked.now >= ends:
        return Flaw(f"ended at {instant_text(ends)}", voided=True)
    return None
