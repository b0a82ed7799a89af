"""The report in words: each row says what was measured, or why not, and text from outside stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from prr_pipeline.control.feedback_review import Review
from prr_pipeline.reports.feedback_page import feedback_data, feedback_markdown, feedback_screen
from prr_pipeline.reports.feedback_words import headline, rows
from prr_pipeline.rollout.feedback import Entry, FeedbackAnswer, tally
from prr_pipeline.rollout.feedback_report import AlertTally, MetricDay, MetricMonth, ReviewInputs, report_of

SINCE = datetime(2026, 12, 7, 9, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=30)
NASTY = '[x](http://e.example) <b> \x1b[31m"\n| a'
ENTRY = Entry(SINCE, "createGrant", "bug", "high", NASTY, NASTY, NASTY)


def review(*answers: FeedbackAnswer, **changes: object) -> Review:
    """A review whose month is over."""
    made = ReviewInputs(
        since=SINCE, until=UNTIL, read_at=UNTIL, feedback=tuple(tally(one) for one in answers),
        not_asked="" if answers else "no source", metrics=(), not_measured="no metric source", falls=(),
        alerts=AlertTally(3, 2, 1), flags=("createGrant-beta", "createGrant-ga"),
    )  # fmt: skip
    inputs = replace(made, **changes)  # type: ignore[arg-type]
    return Review("createGrant:ga", UNTIL, inputs, report_of(inputs), answers)


def told(found: Review) -> dict[str, str]:
    """The rows by name."""
    return dict(rows(found))


def test_without_sources_each_row_says_why() -> None:
    """Nothing is shown as zero that nobody counted."""
    found = told(review())
    assert found["feedback"] == "not read: no source"
    assert (found["by kind"], found["by severity"]) == ("-", "-")
    assert found["error budget"] == "not measured: no metric source"
    assert found["latency drift"] == "not measured: no metric source"
    assert found["alerts"] == "3 in the month; 1 of 2 of the watch reviewed"
    assert found["flags to remove"] == "createGrant-beta, createGrant-ga"
    assert told(review(flags=()))["flags to remove"] == "none"


@pytest.mark.parametrize(
    ("days", "fault", "words"),
    [
        (((5, 1_000),), "", "50.0% spent (5 of 1,000 requests; the objective allows 1%)"),
        (((5, 1_000),), "gone", "50.0% spent (5 of 1,000 requests; the objective allows 1%); 1 of 2 days read (gone)"),
        (((0, 0),), "", "not measured: nobody called it"),
        ((), "gone", "not measured: gone"),
    ],
    ids=["whole", "in part", "no calls", "nothing"],
)
def test_a_budget_says_how_much_of_the_month_it_rests_on(
    days: tuple[tuple[int, int], ...], fault: str, words: str
) -> None:
    """A part is never shown as the whole."""
    counted = tuple(MetricDay(SINCE, *one) for one in days)
    month = MetricMonth("errors", 10_000, 2 if fault else len(days), counted, fault)
    assert told(review(metrics=(month,), not_measured=""))["budget of errors"] == words


def test_drift_is_told_in_points() -> None:
    """With its sign."""
    days = tuple(MetricDay(SINCE + timedelta(days=at), 5 if at < 15 else 2, 1_000) for at in range(30))
    month = MetricMonth("slow", 10_000, 30, days)
    assert told(review(metrics=(month,), not_measured=""))["latency drift"] == (
        "0.500% slow requests in the first days, 0.200% in the last (-0.300 points)"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"faults": ("unread.",)}, "Not all of it can be read (1 fault(s))"),
        ({"until": UNTIL - timedelta(days=1)}, "So far; the month is over at 2027-01-06 09:00Z."),
        ({}, "The month is over; the review is closed once"),
    ],
)
def test_the_first_sentence_says_where_it_stands(changes: dict[str, object], words: str) -> None:
    """What is unknown comes before all else."""
    assert headline(review(**changes)).startswith(words)
    assert headline(replace(review(**changes), closed_at=UNTIL)).startswith("Closed at 2027-01-06 09:00Z")


def test_text_from_outside_stays_text() -> None:
    """Faults in Markdown; entries and faults on the terminal; the page of a run has no entry at all."""
    answer = FeedbackAnswer("inbox", UNTIL, (ENTRY,), (NASTY,))
    found = review(answer, faults=(NASTY,))
    page = feedback_markdown(found)
    assert "1 entry \\(inbox\\), as far as it can be read" in page
    assert "[x](" not in page
    assert "<b>" not in page
    assert page.endswith("\\| a")
    console = Console(width=200, markup=False)
    with console.capture() as captured:
        console.print(*feedback_screen(found))
    assert "\x1b[31m" not in captured.get()
    assert "[x](http://e.example) <b>" in captured.get()


def test_the_document_holds_everything() -> None:
    """Of a closed review the record alone."""
    data = feedback_data(review(FeedbackAnswer("inbox", UNTIL, (ENTRY,))))
    assert data["sources"][0]["entries"][0]["text"] == NASTY
    assert data["report"]["total"] == 1
    closed = feedback_data(replace(review(), closed_at=UNTIL))
    assert (closed["closed_at"], closed["sources"]) == ("2027-01-06T09:00:00.000000Z", [])
