"""What tests wrote to standard output and error while they ran, as a JUnit report holds it."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.test_results import is_path
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.xml_tree import Element, read_xml

_OUTPUTS = ("system-out", "system-err")


@dataclass(frozen=True, slots=True)
class Captured:
    """The output of one case, or of a suite as a whole. ``file`` is as the report writes it; None where it tells none.

    ``line`` is that of the report.
    """

    title: str
    file: str | None
    text: str
    line: int


def read_captured_output(blob: Blob) -> tuple[Captured, ...]:
    """Every output of a report that is not blank. Raises `Unreadable` for what is no JUnit report."""
    root = read_xml(blob, whole_text=True)
    if root.tag not in ("testsuites", "testsuite"):
        raise Unreadable(f"{blob.path} is no JUnit report: its root is <{root.tag[:40]}>, not <testsuites>.")
    return tuple(_outputs(root, None))


def _outputs(element: Element, file: str | None) -> Iterator[Captured]:
    name, classname = element.get("name").strip(), element.get("classname")
    own = element.get("file") or next((each for each in (classname, name) if is_path(each)), None)
    file = own.replace("\\", "/") if own else file
    for child in element.children:
        if child.tag in _OUTPUTS and child.text.strip():
            yield Captured(name, file, child.text, child.line)
        elif child.tag in ("testcase", "testsuite", "testsuites"):
            yield from _outputs(child, file)
