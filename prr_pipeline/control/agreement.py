"""Who agreed, as a gate: the sign-offs in the ledger against what is there now. Computed at each decision."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.standing import Standing, read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.review.council import CouncilPolicy, Need, QuorumContexts
from prr_pipeline.review.identities import people_behind
from prr_pipeline.review.question import Accepted, SignoffKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import Binding, SignoffStatement
from prr_pipeline.review.verdict import SignoffState, SignoffVerdict, judge_signoffs
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.state import AcceptedSignoff, LatchKind, PromotionState
from prr_pipeline.settings import CouncilSettings


@dataclass(frozen=True, slots=True)
class Agreement:
    """The sign-off gate, with the verdicts behind it. ``void``: enough had signed, then what they signed changed."""

    gate: GateReading
    void: bool = False
    verdicts: tuple[SignoffVerdict, ...] = ()


def signoff_gate(work: Workplace, state: PromotionState, now: datetime) -> Agreement:
    """Open when the council's sign-off for this attempt is valid now.

    After a roll back: the new attempt's own set, and the council's as evidence with the attempt aside, or the council
    anew. A rung that policy names needs its extra approval too.
    """
    try:
        judge = _Judge(work, state, now)
        if state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK:
            return _spent(state, judge.attempt(state.attempt + 1))
        main = judge.attempt(state.attempt)
    except PrrError as fault:
        return Agreement(unknown("signoff", str(fault)))
    if not main.gate.is_open or state.next_rung is None or not state.ladder.rungs[state.next_rung].approval_required:
        return main
    rung = state.ladder.rungs[state.next_rung].name
    # An approval is used up by the raise to that rung: after a step down it must be given anew.
    spent = state.rung_since if state.highest_rung >= state.next_rung else None
    extra = judge.ask(SignoffKind.RUNG, state.attempt, rung=rung, spent_before=spent)
    return main if extra.state is SignoffState.VALID else _agreement((extra,), f"approval for {rung}: ")


def _spent(state: PromotionState, following: Agreement) -> Agreement:
    """After a roll back what was signed permits nothing any more; only the next attempt's own set does."""
    start = f"signed; start it with `prr resume {state.key} --by YOU --reason WHY`"
    ready = start if following.gate.is_open else following.gate.why
    following_words = f"attempt {state.attempt + 1}: "
    spent = f"the roll back spent the sign-offs of attempt {state.attempt}"
    why = f"{spent}; {following_words}{ready.removeprefix(following_words)}"
    return Agreement(closed("signoff", why), False, following.verdicts)


def restart_verdict(work: Workplace, state: PromotionState, attempt: int) -> Agreement:
    """Whether the next attempt may start: its own set must be accepted and valid."""
    try:
        return _Judge(work, state, work.now()).attempt(attempt)
    except PrrError as fault:
        return Agreement(unknown("signoff", str(fault)))


def go_on_verdict(work: Workplace, state: PromotionState) -> Agreement:
    """Whether people decided, since the step down, that the attempt goes on though its re-climbs are used up."""
    try:
        since = state.latch.at if state.latch is not None else None
        verdict = _Judge(work, state, work.now()).ask(SignoffKind.GO_ON, state.attempt, not_before=since)
    except PrrError as fault:
        return Agreement(unknown("signoff", str(fault)))
    return _agreement((verdict,))


def evidence_verdict(
    work: Workplace, state: PromotionState, now: datetime, standing: Standing | None = None
) -> SignoffVerdict:
    """The council's agreement as evidence of the lines about agreement, with the attempt aside.

    ``standing`` is a judgement not kept yet; without it the last one counts.
    """
    return _Judge(work, state, now, standing).ask(SignoffKind.EVIDENCE, state.attempt)


def strangers_of(work: Workplace, key: str) -> tuple[str, ...]:
    """Git identities of who wrote what is signed that mean nobody in the roster: only people can see who that is."""
    standing = read_standing(work, key)
    roster = work.roster
    return tuple(writer for writer in (standing.editors if standing else ()) if not people_behind(roster, writer))


def hands_of(roster: Roster, state: PromotionState, standing: Standing | None) -> frozenset[str]:
    """Who had a hand in what is promoted: wrote what is signed, or opened it. They never agree to their own."""
    writers = standing.editors if standing else ()
    hands = (*writers, state.author, state.opened_by.removeprefix("person:"))
    return frozenset(person for hand in hands for person in people_behind(roster, hand))


