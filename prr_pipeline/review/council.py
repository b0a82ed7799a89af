"""Who must agree, and whether a set of people is enough: needs, distinct people, quorum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.review.people import COUNCIL, ENGINEER
from prr_pipeline.review.roster import Roster


class Need(StrEnum):
    """One thing that a set of approvals must hold."""

    OWNING_CONTEXT = "owning_context"
    OTHER_CONTEXT = "other_context"
    ON_CALL_LEAD = "on_call_lead"
    COUNCIL_MEMBER = "council_member"
    QUORUM = "quorum"


NEED_WORDS = {
    Need.OWNING_CONTEXT: "an engineer of the owning context",
    Need.OTHER_CONTEXT: "an engineer from outside the owning context",
    Need.ON_CALL_LEAD: "the on-call lead of the week",
    Need.COUNCIL_MEMBER: "a member of the council",
    Need.QUORUM: "the council's quorum",
}
"""Each need, as a person reads it."""


class QuorumContexts(StrEnum):
    """Which contexts must have a council member among the signers."""

    TOUCHED = "touched"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CouncilPolicy:
    """The deployment's rules of agreement. `Need.QUORUM` counts council members; every other need is one person.

    One person fills one of the needs, unless ``roles_may_coincide``. ``max_validity`` ends a sign-off earlier than
    its own expiry; None leaves it to the expiry. ``contexts`` are all that there are; empty takes the roster's.
    """

    quorum_total: int = 3
    quorum_per_context: int = 1
    quorum_contexts: QuorumContexts = QuorumContexts.TOUCHED
    contexts: tuple[str, ...] = ()
    council: tuple[Need, ...] = (Need.OWNING_CONTEXT, Need.OTHER_CONTEXT, Need.ON_CALL_LEAD, Need.QUORUM)
    reclimb: tuple[Need, ...] = (Need.OWNING_CONTEXT, Need.ON_CALL_LEAD)
    rung: tuple[Need, ...] = (Need.COUNCIL_MEMBER,)
    roles_may_coincide: bool = False
    max_validity: timedelta | None = None

    def __post_init__(self) -> None:
        if self.quorum_contexts not in list(QuorumContexts):
            raise UnknownName("quorum_contexts", self.quorum_contexts, list(QuorumContexts))
        for need in (*self.council, *self.reclimb, *self.rung):
            if need not in list(Need):
                raise UnknownName("need", need, list(Need))
        if self.quorum_total < 1 or self.quorum_per_context < 0:
            raise PrrError(
                f"A quorum of {self.quorum_total} with {self.quorum_per_context} per context is none; "
                "quorum_total starts at 1 and quorum_per_context at 0."
            )
        if not (self.council and self.reclimb and self.rung):
            raise PrrError("A rule of agreement that asks for nobody grants everything; name at least one need.")


@dataclass(frozen=True, slots=True)
class Bench:
    """The people whose approvals stand, with what each can fill. ``on_call`` held the lead's shift at acceptance."""

    people: tuple[str, ...]
    on_call: frozenset[str]
    context: str
    roster: Roster

    def can_fill(self, need: Need) -> tuple[str, ...]:
        """Who of the bench can fill that need, in order."""
        return tuple(person for person in self.people if self._fits(person, need))

    def _fits(self, person_id: str, need: Need) -> bool:
        person = self.roster.people.get(person_id)
        if person is None:
            return False
        owns = self.context in person.contexts
        if need == Need.OWNING_CONTEXT:
            return owns and ENGINEER in person.roles
        if need == Need.OTHER_CONTEXT:
            return not owns and ENGINEER in person.roles
        if need == Need.ON_CALL_LEAD:
            return person_id in self.on_call
        return COUNCIL in person.roles


def quorum_gap(bench: Bench, policy: CouncilPolicy, touched: Collection[str]) -> str | None:
    """What the quorum lacks, as words; None when it is met. Only council members count, each once."""
    members = [bench.roster.people[person] for person in bench.can_fill(Need.QUORUM)]
    contexts = {bench.context, *touched}
    if policy.quorum_contexts == QuorumContexts.ALL:
        contexts |= set(policy.contexts or bench.roster.contexts)
    short = [c for c in sorted(contexts) if sum(c in m.contexts for m in members) < policy.quorum_per_context]
    if len(members) >= policy.quorum_total and not short:
        return None
    words = f"{NEED_WORDS[Need.QUORUM]} ({len(members)} of {policy.quorum_total} members"
    return words + (f"; nobody, or too few, from {', '.join(short)})" if short else ")")


def unmet_needs(
    bench: Bench, needs: Sequence[Need], policy: CouncilPolicy, touched: Collection[str]
) -> tuple[str, ...]:
    """What the bench lacks, in words; empty when it is enough."""
    single = [need for need in dict.fromkeys(needs) if need != Need.QUORUM]
    fillers: dict[Need, tuple[str, ...]] = {need: bench.can_fill(need) for need in single}
    missing = [NEED_WORDS[need] for need in single if not fillers[need]]
    if not missing and not policy.roles_may_coincide and not _seated(single, fillers, frozenset()):
        wanted = ", ".join(NEED_WORDS[need] for need in single)
        missing.append(f"another person, as nobody fills two of these at once: {wanted}")
    gap = quorum_gap(bench, policy, touched) if Need.QUORUM in needs else None
    return (*missing, gap) if gap else tuple(missing)


def _seated(needs: Sequence[Need], fillers: Mapping[Need, tuple[str, ...]], taken: frozenset[str]) -> bool:
    """Whether each need can get a person of its own."""
    if not needs:
        return True
    return any(_seated(needs[1:], fillers, taken | {person}) for person in fillers[needs[0]] if person not in taken)
