"""Test results of CI: the JUnit XML that vitest, jest, Playwright, Surefire and their like write.

There is no schema that all of them keep, so this reads what they share and never guesses: a case of a nested suite is
one case, a retried case is flaky, a report without cases is none at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.xml_tree import Element, read_xml

SOURCE_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".py", ".go", ".java", ".kt", ".rs")
_FAILED = ("failure", "error")
_RETRIED = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
_NOT_RUN = frozenset(("skipped", "disabled", "notrun", "pending", "todo"))


class CaseOutcome(StrEnum):
    """How one case ended. One that failed first and passed when it was run again has passed, and is flaky."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class TestCase:
    """One case. ``title`` joins its suites' names, as far as they are no paths, and its own by `` > ``.

    ``file`` is as the report writes it (maybe absolute, maybe relative to a package); None where it tells none.
    """

    __test__ = False

    title: str
    name: str
    file: str | None
    outcome: CaseOutcome
    flaky: bool
    line: int


@dataclass(frozen=True, slots=True)
class TestResults:
    """Every case of one report, in its order."""

    __test__ = False

    cases: tuple[TestCase, ...]


def read_test_results(blob: Blob) -> TestResults:
    """The cases of a JUnit report. Raises `Unreadable` for anything else, and for a report without cases."""
    root = read_xml(blob)
    if root.tag not in ("testsuites", "testsuite"):
        raise Unreadable(f"{blob.path} is no JUnit report: its root is <{root.tag[:40]}>, not <testsuites>.")
    cases = tuple(_cases(root, (), None))
    if not cases:
        raise Unreadable(f"{blob.path} holds no test case; a report without cases proves nothing.")
    return TestResults(cases)


def _cases(suite: Element, titles: tuple[str, ...], file: str | None) -> Iterator[TestCase]:
    """Each case once, below the suite that holds it; the names of suites lead to it."""
    if suite.tag == "testsuite":
        name = suite.get("name").strip()
        file = suite.get("file") or (name if is_path(name) else file)
        titles = titles if is_path(name) or not name else (*titles, name)
    for child in suite.children:
        if child.tag == "testcase":
            yield _case(child, titles, file)
        elif child.tag in ("testsuite", "testsuites"):
            yield from _cases(child, titles, file)


def _case(element: Element, titles: tuple[str, ...], file: str | None) -> TestCase:
    name, classname = element.get("name"), element.get("classname")
    own = element.get("file") or (classname if is_path(classname) else file)
    retried = any(True for _ in element.all(*_RETRIED))
    outcome = _outcome(element)
    return TestCase(
        title=" > ".join([*titles, name]),
        name=name,
        file=own.replace("\\", "/") if own else None,
        outcome=outcome,
        flaky=retried and outcome is CaseOutcome.PASSED,
        line=element.line,
    )


def _outcome(element: Element) -> CaseOutcome:
    """A failure counts whatever else is there; a case that says that it did not run has not passed."""
    if any(True for _ in element.all(*_FAILED)):
        return CaseOutcome.FAILED
    told = {element.get("status").lower(), element.get("result").lower()}
    if any(True for _ in element.all("skipped")) or told & _NOT_RUN:
        return CaseOutcome.SKIPPED
    if told & {"failed", "failure", "error", "broken"}:
        return CaseOutcome.FAILED
    return CaseOutcome.PASSED


def is_path(text: str) -> bool:
    """Whether a name in a report is that of a source file."""
    return text.lower().endswith(SOURCE_SUFFIXES) and not any(character in text for character in "\n\t>")
