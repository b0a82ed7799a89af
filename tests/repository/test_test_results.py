"""JUnit reports: every case once, and how it ended."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.test_results import CaseOutcome, TestCase, TestResults, read_test_results
from prr_pipeline.repository.tree import Blob

PASSED, FAILED, SKIPPED = CaseOutcome.PASSED, CaseOutcome.FAILED, CaseOutcome.SKIPPED
NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" tests="3">
  <testsuite name="outer" tests="3">
    <testcase name="one"/>
    <testsuite name="inner" tests="2" file="src/inner.test.ts">
      <testcase name="two"/>
      <testcase name="three"/>
    </testsuite>
  </testsuite>
</testsuites>
"""


def one_line(fault: PrrError) -> None:
    """What a person meets is one line."""
    assert "\n" not in str(fault)


def read(data: str | bytes) -> TestResults:
    return read_test_results(Blob("junit.xml", "0" * 40, data.encode() if isinstance(data, str) else data))


def case(inside: str = "", attributes: str = "") -> TestCase:
    return read(f'<testsuite><testcase name="one" {attributes}>{inside}</testcase></testsuite>').cases[0]


def test_cases_of_nested_suites_count_once() -> None:
    """The names of suites lead to the case; the name of the whole report does not."""
    cases = read(NESTED).cases
    assert [(each.title, each.file) for each in cases] == [
        ("outer > one", None),
        ("outer > inner > two", "src/inner.test.ts"),
        ("outer > inner > three", "src/inner.test.ts"),
    ]


def test_the_form_of_vitest_tells_the_file_by_the_class() -> None:
    """A suite whose name is a path is no title."""
    found = read(
        '<testsuites name="vitest tests"><testsuite name="src/a.test.ts"><testcase classname="src/a.test.ts" '
        'name="outer &gt; it works"/></testsuite></testsuites>'
    ).cases[0]
    assert (found.title, found.file) == ("outer > it works", "src/a.test.ts")


@pytest.mark.parametrize(
    ("inside", "outcome", "flaky"),
    [
        ("", PASSED, False),
        ("<system-out>x</system-out>", PASSED, False),
        ("<failure message='no'/>", FAILED, False),
        ("<error/>", FAILED, False),
        ("<skipped/>", SKIPPED, False),
        ("<skipped/><failure/>", FAILED, False),
        ("<flakyFailure/>", PASSED, True),
        ("<rerunFailure/>", PASSED, True),
        ("<failure/><rerunFailure/>", FAILED, False),
        ("<failure/><flakyError/>", FAILED, False),
    ],
)
def test_how_a_case_ended(inside: str, outcome: CaseOutcome, flaky: bool) -> None:
    """A failure outweighs all else; one that passed when it was run again is flaky."""
    found = case(inside)
    assert (found.outcome, found.flaky) == (outcome, flaky)


@pytest.mark.parametrize(
    ("attributes", "outcome"),
    [('status="notrun"', SKIPPED), ('status="disabled"', SKIPPED), ('result="skipped"', SKIPPED),
     ('status="failed"', FAILED), ('status="run" result="completed"', PASSED)],
)  # fmt: skip
def test_what_attributes_say_counts(attributes: str, outcome: CaseOutcome) -> None:
    """gtest and others tell a case that did not run by an attribute alone."""
    assert case(attributes=attributes).outcome is outcome


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "no XML"),
        ("text", "no XML"),
        ("<html/>", "not <testsuites>"),
        ("<testsuites/>", "no test case"),
        ('<testsuites tests="12"><testsuite name="a"/></testsuites>', "no test case"),
        (NESTED[:-20], "no XML"),
        ("<testsuites>" + "<testsuite>" * 200 + "</testsuite>" * 200 + "</testsuites>", "100 levels"),
        (b"\xff\xfe<\x00", "no XML"),
        ('<?xml version="1.0" encoding="nonsense"?><testsuites/>', "no XML"),
    ],
)
def test_what_is_no_report_is_one_sentence(data: str | bytes, why: str) -> None:
    """A report without a case proves nothing, whatever its totals say."""
    with pytest.raises(Unreadable) as fault:
        read(data)
    assert why in str(fault.value)


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + ']><testsuites><testsuite><testcase name="&j;"/></testsuite></testsuites>'
)
OUTSIDE = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/hostname">]><testsuites><testcase name="&x;"/></testsuites>'


@pytest.mark.parametrize("data", [BOMB, OUTSIDE], ids=["entity bomb", "outside entity"])
def test_entities_are_refused_before_anything_is_expanded(data: str) -> None:
    """No report declares a document type of its own."""
    started = time.monotonic()
    with pytest.raises(Unreadable, match="document type of its own"):
        read(data)
    assert time.monotonic() - started < 0.5


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(NESTED)), st.sampled_from(["", "<", ">", "&", "<failure/>", '"', "]]>", "<testcase/>"]))
def test_a_damaged_report_gives_cases_or_one_sentence(at: int, inserted: str) -> None:
    """Nothing but `Unreadable` comes out, and no case is made up."""
    for text in (NESTED[:at] + inserted + NESTED[at:], NESTED[:at]):
        try:
            found = read(text)
        except PrrError as fault:
            one_line(fault)
        else:
            assert len(found.cases) == text.count("<testcase")
