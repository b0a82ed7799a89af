"""What became of each line between two judgements of one subject: how it stood, how it stands, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import LineResult, Location, Outcome, Reason


class Kind(StrEnum):
    """What became of a line. Voided: a signed record let it pass before, and counts no more."""

    NEWLY_UNMET = "newly_unmet"
    VOIDED = "voided"
    NEWLY_UNKNOWN = "newly_unknown"
    NEWLY_JUSTIFIED = "newly_justified"
    NEWLY_MET = "newly_met"
    NEWLY_NOT_APPLICABLE = "newly_not_applicable"
    NEWLY_PENDING = "newly_pending"


class Effect(StrEnum):
    """Worse: from passing over unknown to unmet. Better: it passes now. Other: it passed before too, or never did."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


class Cause(StrEnum):
    """What the change comes from: what is committed, evidence that CI or a tool owes for one side, or time alone."""

    COMMIT = "commit"
    EVIDENCE = "evidence"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class LineState:
    """One line as it stands in one judgement: the little of its result that a comparison needs."""

    line_id: str
    outcome: Outcome
    reason: Reason | None
    message: str
    place: Location | None
    counted: bool
    check: str | None
    justification: str | None
    justification_text: str | None
    justification_note: str | None
    attestations: tuple[str, ...]

    @property
    def justified(self) -> bool:
        """Whether the line is unmet and accepted."""
        return self.outcome is Outcome.UNMET and self.justification is not None

    @property
    def severity(self) -> int:
        """0 for a line that passes, 1 for unknown, 2 for unmet."""
        if self.outcome is Outcome.UNKNOWN:
            return 1
        return 2 if self.outcome is Outcome.UNMET and not self.justified else 0


@dataclass(frozen=True, slots=True)
class Change:
    """One line that stands otherwise. ``why`` is one sentence."""

    line_id: str
    before: LineState
    after: LineState
    cause: Cause
    why: str

    @property
    def kind(self) -> Kind:
        return _kind(self.before, self.after)

    @property
    def effect(self) -> Effect:
        """By the standings alone, whatever the cause."""
        if self.after.severity > self.before.severity:
            return Effect.WORSE
        return Effect.BETTER if self.before.severity and not self.after.severity else Effect.OTHER

    @property
    def counted(self) -> bool:
        """Whether the line counts in exit codes."""
        return self.after.counted

    @property
    def exit_code(self) -> int:
        """1 if the commit made a counted line unmet or voided what let it pass; 2 if it is worse and nobody can tell.

        0 for all else: what is better, what time alone did, and lines that do not count.
        """
        if not self.counted or self.effect is not Effect.WORSE or self.cause is Cause.TIME:
            return 0
        known = self.kind in (Kind.NEWLY_UNMET, Kind.VOIDED)
        return 1 if known and self.cause is Cause.COMMIT else 2


Asked = Callable[[LineState, LineState], Cause]
"""Tells what a change of this line comes from, before and after."""


def state_of(result: LineResult) -> LineState:
    """What a comparison keeps of a judged line."""
    finding = result.finding
    place = finding.locations[0] if finding.locations else None
    return LineState(
        result.line_id, finding.outcome, finding.reason, finding.message, place, result.counted, result.check,
        result.justification, result.justification_text, result.justification_note, result.attestations,
    )  # fmt: skip


def compare(
    before: Iterable[LineState],
    after: Iterable[LineState],
    *,
    ended: Mapping[str, str] | None = None,
    cause: Asked = lambda before, after: Cause.COMMIT,
) -> tuple[Change, ...]:
    """The lines that stand otherwise, in the order of ``after``; a line that only one side holds is none of them.

    ``ended``: records that counted before and only ran out, digest to sentence. ``cause`` is asked of the rest.
    """
    old = {each.line_id: each for each in before}
    return tuple(
        _change(old[each.line_id], each, ended or {}, cause)
        for each in after
        if each.line_id in old and _differ(old[each.line_id], each)
    )


def _differ(before: LineState, after: LineState) -> bool:
    return (before.outcome, before.justified) != (after.outcome, after.justified)


def _change(before: LineState, after: LineState, ended: Mapping[str, str], cause: Asked) -> Change:
    kind = _kind(before, after)
    if kind is Kind.VOIDED:
        records = (before.justification or "",) if before.justified else before.attestations
        sentences = [ended[record] for record in records if record in ended]
        if len(sentences) == len(records):
            return Change(after.line_id, before, after, Cause.TIME, str(sentences[-1]))
        return Change(after.line_id, before, after, Cause.COMMIT, _void(before, after))
    found = cause(before, after)
    return Change(after.line_id, before, after, found, _why(before, after, found))


def _kind(before: LineState, after: LineState) -> Kind:
    if after.outcome is Outcome.UNMET and not after.justified:
        return Kind.VOIDED if before.justified else Kind.NEWLY_UNMET
    if after.outcome is Outcome.UNKNOWN:
        gone = before.attestations and after.reason is Reason.NOT_ATTESTED
        return Kind.VOIDED if gone else Kind.NEWLY_UNKNOWN
    if after.justified:
        return Kind.NEWLY_JUSTIFIED
    return _PASSING[after.outcome]


_PASSING = {
    Outcome.MET: Kind.NEWLY_MET,
    Outcome.NOT_APPLICABLE: Kind.NEWLY_NOT_APPLICABLE,
    Outcome.PENDING: Kind.NEWLY_PENDING,
}


def _void(before: LineState, after: LineState) -> str:
    if not before.justified:
        return after.message
    return after.justification_note or "The justification that covered it is here no longer, or counts no more."


def _why(before: LineState, after: LineState, cause: Cause) -> str:
    """The finding now; where evidence was owed for the base alone, that: nobody knows how the line stood."""
    if cause is Cause.EVIDENCE and before.outcome is Outcome.UNKNOWN:
        return f"Not known at the base: {before.message}"
    return after.message


@dataclass(frozen=True, slots=True)
class Base:
    """What a judgement is compared with: the ref that was named, and the commit where the two histories part."""

    ref: str
    commit: str

    def __str__(self) -> str:
        return f"{self.ref} ({self.commit[:12]})"


@dataclass(frozen=True, slots=True)
class Compared:
    """One subject against a base. ``before`` is None for a subject that the base does not hold."""

    base: Base
    before: Mapping[str, LineState] | None
    changes: tuple[Change, ...]

    @property
    def appeared(self) -> bool:
        """Whether the subject is new."""
        return self.before is None

    @property
    def exit_code(self) -> int:
        """1 if any change has it, else 2 if any has, else 0."""
        codes = {change.exit_code for change in self.changes}
        return next((code for code in (1, 2) if code in codes), 0)

    def of(self, line_id: str) -> Change | None:
        """What became of that line; None if it stands as it did."""
        return next((change for change in self.changes if change.line_id == line_id), None)
