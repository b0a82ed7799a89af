"""What is asked about the sign-offs of a promotion, and the sign-offs that the ledger took in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.review.signoff import Binding, SignoffStatement


class SignoffKind(StrEnum):
    """What the sign-offs are asked for."""

    COUNCIL = "council"
    """Permission for the whole ladder of one attempt."""
    RECLIMB = "reclimb"
    """Permission for the attempt after a roll back."""
    GO_ON = "go_on"
    """Permission for the same attempt after a step down, once the re-climbs that policy allows are used up."""
    EVIDENCE = "evidence"
    """The council's agreement as evidence of M1 to M3 and M34: the attempt does not matter."""
    RUNG = "rung"
    """The extra approval of one rung."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A sign-off that the ledger took in after its signature, signer and age were verified.

    ``person`` follows from the key. ``on_call_at_acceptance``: whether they held the lead's shift at ``accepted_at``.
    """

    record_digest: str
    statement: SignoffStatement
    person: str
    accepted_at: datetime
    on_call_at_acceptance: bool


@dataclass(frozen=True, slots=True)
class SignoffQuestion:
    """``binding`` is what is there now; its attempt is the one asked for.

    ``excluded`` are people never counted beside the author (operator, last committer). ``touched`` are the contexts
    that the promotion touches beside the owning one. ``rung`` and ``spent_before`` belong to a rung approval: those
    accepted up to then were used up by an earlier raise. ``not_before`` is the roll back that the attempt follows, or
    the step down: what was signed or taken in earlier is no new permission.
    """

    binding: Binding
    author: str
    context: str
    now: datetime
    kind: SignoffKind = SignoffKind.COUNCIL
    excluded: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    rung: str | None = None
    spent_before: datetime | None = None
    not_before: datetime | None = None
