"""The PRR document: filed, about this operation, every task closed."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, LineResult, Outcome, Reason, Report
from prr_pipeline.readiness.model import Finding as F
from prr_pipeline.review.document import render
from prr_pipeline.review.document_lines import LineText
from prr_pipeline.subjects import Target
from tests.readiness.fakes import CREATE, NOW, run

PATH = "prod-readiness/createGrant.md"
PARAMETERS = {"file": "prod-readiness/{operation_id}.md", "lines": ["a_line", "b_line"]}
TEXTS = [
    LineText("a_line", "M4", "Specification", "The first."),
    LineText("b_line", "M5", "Specification", "The second."),
]
OWNER = "promotion_approved_by_owning_context"


def result(line_id: str, outcome: Outcome, justification: str | None = None) -> LineResult:
    return LineResult(line_id, F(outcome, "So.", "sha256:1"), "x", 1, {}, True, justification)


def document(*results: LineResult, reviewers: str = "[ada]") -> str:
    text = render(None, Target.GA, Report(CREATE, None, "matter", results), TEXTS).decode()
    return text.replace("reviewers: []", f"reviewers: {reviewers}")


GOOD = document(result("a_line", Outcome.MET), result("b_line", Outcome.UNMET, "sha256:2"))


def judged(text: str | None = GOOD, target: Target | None = Target.GA, **facts: object) -> Finding:
    files = {PATH: text} if text is not None else {}
    return run("markdown_tasks_are_closed", PARAMETERS, files, Facts(now=NOW, target=target, **facts))  # type: ignore[arg-type]


def test_a_document_with_every_task_closed_or_justified_is_met() -> None:
    """A justified line is closed: somebody answered for it."""
    assert judged().outcome is Outcome.MET


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "is not filed; write it with `prr document`"),
        (document(result("a_line", Outcome.MET), result("b_line", Outcome.UNMET)), "open: b_line"),
        (document(result("a_line", Outcome.MET), result("b_line", Outcome.UNKNOWN)), "open: b_line"),
        (
            GOOD.replace('operation_id: "createGrant"', 'operation_id: "listGrants"'),
            "'listGrants' instead of 'createGrant'",
        ),
        (GOOD.replace("[ada]", "[]"), "names no reviewers"),
        (GOOD.replace("ga/line/b_line", "ga/line/c_line"), "lacks 1 lines (b_line)"),
        (
            GOOD.replace("<!-- prr:end ga/line/b_line -->", "<!-- prr:end ga/line/b_line -->\n- [ ] ask legal\n"),
            "open: ask legal",
        ),
    ],
)
def test_a_document_that_is_not_complete_is_unmet(text: str | None, message: str) -> None:
    """What is missing is named, also a task that people added."""
    finding = judged(text)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_the_section_of_the_target_is_the_one_that_counts() -> None:
    """A section for GA says nothing about Beta."""
    assert "has no section for beta" in judged(target=Target.BETA).message


def test_a_signature_of_the_owning_context_names_a_reviewer_too() -> None:
    """Verified records are better than names in a file."""
    approvals = {OWNER: (Outcome.MET, "Signed by ada.")}
    assert judged(GOOD.replace("[ada]", "[]"), approvals=approvals).outcome is Outcome.MET


def test_who_has_signed_and_cannot_be_told_is_unknown() -> None:
    """Nobody is said to be missing while nobody can look; what else is open stays unmet."""
    approvals = {OWNER: (Outcome.UNKNOWN, "The report cannot be told now.")}
    unnamed = GOOD.replace("[ada]", "[]")
    finding = judged(unnamed, approvals=approvals)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.SOURCE_SILENT)
    assert judged(GOOD, approvals=approvals).outcome is Outcome.MET
    assert judged(unnamed.replace("[x]", "[ ]"), approvals=approvals).outcome is Outcome.UNMET


def test_without_a_target_it_is_not_declared() -> None:
    """Nobody said which promotion the document is for."""
    finding = judged(target=None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)


def test_broken_markers_are_unreadable() -> None:
    """A damaged document is unknown, with the line that is broken."""
    finding = judged(GOOD.replace("<!-- prr:end ga/summary -->", ""))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
