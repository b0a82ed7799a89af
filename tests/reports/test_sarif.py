"""The SARIF log holds what the standard asks, and says of every line what the terminal says."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, LineResult, Outcome, Report
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.sarif import SarifStream
from prr_pipeline.reports.sarif_rules import line_rule, sarif_text
from prr_pipeline.subjects import Subject, SubjectKind
from tests.reports.made import EVERY, EVERY_LINE, JUSTIFIED, VOID, result, written

SCHEMA = Path(__file__).parent / "data" / "sarif-2.1.0-rtm.5.json"
ONE = Checked(EVERY_LINE, ("a.json does not count: unsigned",))
BASE = LinePages("https://docs.example/prr/")
ORIGIN = "https://code.example/mono"


@cache
def validator() -> Any:
    """The official schema. Its pattern of a language has a bracket too many, which a strict reader refuses."""
    text = SCHEMA.read_text("utf-8").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}?$")
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=True)


def log(*reports: Checked, pages: LinePages = BASE, origin: str | None = ORIGIN, home: str | None = None) -> Any:
    """The log of these reports, which must be valid."""
    stream = partial(SarifStream, catalogue=EVERY, pages=pages, origin=origin, home=home)
    data = json.loads(written(stream, *reports))
    assert [error.message for error in validator().iter_errors(data)] == []
    return data


def run(*reports: Checked, **more: Any) -> Any:
    """The one run of the log."""
    [only] = log(*reports, **more)["runs"]
    return only


def _moved(finding: Finding) -> Finding:
    return replace(finding, message="New.", locations=tuple(replace(at, line=at.line + 9) for at in finding.locations))


def found(one: Any, rule: str) -> Any:
    """The results of a rule."""
    return [item for item in one["results"] if item["ruleId"] == rule]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_reports_is_one_valid_log(count: int) -> None:
    """None, one or many: the schema of SARIF 2.1.0 takes the log, formats of URIs included."""
    one = run(*[ONE] * count)
    assert len(one["results"]) == 7 * count
    assert len(one["properties"]["reports"]) == count


def test_the_schema_finds_a_fault() -> None:
    """A relative helpUri and a wrong level are refused, so the validation above means something."""
    data = log(ONE)
    data["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] = "docs/lines/met.md"
    data["runs"][0]["results"][0]["level"] = "fatal"
    assert len(list(validator().iter_errors(data))) == 2


def test_unmet_is_an_error_unknown_a_warning_and_what_passes_no_result() -> None:
    """Lines that are not counted are notes: they change no verdict."""
    levels = {(item["ruleId"], item["level"]) for item in run(ONE)["results"]}
    assert levels == {
        ("hostile", "error"), ("justified", "error"), ("void", "error"), ("unknown_one", "warning"),
        ("agreement", "note"), ("void_justification", "warning"),
    }  # fmt: skip


def test_a_justified_line_is_an_error_that_is_suppressed() -> None:
    """The line is unmet underneath; who accepted it, until when and why stands in the suppression."""
    one = run(ONE)
    [item] = found(one, "justified")
    assert item["suppressions"] == [
        {
            "kind": "external", "status": "accepted", "justification": JUSTIFIED,
            "properties": {"record": "sha256:j1"},
        }
    ]  # fmt: skip
    assert all(other["suppressions"] == [] for other in one["results"] if other is not item)


def test_a_void_justification_is_a_result_of_its_own_with_the_reason() -> None:
    """On a line that is unmet and on one that needs it no longer; the unmet line is not suppressed by it."""
    one = run(ONE)
    first, second = found(one, "void_justification")
    assert VOID in first["message"]["text"]
    assert "no longer needed" in second["message"]["text"]
    assert VOID in found(one, "void")[0]["message"]["text"]


def test_attested_lines_are_named_in_the_run() -> None:
    """They pass, so they are no results; the summary of the report names each with its records."""
    [summary] = run(ONE)["properties"]["reports"]
    assert summary["attested"] == {"attested": ["sha256:a1"], "person": ["sha256:a2"]}
    assert summary["justified"] == {"justified": "sha256:j1"}
    assert summary["notes"] == ["a.json does not count: unsigned"]


def test_each_result_points_at_its_rule() -> None:
    """The index and the id name the same rule."""
    one = run(ONE, ONE)
    rules = one["tool"]["driver"]["rules"]
    assert all(rules[item["ruleIndex"]]["id"] == item["ruleId"] for item in one["results"])
    assert len({rule["id"] for rule in rules}) == len(rules) == len(EVERY.lines) + 1


def test_a_rule_says_what_why_and_the_way_out() -> None:
    """With a base the help is a link; the name is in the form that viewers expect."""
    rule = next(rule for rule in run(ONE)["tool"]["driver"]["rules"] if rule["id"] == "unknown_one")
    assert rule["name"] == "UnknownOne"
    assert rule["shortDescription"]["text"] == "T11: It holds."
    assert "Because it matters a lot." in rule["fullDescription"]["text"]
    assert "Way out: Mend it by doing so and so." in rule["help"]["text"]
    assert rule["helpUri"] == "https://docs.example/prr/docs/lines/unknown_one.md"


def test_without_a_base_the_help_names_the_page_by_its_path() -> None:
    """The standard asks for an absolute helpUri, so there is none; the path stands in the text."""
    rules = run(ONE, pages=LinePages())["tool"]["driver"]["rules"]
    assert all("helpUri" not in rule for rule in rules)
    assert "docs/lines/met.md" in next(rule for rule in rules if rule["id"] == "met")["help"]["text"]


def test_every_line_of_the_checklists_makes_a_rule_that_code_hosts_take() -> None:
    """Descriptions of more than 1,024 characters are refused by code hosts."""
    rules = [line_rule(line, BASE) for line in load_catalogue().lines]
    assert all(len(rule[part]["text"]) <= 1024 for rule in rules for part in ("shortDescription", "fullDescription"))


def test_a_base_that_is_no_web_address_is_refused() -> None:
    """It becomes a link that people click."""
    with pytest.raises(PrrError, match="absolute URL"):
        LinePages("javascript:alert(1)")


def test_fingerprints_stay_when_lines_move_and_differ_between_subjects() -> None:
    """A finding is the same one while who is judged by what is the same; no two findings share a fingerprint."""
    lower = tuple(replace(one, finding=_moved(one.finding)) for one in EVERY_LINE.results)
    other = Checked(replace(EVERY_LINE, subject=Subject(SubjectKind.OPERATION, "listGrants")), ())
    here = [item["partialFingerprints"] for item in run(ONE)["results"]]
    there = [item["partialFingerprints"] for item in run(Checked(replace(EVERY_LINE, results=lower), ()))["results"]]
    both = [item["partialFingerprints"]["primaryLocationLineHash"] for item in run(ONE, other)["results"]]
    assert here == there
    assert len(set(both)) == len(both) == 14


def test_places_are_relative_encoded_and_whole_files_stand_at_their_first_line() -> None:
    """Odd characters of a path are percent-encoded; further places are related ones."""
    one = run(ONE)
    [item] = found(one, "hostile")
    [place] = item["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {
        "uri": "src/a%20b%23%3F%25%07%3C/x%3E.ts",
        "uriBaseId": "SRCROOT",
    }
    assert place["physicalLocation"]["region"]["startLine"] == 3
    [whole] = found(one, "void")
    assert whole["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert [at["physicalLocation"]["region"]["startLine"] for at in whole["relatedLocations"]] == [1, 2, 3, 4]
    assert "SRCROOT" in one["originalUriBaseIds"]


@pytest.mark.parametrize("home", [None, "api/openapi.yaml"])
def test_a_finding_without_a_place_stands_where_the_subject_does(home: str | None) -> None:
    """The specification, where there is one; the subject's name in any case."""
    bare = replace(result("void", Outcome.UNMET), finding=Finding(Outcome.UNMET, "Nothing there.", "sha256:x"))
    report = Report(EVERY_LINE.subject, None, "matter", (bare,))
    [place] = run(Checked(report, ()), home=home)["results"][0]["locations"]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "operation createGrant"
    assert place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri") == home


