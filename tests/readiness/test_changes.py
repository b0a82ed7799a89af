"""What became of a line between two judgements: its kind, its effect, its cause, and what the exit code makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.readiness.changes import (
    Base,
    Cause,
    Change,
    Compared,
    Effect,
    Kind,
    LineState,
    compare,
    state_of,
)
from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason

RECORD = "sha256:record"
BASE = Base("main", "a" * 40)


def state(
    outcome: Outcome,
    *,
    name: str = "line",
    reason: Reason | None = None,
    justification: str | None = None,
    note: str | None = None,
    attestations: tuple[str, ...] = (),
    counted: bool = True,
) -> LineState:
    """How a line stands."""
    if outcome is Outcome.UNKNOWN and reason is None:
        reason = Reason.NOT_RESOLVABLE
    return LineState(
        name, outcome, reason, f"It is {outcome}.", Location("a.ts", 3), counted, "some_check", justification, None,
        note, attestations,
    )  # fmt: skip


MET = state(Outcome.MET)
UNMET = state(Outcome.UNMET)
UNKNOWN = state(Outcome.UNKNOWN)
EXEMPT = state(Outcome.NOT_APPLICABLE)
LATER = state(Outcome.PENDING)
JUSTIFIED = state(Outcome.UNMET, justification=RECORD)
ATTESTED = state(Outcome.MET, attestations=(RECORD,))
NOT_ATTESTED = state(Outcome.UNKNOWN, reason=Reason.NOT_ATTESTED)

outcomes = st.sampled_from(Outcome)
records = st.sampled_from([(), (RECORD,), ("sha256:a", RECORD)])


@st.composite
def states(draw: st.DrawFn, name: str) -> LineState:
    """Any standing that a judgement can come to."""
    outcome = draw(outcomes)
    unmet, unknown = outcome is Outcome.UNMET, outcome is Outcome.UNKNOWN
    return state(
        outcome,
        name=name,
        reason=draw(st.sampled_from(Reason)) if unknown else None,
        justification=draw(st.sampled_from([None, RECORD])) if unmet else None,
        attestations=() if unmet or unknown else draw(records),
        counted=draw(st.booleans()),
    )


@st.composite
def reports(draw: st.DrawFn) -> list[LineState]:
    """The lines of one report."""
    return [draw(states(f"line_{at}")) for at in range(draw(st.integers(0, 5)))]


def only(before: LineState, after: LineState, cause: Cause = Cause.COMMIT) -> Change:
    """The one change between two standings of a line."""
    [change] = compare([before], [after], cause=lambda old, new: cause)
    return change


@given(reports())
def test_nothing_changes_between_a_report_and_itself(report: list[LineState]) -> None:
    """Whatever the lines and their overlays are."""
    assert compare(report, report) == ()


@given(reports(), reports())
def test_the_way_back_is_the_mirror(one: list[LineState], other: list[LineState]) -> None:
    """The same lines change, before and after swapped; better becomes worse, and worse never stays worse."""
    there, back = compare(one, other), compare(other, one)
    assert [(c.line_id, c.before, c.after) for c in there] == [(c.line_id, c.after, c.before) for c in back]
    for forth, again in zip(there, back, strict=True):
        if forth.effect is Effect.BETTER:
            assert again.effect is Effect.WORSE
        assert not forth.effect is again.effect is Effect.WORSE
        assert not (forth.exit_code and again.exit_code)


@given(reports(), reports(), st.sampled_from(Cause))
def test_only_what_is_worse_and_counts_has_an_exit_code(
    one: list[LineState], other: list[LineState], cause: Cause
) -> None:
    """And never what time alone did."""
    for change in compare(one, other, cause=lambda old, new: cause):
        if change.exit_code:
            assert change.effect is Effect.WORSE
            assert change.after.counted
            assert change.cause is not Cause.TIME


@pytest.mark.parametrize(
    ("before", "after", "kind", "effect", "exit_code"),
    [
        (MET, UNMET, Kind.NEWLY_UNMET, Effect.WORSE, 1),
        (EXEMPT, UNMET, Kind.NEWLY_UNMET, Effect.WORSE, 1),
        (UNKNOWN, UNMET, Kind.NEWLY_UNMET, Effect.WORSE, 1),
        (MET, UNKNOWN, Kind.NEWLY_UNKNOWN, Effect.WORSE, 2),
        (JUSTIFIED, UNKNOWN, Kind.NEWLY_UNKNOWN, Effect.WORSE, 2),
        (UNMET, UNKNOWN, Kind.NEWLY_UNKNOWN, Effect.OTHER, 0),
        (JUSTIFIED, UNMET, Kind.VOIDED, Effect.WORSE, 1),
        (ATTESTED, NOT_ATTESTED, Kind.VOIDED, Effect.WORSE, 1),
        (ATTESTED, UNKNOWN, Kind.NEWLY_UNKNOWN, Effect.WORSE, 2),
        (ATTESTED, UNMET, Kind.NEWLY_UNMET, Effect.WORSE, 1),
        (MET, NOT_ATTESTED, Kind.NEWLY_UNKNOWN, Effect.WORSE, 2),
        (UNMET, MET, Kind.NEWLY_MET, Effect.BETTER, 0),
        (UNMET, JUSTIFIED, Kind.NEWLY_JUSTIFIED, Effect.BETTER, 0),
        (MET, JUSTIFIED, Kind.NEWLY_JUSTIFIED, Effect.OTHER, 0),
        (UNKNOWN, EXEMPT, Kind.NEWLY_NOT_APPLICABLE, Effect.BETTER, 0),
        (MET, EXEMPT, Kind.NEWLY_NOT_APPLICABLE, Effect.OTHER, 0),
        (UNMET, LATER, Kind.NEWLY_PENDING, Effect.BETTER, 0),
    ],
    ids=lambda value: None if isinstance(value, LineState) else str(value),
)
def test_each_pair_of_standings_has_its_kind(
    before: LineState, after: LineState, kind: Kind, effect: Effect, exit_code: int
) -> None:
    """The commit made it so: unmet and voided fail, unknown asks, all else passes."""
    change = only(before, after)
    assert (change.kind, change.effect, change.exit_code) == (kind, effect, exit_code)


@pytest.mark.parametrize("after", [UNMET, UNKNOWN], ids=["unmet", "unknown"])
def test_what_evidence_did_is_not_known(after: LineState) -> None:
    """CI owes an artefact for one side: nobody can tell whether the change made the line worse."""
    assert only(replace(MET, outcome=Outcome.UNKNOWN) if after is UNMET else MET, after, Cause.EVIDENCE).exit_code == 2


def test_evidence_that_the_base_lacks_is_named() -> None:
    """A line that was unknown for want of an artefact is no improvement of the change."""
    change = only(UNKNOWN, MET, Cause.EVIDENCE)
    assert change.why == "Not known at the base: It is unknown."
    assert only(MET, UNKNOWN, Cause.EVIDENCE).why == "It is unknown."


def test_a_record_that_only_ran_out_was_voided_by_time() -> None:
    """The sentence says which and when; if the commit voided another one too, the commit did it."""
    ended = {RECORD: "It ended in May."}
    [change] = compare([JUSTIFIED], [UNMET], ended=ended)
    assert (change.cause, change.why, change.exit_code) == (Cause.TIME, "It ended in May.", 0)
    [change] = compare([ATTESTED], [NOT_ATTESTED], ended=ended)
    assert (change.cause, change.exit_code) == (Cause.TIME, 0)
    [change] = compare([replace(ATTESTED, attestations=("sha256:a", RECORD))], [NOT_ATTESTED], ended=ended)
    assert (change.cause, change.exit_code) == (Cause.COMMIT, 1)


def test_a_void_justification_says_why_or_that_it_is_gone() -> None:
    """The note of the line, where there is one."""
    assert only(JUSTIFIED, replace(UNMET, justification_note="It has changed.")).why == "It has changed."
    assert "is here no longer" in only(JUSTIFIED, UNMET).why
    assert only(ATTESTED, NOT_ATTESTED).why == NOT_ATTESTED.message


def test_a_line_of_one_side_only_is_no_change() -> None:
    """Other lines were asked there, so nothing became of it."""
    assert compare([MET], [replace(UNMET, line_id="other")]) == ()


def test_a_subject_has_the_worst_exit_code_of_its_changes() -> None:
    """A new one has none: it has no line that stood better."""
    one, two = only(MET, UNMET), only(MET, UNKNOWN)
    assert Compared(BASE, {}, (two, one)).exit_code == 1
    assert Compared(BASE, {}, (two,)).exit_code == 2
    assert Compared(BASE, {}, ()).exit_code == Compared(BASE, None, ()).exit_code == 0
    assert Compared(BASE, None, ()).appeared
    assert Compared(BASE, {}, (one,)).of("line") == one
    assert Compared(BASE, {}, (one,)).of("other") is None


def test_a_standing_keeps_what_a_comparison_needs() -> None:
    """The first place alone, and the overlays."""
    finding = Finding(Outcome.UNMET, "Bad.", "sha256:x", (Location("a", 1), Location("b", 2)))
    found = state_of(LineResult("line", finding, "c", 1, {}, True, RECORD, "Words.", "Note.", (RECORD,)))
    assert found == LineState(
        "line", Outcome.UNMET, None, "Bad.", Location("a", 1), True, "c", RECORD, "Words.", "Note.", (RECORD,)
    )
    assert found.justified
