"""The lines that people settle by their signatures, M1 to M3 and M34, and the document that they sign, M33."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from prr_pipeline.control.checklist import approvals_of
from prr_pipeline.review.council import CouncilPolicy
from prr_pipeline.review.question import Accepted, SignoffKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.review.signoff import Binding, SignoffDecision
from prr_pipeline.review.verdict import judge_signoffs
from tests.mutations.edits import Change, Edit, read_table
from tests.mutations.judging import judge
from tests.mutations.matter import MATTER, finished
from tests.mutations.state import DAY, World
from tests.mutations.world import NOW
from tests.review.cast import BINDING, NAMESPACES, accepted, d, public_key

AGREEMENT = ("M1", "M2", "M3", "M33", "M34")
PEOPLE = b"""
people:
  - {id: mara, contexts: [Equity], roles: [engineer, council], keys: [mara@matter.example]}
  - {id: noor, contexts: [Equity], roles: [engineer, council], keys: [noor@matter.example]}
  - {id: edda, contexts: [Equity], roles: [council], keys: [edda@matter.example]}
  - {id: pavel, contexts: [Equity], roles: [engineer, council, on_call_lead], keys: [pavel@matter.example]}
  - {id: lena, contexts: [Customer surfaces], roles: [engineer, council], keys: [lena@matter.example]}
  - {id: felix, contexts: [Operations], roles: [engineer, council, on_call_lead], keys: [felix@matter.example]}
  - {id: tobias, contexts: [Compliance], roles: [engineer], keys: [tobias@matter.example]}
"""
NAMES = ("mara", "noor", "edda", "pavel", "lena", "felix", "tobias")


class Signature(BaseModel):
    """One person's sign-off. Without more: an approval of what is there now, by somebody who is not on call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str
    on_call: bool = False
    rejects: bool = False
    of: Literal["now", "another report", "another ladder", "another document", "another attempt", "another target"] = (
        "now"
    )
    ended: bool = False


class Agreed(BaseModel):
    """One row: who signed what, the document, and every line that then stands otherwise than in the sample."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    does: str = Field(min_length=15)
    signed: tuple[Signature, ...] | None = None
    """None: as in the sample, by mara, by lena, and by felix, who is on call."""
    author: str = "noor"
    edited: tuple[str, ...] = ()
    """Who edited the document, and is not counted."""
    untold: tuple[str, ...] = ()
    """Bound fields that cannot be told now."""
    change: tuple[Change, ...] = ()
    expect: Mapping[str, str]
    says: Mapping[str, str] = Field(default_factory=dict)

    def applied(self, world: World) -> World:
        """The world in which these people signed. Raises `NoSuchEdit`."""
        if self.change:
            world = Edit(id=self.id, does=self.does, change=self.change).applied(world)
        return world.telling(approvals=self.approvals()) if world.facts.approvals is not None else world

    def approvals(self) -> Mapping[str, Any]:
        """What the verdict over the signatures says of each line."""
        words = [_accepted(each) for each in (FULL if self.signed is None else self.signed)]
        now = replace(binding(), **dict.fromkeys(self.untold))
        verdict = judge_signoffs(
            words, now, CouncilPolicy(), roster(), author=self.author, context="Equity", now=NOW, attempt=1,
            kind=SignoffKind.EVIDENCE, excluded=self.edited,
        )  # fmt: skip
        return approvals_of(verdict)


FULL = (Signature(by="mara"), Signature(by="lena"), Signature(by="felix", on_call=True))


@cache
def agreed() -> tuple[Agreed, ...]:
    """Every row of the table of signed lines."""
    return tuple(Agreed.model_validate(row) for row in read_table(MATTER.table / "signed" / "lines.yaml"))


@cache
def roster() -> Roster:
    """The people of the sample, with keys."""
    lines = (f"{name}@matter.example {NAMESPACES} {public_key(name)}\n" for name in NAMES)
    return Roster.parse("".join(lines).encode(), PEOPLE)


@cache
def binding() -> Binding:
    """What a signature binds: the report of the sample as it is judged, and the people who may sign."""
    report = judge(finished()).report
    return replace(BINDING, report_digest=report.digest, roster_digest=roster().digest)


def _accepted(one: Signature) -> Accepted:
    others: dict[str, dict[str, Any]] = {
        "now": {},
        "another report": {"report_digest": d("another report")},
        "another ladder": {"ladder_digest": d("another ladder")},
        "another document": {"prr_section_digest": d("another document")},
        "another attempt": {"attempt": 2},
        "another target": {"promotion": "createGrant:beta"},
    }
    return accepted(
        one.by,
        on_call=one.on_call,
        at=NOW - DAY,
        binding=replace(binding(), **others[one.of]),
        decision=SignoffDecision.REJECT if one.rejects else SignoffDecision.APPROVE,
        signed_at=NOW - 2 * DAY,
        expires_at=NOW - DAY / 2 if one.ended else NOW + 28 * DAY,
    )