def test_the_run_names_the_commit_and_the_verdict() -> None:
    """Provenance needs a repository's URL; without one the commit still stands in the summary."""
    one = run(ONE)
    [provenance] = one["versionControlProvenance"]
    assert (provenance["repositoryUri"], provenance["revisionId"]) == (ORIGIN, "b" * 40)
    [invocation] = one["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
    assert "a.json does not count" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    bare = run(ONE, origin=None)
    assert "versionControlProvenance" not in bare
    assert bare["properties"]["reports"][0]["commit"] == "b" * 40


def test_text_of_the_repository_is_no_link_and_no_placeholder() -> None:
    """Nor does the log hold anything but ASCII, or half a surrogate that strict readers refuse."""
    stream = partial(SarifStream, catalogue=EVERY, pages=BASE)
    raw = written(stream, ONE)
    assert raw.isascii()
    assert "\\ud800" not in raw
    [item] = found(json.loads(raw)["runs"][0], "hostile")
    assert "](" not in item["message"]["text"]
    assert "{{0}}" in item["message"]["text"]
    assert sarif_text("[a](b) {0}\n\x1b") == "[a] (b) {{0}} "


def test_results_are_written_at_once() -> None:
    """What is kept does not grow with the findings: the text of a result has left before the next report comes."""
    parts: list[str] = []
    stream = SarifStream(parts.append, EVERY, BASE)
    stream.add(ONE)
    assert sum('"ruleId"' in part for part in parts) == 7


def test_a_report_of_lines_that_pass_has_no_results() -> None:
    """And is a valid log with its rules."""
    passing: tuple[LineResult, ...] = (result("met", Outcome.MET),)
    one = run(Checked(Report(EVERY_LINE.subject, None, "matter", passing), ()))
    assert one["results"] == []
    assert [rule["id"] for rule in one["tool"]["driver"]["rules"]] == ["met"]
