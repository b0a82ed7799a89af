"""Whether the sign-offs filed so far permit it, judged anew at each decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.review.council import Bench, CouncilPolicy, Need, quorum_gap, unmet_needs
from prr_pipeline.review.question import Accepted, SignoffKind, SignoffQuestion
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import Binding
from prr_pipeline.review.voices import Voice, voices


class SignoffState(StrEnum):
    """Only valid permits. Missing: not yet enough people. Void: enough had signed, then what they signed changed.

    Unknown: enough people signed, and whether it is still what they signed cannot be told.
    """

    VALID = "valid"
    MISSING = "missing"
    VOID = "void"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SignoffVerdict:
    """The answer, with everything a person asks next.

    ``void`` holds (person, reason) for each person whose word does not count, ``unknown`` the bound fields that cannot
    be told. The last four are the lines M1, M2, M3 (who fills them; empty: nobody) and M34; with ``unknown`` not
    empty these lines are unknown rather than met.
    """

    state: SignoffState
    why: str
    missing: tuple[str, ...]
    void: tuple[tuple[str, str], ...]
    counted: tuple[str, ...]
    unknown: tuple[str, ...]
    approved_by_owner: tuple[str, ...]
    approved_outside: tuple[str, ...]
    approved_by_on_call: tuple[str, ...]
    quorum_met: bool


def judge_signoffs(
    accepted: Sequence[Accepted],
    binding: Binding,
    policy: CouncilPolicy,
    roster: Roster,
    *,
    author: str,
    context: str,
    now: datetime,
    attempt: int,
    kind: SignoffKind | str = SignoffKind.COUNCIL,
    excluded: Collection[str] = (),
    touched: Collection[str] = (),
    rung: str | None = None,
    spent_before: datetime | None = None,
    not_before: datetime | None = None,
) -> SignoffVerdict:
    """Judge the sign-offs for ``attempt``. Pure and never latched: equal digests are valid, and valid again.

    Answers for any set of sign-offs; the least doubt gives a state that does not permit. See `SignoffQuestion`.
    """
    asked = SignoffQuestion(
        binding=replace(binding, attempt=attempt),
        author=author,
        context=context,
        now=now,
        kind=SignoffKind(kind),
        excluded=frozenset(excluded),
        touched=frozenset(touched),
        rung=rung,
        spent_before=spent_before,
        not_before=not_before,
    )
    return judge(accepted, asked, policy, roster)


def judge(
    accepted: Sequence[Accepted], asked: SignoffQuestion, policy: CouncilPolicy, roster: Roster
) -> SignoffVerdict:
    """Answer one question; see `judge_signoffs`."""
    heard = voices(accepted, asked, roster, policy.max_validity)
    bench = _bench((v for v in heard if v.flaw is None), asked, roster)
    once = _bench((v for v in heard if v.flaw is None or v.flaw.voided), asked, roster)
    needs = _needs(asked.kind, policy)
    missing = unmet_needs(bench, needs, policy, asked.touched)
    rejecting = tuple(v.person for v in heard if v.blocks)
    void = tuple((v.person, v.flaw.reason) for v in heard if v.flaw is not None)
    unknown = asked.binding.unknown_fields
    was_complete = not unmet_needs(once, needs, policy, asked.touched)
    state = _state(missing, rejecting, unknown, was_complete)
    return SignoffVerdict(
        state=state,
        why=_why(state, bench.people, missing, rejecting, unknown, void),
        missing=missing,
        void=void,
        counted=bench.people,
        unknown=unknown,
        approved_by_owner=bench.can_fill(Need.OWNING_CONTEXT),
        approved_outside=bench.can_fill(Need.OTHER_CONTEXT),
        approved_by_on_call=bench.can_fill(Need.ON_CALL_LEAD),
        quorum_met=not rejecting and quorum_gap(bench, policy, asked.touched) is None,
    )


def _needs(kind: SignoffKind, policy: CouncilPolicy) -> tuple[Need, ...]:
    if kind in (SignoffKind.RECLIMB, SignoffKind.GO_ON):
        return policy.reclimb
    return policy.rung if kind is SignoffKind.RUNG else policy.council


def _bench(heard: Iterable[Voice], asked: SignoffQuestion, roster: Roster) -> Bench:
    seated = tuple(heard)
    on_call = frozenset(v.person for v in seated if v.on_call)
    return Bench(tuple(v.person for v in seated), on_call, asked.context, roster)


def _state(
    missing: tuple[str, ...], rejecting: tuple[str, ...], unknown: tuple[str, ...], was_complete: bool
) -> SignoffState:
    if missing or rejecting:
        return SignoffState.VOID if was_complete else SignoffState.MISSING
    return SignoffState.UNKNOWN if unknown else SignoffState.VALID


def _why(
    state: SignoffState,
    counted: tuple[str, ...],
    missing: tuple[str, ...],
    rejecting: tuple[str, ...],
    unknown: tuple[str, ...],
    void: tuple[tuple[str, str], ...],
) -> str:
    if state is SignoffState.VALID:
        return f"Signed by {', '.join(counted)}."
    if state is SignoffState.UNKNOWN:
        return f"Signed by {', '.join(counted)}, but {', '.join(unknown)} cannot be told now; once they can, it counts."
    parts = [f"Rejected by {', '.join(rejecting)}; it stands until they approve."] if rejecting else []
    if missing:
        parts.append(f"Missing: {'; '.join(missing)}.")
    parts += [f"Not counted: {person} ({reason})." for person, reason in void if person not in rejecting]
    if state is SignoffState.VOID:
        parts.append("The way out: sign this attempt again with what is there now.")
    return " ".join(parts)