class _Judge:
    """One promotion's sign-offs, roster and binding, read once."""

    def __init__(self, work: Workplace, state: PromotionState, now: datetime, standing: Standing | None = None) -> None:
        self.roster = work.roster
        self.policy = council_policy(work.settings.council)
        self.state, self.now = state, now
        self.accepted = [accepted_signoff(one) for one in state.signoffs]
        self.standing = standing or read_standing(work, state.key)
        self.binding = binding_now(state, self.standing, self.roster)
        self.excluded = hands_of(self.roster, state, self.standing)

    def ask(
        self,
        kind: SignoffKind,
        attempt: int,
        rung: str | None = None,
        spent_before: datetime | None = None,
        not_before: datetime | None = None,
    ) -> SignoffVerdict:
        return judge_signoffs(
            self.accepted, self.binding, self.policy, self.roster, author=self.state.author,
            context=self.state.context, now=self.now, attempt=attempt, kind=kind, excluded=self.excluded, rung=rung,
            spent_before=spent_before, not_before=not_before or _ended_at(self.state, attempt),
        )  # fmt: skip

    def attempt(self, attempt: int) -> Agreement:
        council = self.ask(SignoffKind.COUNCIL, attempt)
        if attempt == 1 or council.state is SignoffState.VALID:
            return _agreement((council,))
        evidence = self.ask(SignoffKind.EVIDENCE, attempt)
        again = self.ask(SignoffKind.RECLIMB, attempt)
        if again.state is not SignoffState.VALID:
            return _agreement((again, evidence, council), f"attempt {attempt}: ")
        return _agreement((evidence, again, council), "" if evidence.state is SignoffState.VALID else "the council: ")


def _ended_at(state: PromotionState, attempt: int) -> datetime | None:
    """When the attempt before ``attempt`` was rolled back; None for the first one."""
    if attempt > state.attempt:
        return state.latch.at if state.latch is not None else None
    return state.rolled_back_at


def _agreement(verdicts: tuple[SignoffVerdict, ...], prefix: str = "") -> Agreement:
    """The first verdict decides; the others are kept to be shown."""
    first = verdicts[0]
    why = prefix + first.why
    if first.state is SignoffState.VALID:
        return Agreement(opened("signoff", why), False, verdicts)
    if first.state is SignoffState.UNKNOWN:
        return Agreement(unknown("signoff", why), False, verdicts)
    return Agreement(closed("signoff", why), first.state is SignoffState.VOID, verdicts)


def binding_now(
    state: PromotionState, standing: Standing | None, roster: Roster, attempt: int | None = None
) -> Binding:
    """What a sign-off would bind now. Without a judgement its digests cannot be told."""
    return Binding(
        promotion=state.key,
        attempt=attempt or state.attempt,
        spec_subtree_digest=standing.spec_subtree_digest if standing else None,
        report_digest=standing.report_digest if standing else None,
        justification_digests=standing.justifications if standing else None,
        attestation_digests=standing.attestations if standing else None,
        ladder_digest=state.ladder.digest,
        flag_key=state.flag_key,
        environment=state.environment,
        dependencies=tuple(str(subject) for subject in state.dependencies),
        prr_section_digest=standing.section_digest if standing else None,
        roster_digest=roster.digest,
    )


def accepted_signoff(one: AcceptedSignoff) -> Accepted:
    """A ledger entry as the review package reads it."""
    statement = SignoffStatement.from_bytes(canonical_bytes(one.statement))
    return Accepted(one.record_digest, statement, one.person, one.accepted_at, one.on_call)


def council_policy(settings: CouncilSettings | None) -> CouncilPolicy:
    """The rules of agreement from the settings."""
    if settings is None:
        return CouncilPolicy()
    return CouncilPolicy(
        quorum_total=settings.quorum_total,
        quorum_per_context=settings.quorum_per_context,
        quorum_contexts=QuorumContexts(settings.quorum_contexts),
        max_validity=settings.signoff_expiry,
        roles_may_coincide=settings.roles_may_coincide,
        reclimb=tuple(Need(need) for need in settings.reclimb),
    )
