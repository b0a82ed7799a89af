"""The three forms of a report: terminal, JSON, Markdown."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import orjson
from rich.console import Console, RenderableType

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.model import Outcome, Report
from prr_pipeline.reports.json_report import JsonStream, report_data
from prr_pipeline.reports.markdown_report import report_markdown
from prr_pipeline.reports.tally import Tally
from prr_pipeline.reports.terminal import brief_screen, report_screen, summary_screen
from prr_pipeline.subjects import Subject, SubjectKind
from tests.reports.made import CATALOGUE, EVERY, EVERY_LINE, HOSTILE, REPORT, SUBJECT, result


def drawn(part: RenderableType) -> str:
    """What a terminal of 200 columns would show."""
    out = io.StringIO()
    Console(file=out, width=200, markup=False, highlight=False).print(part)
    return out.getvalue()


def test_the_terminal_details_only_what_is_in_the_way() -> None:
    """Unmet and unknown counted lines get their places and remedy; passing and uncounted ones do not."""
    shown = drawn(report_screen(REPORT, CATALOGUE, ["a note"]))
    assert shown.count("mend: ") == 2
    assert "T5 unmet: unmet" in shown
    assert "T11 unknown_one: unknown (no_evidence)" in shown
    assert "unmet, justified" in shown
    assert "met, attested" in shown
    assert "[not counted]" in shown
    assert "and 2 more places" in shown
    assert "note: a note" in shown
    assert "absent_here" not in shown


def test_no_form_lets_text_act() -> None:
    """Neither escape sequences nor HTML, links or table bars of the repository work anywhere."""
    assert "\x1b" not in drawn(report_screen(REPORT, CATALOGUE))
    assert "\x1b" not in drawn(brief_screen(REPORT))
    text = report_markdown(REPORT, CATALOGUE)
    assert "\x1b" not in text
    assert "<b>" not in text
    assert "[x](http" not in text
    assert "\x1b" not in json.dumps(report_data(REPORT, CATALOGUE))


def test_markdown_tables_keep_their_columns() -> None:
    """A bar in a message does not open a fourth column."""
    rows = [row for row in report_markdown(REPORT, CATALOGUE).splitlines() if row.startswith("| It holds")]
    assert len(rows) == 5
    assert all(row.replace("\\|", "").count("|") == 4 for row in rows)


def test_markdown_marks_what_counts() -> None:
    """Bold is for what is in the way; a justified line says so."""
    text = report_markdown(REPORT, CATALOGUE, ["a note"])
    assert text.count("**unmet**") == 1
    assert text.count("**unknown**") == 1
    assert "unmet, justified" in text
    assert "- a note" in text
    assert "At commit aaaaaaaaaaaa" in text


def test_a_brief_line_names_the_first_open_lines() -> None:
    """One line per subject, with what is in the way."""
    assert drawn(brief_screen(REPORT)).split() == [
        "not", "ready", "operation", "createGrant:", "unmet,", "unknown_one",
    ]  # fmt: skip
    ready = Report(SUBJECT, None, "matter", (result("met", Outcome.MET),))
    assert drawn(brief_screen(ready)).split() == ["ready", "operation", "createGrant"]


def test_json_counts_outcomes() -> None:
    """The document says how many lines have which outcome, and the report's digest."""
    data = report_data(REPORT, CATALOGUE, ["a note"])
    assert data["counts"] == {"met": 1, "unmet": 3, "unknown": 1}
    assert (data["exit_code"], data["digest"], data["notes"]) == (1, REPORT.digest, ["a note"])
    assert data["lines"][0]["locations"][0] == {"line": 0, "path": "src/met.ts", "snippet": "  const x = 1"}


def test_strict_readers_take_the_json_of_any_text() -> None:
    """Half a surrogate, which JSON can name and strict readers refuse, is replaced; all other text arrives as it is."""
    text = json.dumps(report_data(EVERY_LINE, EVERY))
    assert "\\ud800" not in text
    assert orjson.loads(text)["lines"][3]["message"] == HOSTILE.replace("\ud800", "?")


def test_a_stream_is_one_document_whatever_its_length() -> None:
    """None, one or many reports."""
    for count in range(3):
        parts: list[bytes] = []
        stream = JsonStream(parts.append)
        for number in range(count):
            stream.add({"n": number})
        stream.close({"subjects": count})
        assert json.loads(b"".join(parts)) == {
            "reports": [{"n": number} for number in range(count)],
            "summary": {"subjects": count},
        }


def test_the_summary_of_several_kinds_has_a_row_for_each() -> None:
    """How many of its subjects are how far, and how many of their lines had which outcome; one kind needs no table."""
    tally = Tally()
    tally.add(Checked(REPORT, ()))
    assert len(drawn(summary_screen(tally)).splitlines()) == 1
    tally.add(Checked(replace(REPORT, subject=Subject(SubjectKind.EVENT, "order.placed.v1")), ()))
    rows = [line.split() for line in drawn(summary_screen(tally)).splitlines()]
    assert [row[:2] for row in rows if row and row[0] in ("operation", "event")] == [["operation", "1"], ["event", "1"]]
    assert rows[-1][:2] == ["2", "subjects:"]
