"""What tests print, as reports hold it."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.captured_output import Captured, read_captured_output
from prr_pipeline.repository.tree import Blob, blob_id_of


def outputs(text: str) -> tuple[Captured, ...]:
    """The outputs of a report."""
    data = text.encode()
    return read_captured_output(Blob("junit.xml", blob_id_of(data), data))


def test_outputs_of_cases_and_suites_are_found_with_their_files() -> None:
    """A case's own file counts before that of its suite; backslashes are turned."""
    report = """<testsuites><testsuite name="a.test.ts">
<system-err>of the suite</system-err>
<testcase name="one"><system-out>first</system-out><system-err>second</system-err></testcase>
<testcase name="two" classname="b\\c.test.ts"><system-out><![CDATA[<third>]]></system-out></testcase>
<testcase name="three" file="d.test.ts"><system-out>
</system-out></testcase></testsuite></testsuites>"""
    assert outputs(report) == (
        Captured("a.test.ts", "a.test.ts", "of the suite", 2),
        Captured("one", "a.test.ts", "first", 3),
        Captured("one", "a.test.ts", "second", 3),
        Captured("two", "b/c.test.ts", "<third>", 4),
    )


def test_all_of_a_long_output_is_kept() -> None:
    """What is searched must be whole; a million pieces are joined once."""
    text = "a&amp;\n" * 200_000
    assert outputs(f"<testsuite><system-out>{text}end</system-out></testsuite>")[0].text == "a&\n" * 200_000 + "end"


def test_a_file_that_nobody_tells_is_none() -> None:
    """A suite may be called anything."""
    assert outputs("<testsuite name='all'><system-out>x</system-out></testsuite>")[0].file is None


@pytest.mark.parametrize("text", ["<html/>", "no xml", ""])
def test_anything_else_is_refused(text: str) -> None:
    """Such as another report."""
    with pytest.raises(Unreadable):
        outputs(text)
