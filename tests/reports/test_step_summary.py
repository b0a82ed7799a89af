"""The step summary fits, says what it leaves out, and lets no text of the repository act."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.model import Outcome, Report
from prr_pipeline.reports.step_summary import LIMIT, StepSummary
from prr_pipeline.subjects import Subject, SubjectKind
from tests.reports.made import EVERY, EVERY_LINE, JUSTIFIED, SUBJECT, VOID, result, written

NOT_READY = Checked(EVERY_LINE, ("a.json does not count: unsigned",))
READY = Checked(
    Report(Subject(SubjectKind.OPERATION, "readyOne"), "b" * 40, "matter", (result("met", Outcome.MET),)), ()
)
NOT_KNOWN = Checked(replace(READY.report, results=(result("unknown_one", Outcome.UNKNOWN),), subject=SUBJECT), ())


def summary(*reports: Checked, limit: int = LIMIT) -> str:
    """The summary of these reports."""
    return written(partial(StepSummary, catalogue=EVERY, limit=limit), *reports)


def rows(text: str) -> list[str]:
    """The first words of the rows of lines, in their order."""
    return [row.split("**")[1] + " " + row.split(" | ")[0] for row in text.splitlines() if " | **T" in row]


def test_one_subject_shows_what_is_in_the_way_first() -> None:
    """Unmet, then unknown; everything else is folded below, whatever the order of the checklist."""
    text = summary(NOT_READY)
    assert text.startswith("## ❌ Production readiness: not ready")
    assert rows(text)[:3] == ["T7 | ❌ unmet", "T4 | ❌ unmet", "T11 | ❔ unknown"]
    assert text.index("T11") < text.index("8 lines that are not in the way")
    assert "> a.json does not count: unsigned" in text


def test_the_way_out_is_one_click_below_each_line_in_the_way() -> None:
    """And nowhere else."""
    text = summary(NOT_READY)
    assert text.count("<details><summary>Way out</summary>") == 3
    assert text.count("**Way out:** Mend it by doing so and so.") == 3


def test_overlays_are_marked_and_the_outcome_stays() -> None:
    """Justified, attested, void with the reason."""
    text = summary(NOT_READY).replace("\\", "")
    for words in (
        "unmet, justified",
        "met, attested |",
        "met, attested, not checked",
        JUSTIFIED,
        VOID,
        "no longer needed",
    ):
        assert words in text


def test_many_subjects_are_a_table_with_the_worst_first() -> None:
    """Then a part for each, folded."""
    text = summary(READY, NOT_KNOWN, NOT_READY)
    assert text.startswith("## ❌ Production readiness of 3 subjects\n\n1 ready, 1 not ready, 1 not known.")
    found = [row.split(" | ")[0] for row in text.splitlines() if row.startswith("| ") and "**T" not in row][1:]
    assert [one for one in found if "ready" in one or "known" in one] == [
        "| ❌ not ready",
        "| ❔ not known",
        "| ✅ ready",
    ]
    assert text.count("<details><summary>❌ not ready: createGrant") == 1


def test_nothing_to_judge_is_a_sentence() -> None:
    """An empty specification is told, not shown as an empty table."""
    assert summary() == "## ✅ Production readiness of 0 subjects\n\nNothing to judge.\n\n"


@pytest.mark.parametrize(("count", "limit"), [(1, 1_000), (60, 20_000)], ids=["one", "many"])
def test_what_does_not_fit_is_left_out_and_told(count: int, limit: int) -> None:
    """The text keeps below the limit, and its last sentence says that it was cut and where all of it is."""
    text = summary(*[NOT_READY] * count, limit=limit)
    assert len(text.encode()) < limit + 400
    assert text.endswith("writes all of them.\n")
    assert "**Cut here:**" not in summary(*[NOT_READY] * 3)


def test_a_thousand_subjects_keep_below_one_mebibyte() -> None:
    """The service shows nothing of a longer summary; the unmet ones come first."""
    text = summary(*[READY] * 500, *[NOT_READY] * 500)
    assert len(text.encode()) < 1024 * 1024
    assert "**Cut here:**" in text
    assert text.index("❌ not ready | createGrant") < text.index("✅ ready | readyOne")


def test_no_text_of_the_repository_acts() -> None:
    """Neither markup, links, table bars nor control characters work, in tables and in folded titles alike."""
    named = Checked(replace(EVERY_LINE, subject=Subject(SubjectKind.OPERATION, "<img src=x>|`b`")), ())
    for text in (summary(named), summary(named, READY)):
        assert not any(words in text.replace("\\<", "") for words in ("<script", "<img", "</td>"))
        assert "[x](" not in text
        assert "\x1b" not in text
    bars = [row.replace("\\|", "").count("|") for row in summary(named).splitlines() if row.startswith("| ")]
    assert set(bars) == {4}
