"""Every alert of the stability week is reviewed, and the week is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import AfterGa, AlertReview, AlertWatch, Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, SPEC, run, spec

M36 = load_catalogue().line("M36")
FULL = NOW - timedelta(days=9)
CLOSED = NOW - timedelta(days=1)


def alert(name: str, reviewed: bool) -> AlertReview:
    return AlertReview(f"{name}@1", name, "warning", FULL + timedelta(days=2), reviewed)


def judged(watch: AlertWatch | None, text: str | None = None) -> Finding:
    facts = Facts(now=NOW, after_ga=AfterGa(FULL, {}, watch))
    return run(M36.check, M36.parameters, {SPEC: text or spec()}, facts)


@pytest.mark.parametrize(
    ("watch", "outcome", "words"),
    [
        (AlertWatch(CLOSED, ()), Outcome.MET, "no alert fired in it"),
        (AlertWatch(CLOSED, (alert("Slow", True),)), Outcome.MET, "all 1 alerts of it are reviewed"),
        (
            AlertWatch(CLOSED, (alert("Slow", False),)),
            Outcome.UNMET,
            "1 of 1 alerts of the week are not reviewed: Slow",
        ),
        (AlertWatch(None, (alert("A", True), alert("B", False))), Outcome.UNMET, "1 of 2 alerts"),
        (AlertWatch(None, ()), Outcome.PENDING, "still runs"),
    ],
    ids=["quiet", "reviewed", "not reviewed", "not reviewed while it runs", "extended"],
)
def test_the_week_is_judged_by_its_alerts(watch: AlertWatch, outcome: Outcome, words: str) -> None:
    """One review that is missing is enough; a week that gaps extend is not over."""
    finding = judged(watch)
    assert finding.outcome is outcome
    assert words in finding.message


def test_without_a_look_at_the_alerts_it_is_unknown() -> None:
    """No list of alerts is not an empty one."""
    assert (judged(None).outcome, judged(None).reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    finding = run(M36.check, M36.parameters, {})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_the_statement_is_about_the_week_and_not_about_the_code() -> None:
    """A later change of the operation voids nothing; an alert that was booked late does."""
    watch = AlertWatch(CLOSED, (alert("Slow", True),))
    assert judged(watch).subject_digest == judged(watch, spec(summary="another")).subject_digest
    assert judged(watch).subject_digest != judged(AlertWatch(CLOSED, ())).subject_digest
