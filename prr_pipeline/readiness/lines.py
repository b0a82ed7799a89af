"""One line of a checklist, as data: what it asks of whom, how it is judged, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from prr_pipeline.readiness.declared import Declared
from prr_pipeline.readiness.facts import Capacity
from prr_pipeline.subjects import SubjectKind

BUILT_IN = ("endpoint", "full")
"""The checklists that ship."""
Kind = Literal["A", "D", "X", "P", "A+P", "A+X", "A or X", "D+P", "X+P"]
"""How a line is judged: A from the repository, D once declared, X from a service, P by a person."""
Stage = Literal["beta", "ga", "after_ga"]
"""From when on a line is asked: before Beta and GA, before GA alone, or after it."""
Sentence = Annotated[str, Meta(min_length=20)]


class AppliesTo(Declared):
    """Which subjects a line is asked of, per which item of them, and under which condition (in words)."""

    kind: SubjectKind
    each: str | None = None
    condition: str | None = None


class Due(Declared):
    """When a line after GA falls due, counted from full exposure: days, or the end of the n-th next quarter."""

    days: Any = None
    quarters: int | None = None

    def __post_init__(self) -> None:
        if (self.days is None) == (self.quarters is None):
            raise ValueError("give either days or quarters")


class Line(Declared):
    """One line. ``line`` is the checklist's own wording; ``check`` is None where only a person judges yet.

    Of the person's part: ``attested_by`` says who must sign (None: anybody of the roster), ``attested_when_due`` that
    what was signed before the line fell due says nothing, ``exemption_attested`` that a person must also state why a
    line does not apply, ``attested_unless_seen`` that nobody need state what the check itself saw.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    number: Annotated[str, Meta(pattern=r"^[A-Z]+[0-9]+$")]
    section: Annotated[str, Meta(min_length=1)]
    line: Annotated[str, Meta(min_length=3)]
    applies_to: AppliesTo
    kind: Kind
    why: Sentence
    if_unmet: Sentence
    evidence: Sentence
    stage: Stage = "beta"
    counts: bool = True
    justifiable: bool = True
    check: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    statement: str | None = None
    attested_by: Capacity | None = None
    attested_when_due: bool = False
    exemption_attested: bool = False
    attested_unless_seen: bool = False
    due: Due | None = None
    page: Annotated[str, Meta(pattern=r"^https?://[^\s]+$")] | None = None
    """Where a page tells more about a line of an own checklist; those that ship have docs/lines/<id>.md."""
    checklist: str = ""
    """The name of the checklist that it stands in; set by whoever reads the file, never in an entry."""

    def __post_init__(self) -> None:
        if self.check is None and self.parameters:
            raise ValueError("parameters without a check")
        if (self.due is not None) != (self.stage == "after_ga"):
            raise ValueError("a line has `due` exactly when its stage is after_ga")
        rules = (self.attested_by, self.attested_when_due, self.exemption_attested, self.attested_unless_seen)
        if not self.has_person_part and any(rules):
            raise ValueError("who attests, and when, is said of a line that no person judges")
        if self.attested_when_due and self.due is None:
            raise ValueError("attested_when_due needs `due`")

    @property
    def is_own(self) -> bool:
        """Whether it stands in a user's own checklist."""
        return self.checklist not in BUILT_IN

    @property
    def has_person_part(self) -> bool:
        """Whether an attestation must hold besides (or instead of) what is checked."""
        return self.check is None or "P" in self.kind.split("+")

    @property
    def to_attest(self) -> str:
        """The statement that a person signs for this line."""
        return self.statement or self.line
