"""The lines of one report as the tables of the scorecard: a table per section, every line with all that is known."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import instant_text
from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.changes import Compared
from prr_pipeline.readiness.model import LineResult, Outcome, Report
from prr_pipeline.reports.change_words import changed_sentence, kind_words
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.overlay_words import in_the_way, justification_words, place
from prr_pipeline.reports.text import plain

_PLACES = 12
_CODE = re.compile(r"`([^`]+)`")
_HEAD = '<thead><tr><th scope="col">Line</th><th scope="col">Outcome</th><th scope="col">Finding</th></tr></thead>\n'
_SIGNS = {
    Outcome.MET: "✓", Outcome.UNMET: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "–", Outcome.PENDING: "…",
}  # fmt: skip


def shown(text: object) -> str:
    """Text from anywhere as HTML that shows just these characters, on one line."""
    return html.escape(plain(str(text)))


def worded(text: str) -> str:
    """The same, with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", shown(text))


def mark(words: str, style: str, sign: str = "") -> str:
    """A word in a coloured frame. The word says it all; the colour only helps to find it."""
    before = f'<span aria-hidden="true">{sign}</span> ' if sign else ""
    return f'<span class="mark {style}">{before}{shown(words)}</span>'


def section_tables(
    report: Report, lines: Mapping[str, Line], pages: LinePages, prefix: str = "", since: Compared | None = None
) -> Iterator[str]:
    """A heading and a table for each section, in the checklist's order. ``prefix``: of the anchors, if not alone.

    ``since``: what changed since a base; those lines are marked.
    """
    heading = "h3" if prefix else "h2"
    for section in dict.fromkeys(lines[result.line_id].section for result in report.results):
        found = [result for result in report.results if lines[result.line_id].section == section]
        rows = "".join(_row(lines[result.line_id], result, pages, prefix, since) for result in found)
        passed = sum(result.passes for result in found)
        yield (
            f"<{heading}>{shown(section)}</{heading}>\n"
            f'<div class="wide"><table class="lines"><caption>{shown(section)} of {shown(report.subject)}: '
            f"{passed} of {len(found)} lines pass</caption>\n"
            f"{_HEAD}<tbody>{rows}</tbody></table></div>\n"
        )


def row_id(prefix: str, result: LineResult) -> str:
    """The anchor of a line's row."""
    return f"{prefix}{result.line_id}"


def _row(line: Line, result: LineResult, pages: LinePages, prefix: str, since: Compared | None) -> str:
    change = since.of(result.line_id) if since is not None else None
    changed = mark(kind_words(change), "over") if change is not None else ""
    words = changed_sentence(change, since) if change is not None and since is not None else ""
    said = f'<p class="said">{shown(words)}</p>' if words else ""
    return (
        f'<tr id="{row_id(prefix, result)}"><th scope="row"><b>{shown(line.number)}</b> {worded(line.line)}'
        f"<small>{_name(line, pages)}</small></th>"
        f'<td class="marks">{"".join(_marks(result))}{changed}</td><td>{"".join(_finding(line, result))}{said}</td>'
        "</tr>\n"
    )


def _name(line: Line, pages: LinePages) -> str:
    url = pages.url(line)
    return f'<a href="{shown(url)}">{shown(line.id)}</a>' if url else f"<code>{shown(line.id)}</code>"


def _marks(result: LineResult) -> Iterator[str]:
    """The outcome underneath first, then what people put over it, then whether it counts."""
    outcome = result.outcome
    yield mark(str(outcome).replace("_", " "), str(outcome), _SIGNS[outcome])
    if outcome is Outcome.UNMET and result.justification:
        yield mark("justified", "over")
    elif result.justification_note:
        yield mark("justification void", "over")
    if result.attestations:
        yield mark("attested" if result.check else "attested, not checked", "over")
    if not result.counted:
        yield mark("not counted", "idle")


def _finding(line: Line, result: LineResult) -> Iterator[str]:
    finding = result.finding
    reason = f' <span class="soft">({shown(str(finding.reason).replace("_", " "))})</span>' if finding.reason else ""
    yield f"<p>{worded(finding.message)}{reason}</p>"
    if words := justification_words(result):
        yield f'<p class="said">{shown(words)}</p>'
    places, open_line = "".join(_places(result)), result.outcome in (Outcome.UNMET, Outcome.UNKNOWN)
    if open_line:
        yield places
    if in_the_way(result):
        yield f'<p class="out"><strong>Way out:</strong> {worded(line.if_unmet)}</p>'
    facts = "".join(f"<dt>{shown(name)}</dt><dd><code>{shown(value)}</code></dd>" for name, value in _facts(result))
    hidden, title = ("", "Values and digests") if open_line or not places else (places, "Places, values and digests")
    yield f"<details><summary>{title}</summary>{hidden}<dl>{facts}</dl></details>"


def _places(result: LineResult) -> Iterator[str]:
    found = result.finding.locations
    if not found:
        return
    rows = "".join(
        f'<li><span class="at">{shown(place(at))}</span>'
        + (f' <code class="soft">{shown(at.snippet.strip())}</code>' if at.snippet.strip() else "")
        + "</li>"
        for at in found[:_PLACES]
    )
    more = f"<li>and {len(found) - _PLACES} more places</li>" if len(found) > _PLACES else ""
    yield f"<ul>{rows}{more}</ul>"


def _facts(result: LineResult) -> Iterator[tuple[str, str]]:
    for name, value in result.finding.values.items():
        yield str(name), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if result.finding.due_at:
        yield "due at", instant_text(result.finding.due_at)
    yield "check", f"{result.check}, version {result.check_version}" if result.check else "a person"
    if result.justification:
        yield "justification", result.justification
    for digest in result.attestations:
        yield "attestation", digest
    yield "digest of what was judged", result.finding.subject_digest
