"""Reports as JUnit XML, for the test pages of CI servers: a suite per subject, a case per counted line."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Iterator

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.changes import Compared
from prr_pipeline.readiness.model import LineResult, Outcome
from prr_pipeline.reports.change_words import changed_sentence
from prr_pipeline.reports.overlay_words import in_the_way, outcome_words, overlay_sentences, place
from prr_pipeline.reports.tally import Tally
from prr_pipeline.reports.text import plain

_ELEMENTS = {Outcome.UNMET: "failure", Outcome.UNKNOWN: "error"}
_PLACES = 20


class JunitStream:
    """Writes one document, a suite as soon as its subject is judged; keeps none of them.

    Pure ASCII, with character references for everything else: right in whatever encoding it is stored.
    """

    def __init__(self, write: Callable[[str], object], catalogue: Catalogue) -> None:
        self._write = write
        self._lines = {line.id: line for line in catalogue.lines}
        write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="prr check">\n')

    def add(self, one: Checked) -> None:
        """Write one suite."""
        report, notes = one.report, one.notes
        kinds = Counter(_kind(result) for result in report.counted)
        counts = {"tests": len(report.counted), "failures": kinds["failure"], "errors": kinds["error"]}
        attributes = _attributes(name=str(report.subject), **counts, skipped=kinds["skipped"], time=0)
        self._write(f"  <testsuite{attributes}>\n")
        facts = {"commit": report.commit or "working tree", "profile": report.profile, "digest": report.digest}
        if one.compared is not None:
            facts |= {"base": one.compared.base.commit, "new": str(one.compared.appeared).lower()}
        properties = "".join(f"<property{_attributes(name=name, value=value)}/>" for name, value in facts.items())
        self._write(f"    <properties>{properties}</properties>\n")
        for result in report.counted:
            self._write("".join(_case(self._lines[result.line_id], result, one.compared)))
        if notes:
            self._write(f"    <system-out>{_text('; '.join(notes))}</system-out>\n")
        self._write("  </testsuite>\n")

    def close(self, tally: Tally) -> None:
        """End the document. A subject that only a base holds has a suite without cases, which says so."""
        for subject in tally.since.vanished if tally.since is not None else ():
            named = _attributes(name=str(subject), tests=0, failures=0, errors=0, skipped=0, time=0)
            said = "<system-out>The base holds it, and nothing here does.</system-out>"
            self._write(f"  <testsuite{named}>{said}</testsuite>\n")
        self._write("</testsuites>\n")


def _case(line: Line, result: LineResult, compared: Compared | None = None) -> Iterator[str]:
    first = result.finding.locations[0] if result.finding.locations else None
    at = {"file": first.path, **({"line": first.line} if first.line else {})} if first else {}
    named = _attributes(name=f"{line.number} {line.id}", classname=line.section, time=0, **at)
    yield f"    <testcase{named}>"
    kind, finding = _kind(result), result.finding
    if kind == "skipped":
        yield f"<skipped{_attributes(message=f'{outcome_words(result)}: {finding.message}')}/>"
    elif kind != "passed":
        reason = str(finding.reason or result.outcome)
        yield f"<{kind}{_attributes(message=finding.message, type=reason)}>{_body(line, result)}</{kind}>"
    change = compared.of(result.line_id) if compared is not None else None
    said = list(overlay_sentences(result))
    said += [changed_sentence(change, compared)] if change is not None and compared is not None else []
    if said:
        shown = [f"{outcome_words(result)}: {finding.message}", *said]
        yield "<system-out>" + "\n".join(_text(one) for one in shown) + "</system-out>"
    yield "</testcase>\n"


def _kind(result: LineResult) -> str:
    if in_the_way(result):
        return _ELEMENTS[result.outcome]
    return "skipped" if result.outcome in (Outcome.NOT_APPLICABLE, Outcome.PENDING) else "passed"


def _body(line: Line, result: LineResult) -> str:
    places = [place(at) for at in result.finding.locations[:_PLACES]]
    more = len(result.finding.locations) - _PLACES
    rest = [f"and {more} more places"] if more > 0 else []
    return "\n".join(_text(one) for one in (line.line, *places, *rest, f"Way out: {line.if_unmet}"))


def _attributes(**values: object) -> str:
    return "".join(f' {name}="{_text(str(value))}"' for name, value in values.items())


def _text(text: str) -> str:
    """One line of text without the characters that no XML may hold, escaped, in ASCII."""
    return html.escape(plain(text)).encode("ascii", "xmlcharrefreplace").decode("ascii")
