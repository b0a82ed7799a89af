"""What became of each line since a base, in every form that shows it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.changes import Base, Cause, Compared, compare, state_of
from prr_pipeline.readiness.model import LineResult, Outcome, Report
from prr_pipeline.reports.change_words import count_words, ordered
from prr_pipeline.reports.changes_json import since_data, with_changes
from prr_pipeline.reports.changes_markdown import ChangesMarkdown
from prr_pipeline.reports.junit import JunitStream
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.sarif import SarifStream
from prr_pipeline.reports.scorecard import Scorecard
from prr_pipeline.reports.step_summary import StepSummary
from prr_pipeline.reports.tally import ChangeTally, ReportStream, Tally
from prr_pipeline.subjects import Subject, SubjectKind
from tests.reports.made import EVERY, EVERY_LINE, result
from tests.reports.test_sarif import validator

BASE = Base("release/<b>|1", "c" * 40)
GONE = Subject(SubjectKind.OPERATION, "legacy<i>Transfer")
PAGES = LinePages()
BEFORE: tuple[LineResult, ...] = tuple(
    {
        "met": result("met", Outcome.UNMET, "Was bad."),
        "hostile": result("hostile", Outcome.MET, "Was fine."),
        "void": result("void", Outcome.UNMET, "58 lines.", justification="sha256:old", justification_text="Until May."),
        "unknown_one": result("unknown_one", Outcome.UNKNOWN, "Another sentence."),
        "exempt": result("exempt", Outcome.UNKNOWN, "CI has filed none."),
        "agreement": result("agreement", Outcome.MET, "All signed.", counted=False),
    }.get(one.line_id, one)
    for one in EVERY_LINE.results
)
"""How the lines of EVERY_LINE stood at the base."""


def since(report: Report = EVERY_LINE, before: tuple[LineResult, ...] | None = BEFORE) -> Checked:
    """A report with what became of it; of ``exempt`` it was evidence that nobody had."""
    if before is None:
        return Checked(report, (), Compared(BASE, None, ()))
    old = {one.line_id: state_of(one) for one in before}
    found = compare(
        old.values(),
        [state_of(one) for one in report.results],
        cause=lambda was, now: Cause.EVIDENCE if now.line_id == "exempt" else Cause.COMMIT,
    )
    return Checked(report, ("a.json does not count: unsigned",), Compared(BASE, old, found))


NEW = since(replace(EVERY_LINE, subject=Subject(SubjectKind.OPERATION, "listGrants")), None)
SAME = since(replace(EVERY_LINE, subject=Subject(SubjectKind.OPERATION, "getTable")), EVERY_LINE.results)
ONE = since()


def written(stream: Callable[[Callable[[str], object]], ReportStream], *reports: Checked) -> str:
    """What a stream writes of these, where the base also held what is gone."""
    parts: list[str] = []
    tally, writer = Tally(since=ChangeTally(BASE, (GONE,))), stream(parts.append)
    for one in reports:
        tally.add(one)
        writer.add(one)
    writer.close(tally)
    return "".join(parts)


def sarif(*reports: Checked) -> Any:
    """The one run of the log, which must be valid."""
    data = json.loads(written(partial(SarifStream, catalogue=EVERY, pages=PAGES), *reports))
    assert [error.message for error in validator().iter_errors(data)] == []
    return data["runs"][0]


def test_each_sarif_result_has_a_state() -> None:
    """New, unchanged, updated or absent; and what became of the line stands in the properties."""
    results = sarif(ONE)["results"]
    states = {(item["ruleId"], item["baselineState"]) for item in results}
    assert states == {
        ("met", "absent"), ("hostile", "new"), ("justified", "unchanged"), ("void", "updated"),
        ("void_justification", "new"), ("void_justification", "unchanged"), ("unknown_one", "updated"),
        ("exempt", "absent"), ("agreement", "new"),
    }  # fmt: skip
    [hostile] = [item for item in results if item["ruleId"] == "hostile"]
    assert hostile["properties"]["since"]["change"] == "newly unmet"


def test_an_absent_result_is_no_finding_for_viewers_without_states() -> None:
    """It says what the base had, under the same fingerprint as the finding had there."""
    absent = {item["ruleId"]: item for item in sarif(ONE)["results"] if item["baselineState"] == "absent"}
    assert {(item["level"], item["kind"]) for item in absent.values()} == {("none", "pass")}
    assert absent["met"]["message"]["text"] == "createGrant: Was bad."
    there = next(
        item for item in sarif(since(replace(EVERY_LINE, results=BEFORE)))["results"] if item["ruleId"] == "met"
    )
    assert absent["met"]["partialFingerprints"] == there["partialFingerprints"]


def test_everything_is_unchanged_or_new_where_it_should_be() -> None:
    """Equal sides have only unchanged results, and a new subject only new ones."""
    assert {item["baselineState"] for item in sarif(SAME)["results"]} == {"unchanged"}
    assert {item["baselineState"] for item in sarif(NEW)["results"]} == {"new"}
    run = sarif(SAME, NEW)
    assert run["properties"]["appeared"] == ["operation listGrants"]
    assert run["properties"]["vanished"] == [str(GONE)]
    assert run["invocations"][0]["exitCode"] == 0
    assert "nothing worse" in run["invocations"][0]["exitCodeDescription"]


def test_where_a_finding_lies_makes_it_no_other_one() -> None:
    """An edit above moves it, and says nothing about it."""
    moved = tuple(
        replace(one, finding=replace(one.finding, locations=tuple(replace(at, line=9) for at in one.finding.locations)))
        for one in EVERY_LINE.results
    )
    assert {item["baselineState"] for item in sarif(since(EVERY_LINE, moved))["results"]} == {"unchanged"}


def test_without_a_base_no_result_has_a_state() -> None:
    """The standard wants it on all or on none."""
    parts: list[str] = []
    stream, tally, one = SarifStream(parts.append, EVERY, PAGES), Tally(), Checked(EVERY_LINE, ())
    tally.add(one)
    stream.add(one)
    stream.close(tally)
    assert "baselineState" not in "".join(parts)


def test_the_json_holds_both_sides() -> None:
    """Kind, effect and cause of each change, how the line stood and stands, and the exit codes apart."""
    data = with_changes({"exit_code": 1}, ONE)
    by_line = {change["line"]: change for change in data["changes"]}
    assert list(by_line) == ["met", "hostile", "void", "exempt", "agreement"]
    assert (data["base"], data["exit_code"]) == ({"commit": "c" * 40, "ref": BASE.ref}, 1)
    assert by_line["void"]["kind"] == "voided"
    assert by_line["void"]["before"]["justification"] == "sha256:old"
    assert by_line["exempt"]["cause"] == "evidence"
    assert by_line["agreement"]["counted"] is False
    assert with_changes({"exit_code": 1}, SAME) | {"report_exit_code": 1} == with_changes({"exit_code": 0}, SAME)
    assert with_changes({"a": 1}, Checked(EVERY_LINE, ())) == {"a": 1}
    json.dumps(data).encode("ascii")


def test_what_the_commit_did_is_counted_apart() -> None:
    """Evidence that came or went is neither worse nor better."""
    tally = ChangeTally(BASE, (GONE,))
    for one in (ONE, NEW, SAME):
        assert one.compared is not None
        tally.add(one.report.subject, one.compared)
    assert count_words(tally) == ("Lines: 3 worse, 1 better, 1 not by the change itself. Subjects: 1 new, 1 gone")
    assert since_data(tally)["changes"]["elsewhere"] == 1
    assert count_words(ChangeTally(BASE)) == "No line stands otherwise"


def test_what_the_commit_made_worse_comes_first() -> None:
    """Then the rest of its changes, then what does not count, then what it did not do."""
    assert ONE.compared is not None
    assert [change.line_id for change in ordered(ONE.compared.changes)] == [
        "hostile", "void", "met", "agreement", "exempt",
    ]  # fmt: skip


def test_markdown_has_the_changes_first_and_then_the_sums() -> None:
    """For a reviewer; text of the repository cannot act in it."""
    text = written(lambda write: ChangesMarkdown(lambda part: write(part + "\n")), ONE, NEW, SAME)
    assert text.startswith("## ❌ Production readiness: the change makes it worse\n")
    assert text.index("newly unmet") < text.index("voided") < text.index("newly met") < text.index("All in all")
    assert "operation listGrants is new: not ready" in text
    assert "legacy\\<i\\>Transfer is gone" in text
    assert "<script>" not in text
    assert "a.json does not count" in text
    rows = [row for row in text.splitlines() if row.startswith("| ")]
    assert {len(row.replace("\\|", "").split("|")) for row in rows} == {7}


def test_a_step_summary_has_the_changes_before_the_subjects() -> None:
    """Within its limit whatever the number of changes."""
    stream = partial(StepSummary, catalogue=EVERY)
    text = written(stream, ONE, NEW, SAME)
    assert text.startswith("## ❌ Production readiness: the change makes it worse\n")
    assert text.index("voided") < text.index("### ❌ Production readiness of 3 subjects")
    small = written(partial(StepSummary, catalogue=EVERY, limit=6_000), *[ONE] * 50)
    assert "**Cut here:**" in small
    assert len(small.encode()) < 8_000


def test_junit_says_at_the_case_what_became_of_it() -> None:
    """And names the base; a subject that is gone is a suite without cases."""
    root = ET.fromstring(written(partial(JunitStream, catalogue=EVERY), ONE, NEW).encode())  # noqa: S314
    cases = root[0].findall("testcase")
    said = {case.attrib["name"].split()[1]: case.findtext("system-out") or "" for case in cases}
    assert "met -> unmet (newly unmet)." in said["hostile"]
    assert "unknown -> not applicable (newly not applicable, by evidence outside the repository)." in said["exempt"]
    assert "Since" not in said["unknown_one"]
    facts = [{p.attrib["name"]: p.attrib["value"] for p in suite.iter("property")} for suite in root[:2]]
    assert [(each["base"], each["new"]) for each in facts] == [("c" * 40, "false"), ("c" * 40, "true")]
    assert (root[2].attrib["name"], root[2].attrib["tests"]) == (str(GONE), "0")


@pytest.mark.parametrize("reports", [(ONE,), (ONE, NEW, SAME)], ids=["one", "many"])
def test_the_scorecard_shows_the_changes_above_all_and_marks_each_line(reports: tuple[Checked, ...]) -> None:
    """Each change leads to its line, and nothing of the repository acts in the page."""
    text = written(partial(Scorecard, catalogue=EVERY, pages=PAGES), *reports)
    prefix = "" if len(reports) == 1 else "s0-"
    assert f'<a href="#{prefix}hostile">' in text
    assert f'id="{prefix}hostile"' in text
    assert text.index('id="changes"') < text.index(f'id="{prefix}hostile"')
    row = text[text.index(f'id="{prefix}hostile"') :]
    assert "newly unmet" in row[: row.index("</tr>")]
    assert "legacy&lt;i&gt;Transfer is gone" in text
    assert "<script" not in text
    assert "release/&lt;b&gt;|1" in text
