"""Reports on the terminal: what is in the way, where it is and how to mend it; then the rest in one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.model import LineResult, Location, Outcome, Report
from prr_pipeline.reports.screen import cell, table

_SHOWN = 3
_VERDICT = {0: ("ready", "bold green"), 1: ("not ready", "bold red"), 2: ("not known", "bold magenta")}


def report_screen(report: Report, catalogue: Catalogue, notes: Sequence[str] = ()) -> RenderableType:
    """One report: a table of all lines, then each line in the way with its places and its remedy."""
    results = {result.line_id: result for result in report.results}
    asked = [line for line in catalogue.lines if line.id in results]
    rows = table("no", "section", "line", "outcome", "finding")
    for line in asked:
        result = results[line.id]
        rows.add_row(cell(line.number), cell(line.section), cell(line.id), _outcome(result), cell(_said(result)))
    mending = [part for line in asked for part in _mending(line, results[line.id])]
    return Group(_title(report), rows, *mending, *(cell(f"note: {note}", "yellow") for note in notes), _summary(report))


def summary_screen(reports: int, codes: Counter[int], outcomes: Counter[str]) -> RenderableType:
    """The last line of a check of many."""
    subjects = ", ".join(f"{codes[code]} {_VERDICT[code][0]}" for code in sorted(codes))
    return Text(f"{reports} subjects: {subjects or 'none'}. Lines: {_counted(outcomes)}.", style="bold")


def brief_screen(report: Report) -> RenderableType:
    """One report in one line, for a check of many."""
    words, style = _VERDICT[report.exit_code]
    open_lines = [r.line_id for r in report.counted if not r.passes]
    rest = f": {', '.join(open_lines[:_SHOWN])}" if open_lines else ""
    more = f" and {len(open_lines) - _SHOWN} more" if len(open_lines) > _SHOWN else ""
    return Text.assemble((words.ljust(10), style), cell(f"{report.subject}{rest}{more}", ""))


def lines_screen(catalogue: Catalogue) -> RenderableType:
    """Every line of the checklists."""
    rows = table("no", "subject", "section", "check", "id", "line")
    for line in catalogue.lines:
        check = line.check or "a person"
        kind = str(line.applies_to.kind)
        rows.add_row(*(cell(text, "") for text in (line.number, kind, line.section, check, line.id, line.line)))
    return rows


def _title(report: Report) -> Text:
    at = f"commit {report.commit[:12]}" if report.commit else "the working tree"
    return cell(f"{report.subject} at {at}, profile {report.profile}", "bold")


def _outcome(result: LineResult) -> Text:
    if result.outcome is Outcome.UNMET and result.justification:
        return cell("unmet, justified", "yellow")
    if result.attestations:
        return cell("met, attested", "green")
    return cell(result.outcome)


def _said(result: LineResult) -> str:
    note = f" ({result.justification_note})" if result.justification_note else ""
    return ("" if result.counted else "[not counted] ") + result.finding.message + note


def _mending(line: Line, result: LineResult) -> Iterator[RenderableType]:
    if result.passes or not result.counted:
        return
    reason = f" ({result.finding.reason})" if result.finding.reason else ""
    yield Text.assemble("\n", cell(f"{line.number} {line.id}: "), cell(result.outcome), cell(reason, ""))
    yield Padding(cell(line.line, "italic"), (0, 0, 0, 2))
    for text in _places(result.finding.locations):
        yield Padding(cell(text, "cyan"), (0, 0, 0, 2))
    yield Padding(cell(f"mend: {line.if_unmet}", ""), (0, 0, 0, 2))


def _places(locations: Sequence[Location]) -> Iterator[str]:
    for at in locations[:_SHOWN]:
        where = f"{at.path}:{at.line}" if at.line else at.path
        yield f"{where}  {at.snippet.strip()}" if at.snippet else where
    if len(locations) > _SHOWN:
        yield f"and {len(locations) - _SHOWN} more places"


def _summary(report: Report) -> Text:
    words, style = _VERDICT[report.exit_code]
    outcomes = Counter(str(result.outcome) for result in report.results)
    return Text.assemble("\n", (words, style), cell(f": {_counted(outcomes)}; report {report.digest}", ""))


def _counted(outcomes: Counter[str]) -> str:
    return ", ".join(f"{outcomes[name]} {name.replace('_', ' ')}" for name in Outcome if outcomes[name])
