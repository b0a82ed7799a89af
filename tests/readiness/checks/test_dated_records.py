"""The month's feedback: a document that is dated after it, or the signed statement alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.checks.dated_records import day_of
from prr_pipeline.readiness.facts import AfterGa, Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, SPEC, profile, run, spec

M37 = load_catalogue().line("M37")
FULL = NOW - timedelta(days=31)
FILE = "apps/docs/content/docs/process/feedback/createGrant.mdx"
TEXT = "Eleven customers wrote about it and nine of them were content. " * 8


def review(dated: str | None, text: str = TEXT) -> dict[str, str]:
    return {FILE: f"---\ntitle: Feedback\n{f'reviewed: {dated}' if dated else 'owner: Equity'}\n---\n\n{text}"}


def judged(files: dict[str, str], **parameters: object) -> Finding:
    return run(M37.check, {**M37.parameters, **parameters}, files, Facts(now=NOW, after_ga=AfterGa(FULL)))


def test_a_review_dated_after_the_month_is_met() -> None:
    """30 days after full exposure it was the first of March."""
    assert judged(review("2026-03-01")).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (review("2026-02-28"), "is dated 2026-02-28, before it was due on 2026-03-01"),
        (review(None), "has no date (2026-01-31) under reviewed or date"),
        (review('"soon"'), "has no date"),
        (review("2026-03-01", "Fine."), "is a stub (1 of at least 60 words)"),
    ],
    ids=["early", "undated", "no date", "stub"],
)
def test_a_review_of_another_time_or_of_nothing_is_unmet(files: dict[str, str], words: str) -> None:
    """What was written before the month was over says nothing of it."""
    finding = judged(files)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert finding.locations[0].path == FILE


def test_without_a_document_the_statement_stands_for_it_unless_one_is_demanded() -> None:
    """This check asks for no more than the line does; another line may."""
    assert "the signed statement stands for it" in judged({}).message
    assert judged({}).outcome is Outcome.MET
    assert judged({}, required=True).outcome is Outcome.UNMET
    assert judged({}, required=True, file=None).outcome is Outcome.UNMET


def test_a_document_that_cannot_be_read_is_unknown() -> None:
    """Broken front matter may hold any date."""
    finding = judged({FILE: "---\nreviewed: [\n---\nx"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_before_full_exposure_nobody_can_say() -> None:
    """There is no month to speak of."""
    finding = run(M37.check, M37.parameters, {})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_a_due_date_of_the_deployment_overrides_the_days() -> None:
    """A deployment that waits two months gets a review of two months."""
    facts = Facts(now=NOW, after_ga=AfterGa(FULL, {M37.id: NOW + timedelta(days=30)}))
    assert run(M37.check, M37.parameters, review("2026-03-02"), facts).outcome is Outcome.UNMET


def test_an_undeclared_path_and_a_changed_operation_change_nothing() -> None:
    """The statement is about a month, not about code; where no path is declared none is looked for."""
    using = profile(paths__feedback_review=None)
    finding = run(M37.check, M37.parameters, {}, Facts(now=NOW, after_ga=AfterGa(FULL)), using=using)
    assert finding.outcome is Outcome.MET
    assert finding.subject_digest == judged({SPEC: spec(summary="another")}).subject_digest
    assert finding.subject_digest != judged(review("2026-03-01")).subject_digest


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-01", date(2026, 3, 1)), ("2026-03-01T09:00:00Z", date(2026, 3, 1)), ("01.03.2026", None), (None, None)],
)
def test_a_day_is_read_in_one_form_only(text: object, day: date | None) -> None:
    """A day that may be a month is no day."""
    assert day_of(text) == day
