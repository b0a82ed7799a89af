"""JUnit XML that any CI server reads, whatever the messages hold."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial

import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.reports.junit import JunitStream
from tests.reports.made import EVERY, EVERY_LINE, HOSTILE, JUSTIFIED, VOID, written

NOTE = "a.json does not count: " + HOSTILE


def suites(*reports: Checked) -> list[ET.Element]:
    """The suites of the document, read back from its bytes."""
    root = ET.fromstring(written(partial(JunitStream, catalogue=EVERY), *reports).encode("utf-8"))  # noqa: S314
    assert root.tag == "testsuites"
    return list(root)


@pytest.fixture
def suite() -> ET.Element:
    """The one suite of the report with every line."""
    [one] = suites(Checked(EVERY_LINE, (NOTE,)))
    return one


def case(suite: ET.Element, line_id: str) -> ET.Element:
    """The case of a line."""
    return next(one for one in suite.iter("testcase") if one.attrib["name"].endswith(f" {line_id}"))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_suite_per_subject(count: int) -> None:
    """None, one or many."""
    assert [one.attrib["name"] for one in suites(*[Checked(EVERY_LINE, ())] * count)] == [
        "operation createGrant"
    ] * count


def test_a_case_per_counted_line_and_the_counts_agree(suite: ET.Element) -> None:
    """What is not counted is no case; each number is that of the elements."""
    cases = list(suite.iter("testcase"))
    assert len(cases) == int(suite.attrib["tests"]) == 9
    for attribute, tag, number in (("failures", "failure", 2), ("errors", "error", 1), ("skipped", "skipped", 1)):
        assert len(list(suite.iter(tag))) == int(suite.attrib[attribute]) == number
    assert {one.attrib["classname"] for one in cases} == {"First", "Second & <b>"}


def test_unmet_fails_with_places_and_way_out(suite: ET.Element) -> None:
    """The message is the finding; the text is what a person needs to mend it."""
    [failure] = case(suite, "void").findall("failure")
    assert failure.attrib == {"message": "58 lines.", "type": "unmet"}
    assert "src/void.ts:4" in (failure.text or "")
    assert "Way out: Mend it by doing so and so." in (failure.text or "")


def test_unknown_is_an_error_with_its_reason(suite: ET.Element) -> None:
    """It is never a pass, and no failure of the code either."""
    [error] = case(suite, "unknown_one").findall("error")
    assert error.attrib["type"] == "no_evidence"


def test_not_applicable_is_skipped_with_the_evidence(suite: ET.Element) -> None:
    """Why it does not apply is told."""
    [skipped] = case(suite, "exempt").findall("skipped")
    assert skipped.attrib["message"] == "not applicable: It stores nothing."


def test_a_justified_line_passes_and_says_that_it_is_unmet(suite: ET.Element) -> None:
    """The finding underneath and who accepted it stand in the output."""
    [out] = list(case(suite, "justified"))
    assert out.tag == "system-out"
    assert (out.text or "").split("\n") == ["unmet, justified: 57 lines.", JUSTIFIED]


@pytest.mark.parametrize(
    ("line_id", "words"),
    [("void", VOID), ("unneeded", "no longer needed"), ("attested", "sha256:a1"), ("person", "attested, not checked")],
)
def test_what_people_added_is_told(suite: ET.Element, line_id: str, words: str) -> None:
    """Attestations, and justifications that are void, with the reason."""
    assert words in (case(suite, line_id).findtext("system-out") or "")


def test_no_character_breaks_the_document(suite: ET.Element) -> None:
    """Control characters, half surrogates and markup are gone or shown as text; the rest arrives as it was."""
    message = case(suite, "hostile").find("failure").attrib["message"]  # type: ignore[union-attr]
    assert message == "ab[31m </td></details><script>alert(1)</script> ]]> & \"'` [x](javascript:1) {0}  Ü😀"
    assert "a.json does not count" in (suite.findtext("system-out") or "")
    assert written(partial(JunitStream, catalogue=EVERY), Checked(EVERY_LINE, ())).isascii()
