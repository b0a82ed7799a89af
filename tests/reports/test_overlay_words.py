"""What people added is marked in every form, and the line as judged stays visible underneath."""

from __future__ import annotations

import json
from functools import partial

import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.reports.json_report import report_data
from prr_pipeline.reports.junit import JunitStream
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.markdown_report import report_markdown
from prr_pipeline.reports.overlay_words import count_words, in_the_way, outcome_words, worst_first
from prr_pipeline.reports.sarif import SarifStream
from prr_pipeline.reports.scorecard import Scorecard
from prr_pipeline.reports.step_summary import StepSummary
from prr_pipeline.reports.terminal import report_screen
from tests.reports.made import EVERY, EVERY_LINE, JUSTIFIED, VOID, written
from tests.reports.test_reports import drawn

ONE = Checked(EVERY_LINE, ())
FORMS = {
    "terminal": lambda: drawn(report_screen(EVERY_LINE, EVERY)),
    "json": lambda: json.dumps(report_data(EVERY_LINE, EVERY)),
    "markdown": lambda: report_markdown(EVERY_LINE, EVERY),
    "sarif": lambda: written(partial(SarifStream, catalogue=EVERY, pages=LinePages()), ONE),
    "junit": lambda: written(partial(JunitStream, catalogue=EVERY), ONE),
    "github": lambda: written(partial(StepSummary, catalogue=EVERY), ONE),
    "html": lambda: written(partial(Scorecard, catalogue=EVERY, pages=LinePages()), ONE),
}


def words_of(form: str) -> str:
    """What a form says, without its escapes and line breaks."""
    text = FORMS[form]().replace("\\", "").replace("&lt;", "<").replace("&gt;", ">")
    return " ".join(text.split())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_who_accepted_an_unmet_line_and_that_it_is_unmet(form: str) -> None:
    """The finding of the line stands beside the justification."""
    text = words_of(form)
    assert "57 lines." in text
    assert "Justified by mara, approved by noor" in text


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_why_a_justification_is_void(form: str) -> None:
    """On a line in the way, and on one that is met and needs it no longer."""
    text = words_of(form)
    assert "The justification by mara ended at" in text
    assert "no longer needed" in text


@pytest.mark.parametrize("form", FORMS)
def test_every_form_marks_what_was_attested(form: str) -> None:
    """By the word, or by the records that people signed."""
    text = words_of(form)
    assert "attested" in text.replace("Attested", "")


def test_the_outcome_comes_before_the_overlay() -> None:
    """A justified line is unmet first; what only a person judged is never called checked."""
    by_id = {result.line_id: outcome_words(result) for result in EVERY_LINE.results}
    assert by_id["justified"] == "unmet, justified"
    assert by_id["void"] == "unmet"
    assert by_id["attested"] == "met, attested"
    assert by_id["person"] == "met, attested, not checked"
    assert by_id["exempt"] == "not applicable"


def test_what_is_in_the_way_comes_first() -> None:
    """Unmet, then unknown; the justified and the uncounted are not in the way."""
    ranked = worst_first(EVERY_LINE.results)
    assert [result.line_id for result in ranked][:3] == ["hostile", "void", "unknown_one"]
    assert [result.line_id for result in ranked if in_the_way(result)] == ["hostile", "void", "unknown_one"]


def test_counted_lines_are_counted_by_their_words() -> None:
    """In the order of the outcomes, and what does not count apart."""
    assert list(count_words(EVERY_LINE.results).items()) == [
        ("met", 2), ("met, attested", 1), ("met, attested, not checked", 1), ("unmet", 2), ("unmet, justified", 1),
        ("unknown", 1), ("not applicable", 1), ("not counted", 2),
    ]  # fmt: skip


def test_the_sample_holds_the_sentences() -> None:
    """The forms above are asked for words that the report really has."""
    said = [result.justification_text or result.justification_note for result in EVERY_LINE.results]
    assert JUSTIFIED in said
    assert VOID in said
