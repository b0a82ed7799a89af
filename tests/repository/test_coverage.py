"""Coverage reports of three formats give the same counts, or one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.coverage import METRICS, Counts, Coverage, FileCoverage, read_coverage
from prr_pipeline.repository.tree import Blob

LCOV = """TN:
SF:src/a.ts
FN:1,f
FN:9,(anonymous_1)
FNDA:3,f
FNDA:0,(anonymous_1)
FNF:2
FNH:1
DA:1,3
DA:2,0
DA:3,1
LF:3
LH:2
BRDA:2,0,0,1
BRDA:2,0,1,-
BRF:2
BRH:1
end_of_record
"""
COBERTURA = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage lines-valid="3" lines-covered="2">
  <sources><source>/ci/repo</source></sources>
  <packages><package name="src"><classes>
    <class name="a.ts" filename="src/a.ts">
      <methods>
        <method name="f" signature="()V"><lines><line number="1" hits="3"/></lines></method>
        <method name="g" signature="()V"><lines><line number="9" hits="0"/></lines></method>
      </methods>
      <lines>
        <line number="1" hits="3"/>
        <line number="2" hits="0" branch="true" condition-coverage="50% (1/2)"/>
        <line number="3" hits="1"/>
      </lines>
    </class>
  </classes></package></packages>
</coverage>
"""
TWO_OF_THREE = FileCoverage(lines=Counts(2, 3), branches=Counts(1, 2), functions=Counts(1, 2))


def one_line(fault: PrrError) -> None:
    """What a person meets is one line."""
    assert "\n" not in str(fault)


def read(data: str | bytes, path: str = "coverage") -> Coverage:
    return read_coverage(Blob(path, "0" * 40, data.encode() if isinstance(data, str) else data))


def summary(**files: Any) -> str:
    return json.dumps({"total": {}, **files})


def row(total: Any = 10, covered: Any = 9) -> dict[str, Any]:
    return {metric: {"total": total, "covered": covered, "skipped": 0, "pct": 90} for metric in METRICS}


def test_istanbul_counts_four_metrics_per_file() -> None:
    """The row `total` is no file."""
    found = read(summary(**{"/ci/repo/src/a.ts": row()}))
    assert found.files == {"/ci/repo/src/a.ts": FileCoverage(*[Counts(9, 10)] * 4)}


def test_lcov_counts_lines_branches_and_functions() -> None:
    """A branch that was never reached is written with a hyphen."""
    assert read(LCOV).files == {"src/a.ts": TWO_OF_THREE}


def test_cobertura_joins_paths_to_its_one_source_folder() -> None:
    """A reference to the DTD is no harm: nothing is loaded."""
    assert read(COBERTURA).files == {"/ci/repo/src/a.ts": TWO_OF_THREE}


def test_sections_of_one_file_are_put_together() -> None:
    """Two test runs cover different lines of one file; each line counts once."""
    again = LCOV.replace("DA:2,0", "DA:2,5").replace("DA:1,3", "DA:1,0")
    assert read(LCOV + again).files["src/a.ts"].lines == Counts(3, 3)


def test_classes_of_one_file_are_put_together() -> None:
    """Cobertura has a class per TypeScript class; lines are counted by number."""
    twice = COBERTURA.replace("</classes>", '<class name="b" filename="src/a.ts"><lines><line number="2" hits="1"/>'
                              '<line number="4" hits="0"/></lines></class></classes>')  # fmt: skip
    assert read(twice).files["/ci/repo/src/a.ts"].lines == Counts(3, 4)


def test_sums_stand_in_where_the_lines_are_left_out() -> None:
    """Some tools write LF and LH alone."""
    assert read("SF:a.ts\nLF:10\nLH:9\nend_of_record\n").files["a.ts"].lines == Counts(9, 10)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "names no file"),
        ("{}", "names no file"),
        ("hello", "neither JSON, XML nor LCOV"),
        ("[1]", "neither JSON, XML nor LCOV"),
        ('{"total": ', "JSON is broken"),
        ('{"a.ts": {"path": "a.ts", "statementMap": {}}}', "no JSON summary of Istanbul"),
        ('{"a.ts": 1}', "no JSON summary of Istanbul"),
        (summary(a=row(total=1, covered=2)), "lines that cannot be (2 of 1)"),
        (summary(a=row(total=True)), "cannot be"),
        (summary(a=row(total="10")), "cannot be"),
        (summary(a=row(total=10, covered=-1)), "cannot be"),
        ("SF:a.ts\nDA:1,1\n", "no end_of_record"),
        ("SF:a.ts\nDA:one,1\nend_of_record", "broken DA record in line 2"),
        ("SF:a.ts\nLF:1\nLH:2\nend_of_record", "cannot be (2 of 1)"),
        ("<coverage/>", "names no file"),
        ("<report/>", "not <coverage>"),
        ("<coverage><packages>", "no XML"),
        (COBERTURA.replace('hits="3"', 'hits="many"'), "hits is 'many'"),
        (COBERTURA.replace("(1/2)", "(3/2)"), "sound condition-coverage"),
        (COBERTURA.replace('filename="src/a.ts"', ""), "class without a filename"),
        ('<!DOCTYPE c [<!ENTITY a "b">]><coverage>&a;</coverage>', "document type of its own"),
        (b"\xff\xfe{}", "not UTF-8"),
    ],
)
def test_what_is_no_report_is_one_sentence(data: str | bytes, why: str) -> None:
    """A report that cannot be is never read as a low or a high coverage."""
    with pytest.raises(Unreadable) as fault:
        read(data)
    assert why in str(fault.value)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(LCOV)), st.sampled_from(["", "x", ",", "\n", "SF:", "DA:9"]))
def test_a_damaged_report_gives_possible_counts_or_one_sentence(at: int, inserted: str) -> None:
    """Whatever is cut out or put in, no file ever has more covered than there is."""
    for text in (LCOV[:at] + inserted + LCOV[at:], LCOV[:at], COBERTURA[:at] + inserted + COBERTURA[at:]):
        try:
            files = read(text).files
        except PrrError as fault:
            one_line(fault)
            continue
        for found in files.values():
            for counts in (found.lines, found.branches, found.functions):
                assert counts is None or 0 <= counts.covered <= counts.total
