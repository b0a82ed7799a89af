"""Reports on the terminal: what is in the way, where it is and how to mend it; then the rest in one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.model import LineResult, Location, Outcome, Report
from prr_pipeline.reports.overlay_words import VERDICTS, in_the_way, justification_words, outcome_words, place
from prr_pipeline.reports.screen import STYLES, cell, table
from prr_pipeline.reports.tally import Tally

_SHOWN = 3
_STYLE = {0: "bold green", 1: "bold red", 2: "bold magenta"}


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


def summary_screen(tally: Tally) -> RenderableType:
    """The end of a check of many: a table of the kinds where there are several, and a line of all."""
    codes = tally.codes
    subjects = ", ".join(f"{codes[code]} {VERDICTS[code]}" for code in sorted(codes))
    last = Text(f"{tally.subjects} subjects: {subjects or 'none'}. Lines: {_counted(tally.outcomes)}.", style="bold")
    return Group(Text(""), _kinds(tally), Text(""), last) if len(tally.kinds) > 1 else last


def _kinds(tally: Tally) -> RenderableType:
    """A row for each kind: how many of its subjects are how far, and how many of their lines had which outcome."""
    outcomes = [outcome for outcome in Outcome if tally.outcomes[outcome]]
    made = table("", "subjects", *VERDICTS.values(), *(outcome.replace("_", " ") for outcome in outcomes))
    for column in made.columns[1:]:
        column.justify = "right"
    for kind, found in tally.kinds.items():
        counts = [found.codes.total(), *(found.codes[code] for code in VERDICTS)]
        lines = [found.outcomes[outcome] for outcome in outcomes]
        made.add_row(kind.replace("_", " "), *(str(count) for count in (*counts, *lines)))
    return made


def brief_screen(report: Report) -> RenderableType:
    """One report in one line, for a check of many."""
    words, style = VERDICTS[report.exit_code], _STYLE[report.exit_code]
    open_lines = [r.line_id for r in report.counted if not r.passes]
    rest = f": {', '.join(open_lines[:_SHOWN])}" if open_lines else ""
    more = f" and {len(open_lines) - _SHOWN} more" if len(open_lines) > _SHOWN else ""
    return Text.assemble((words.ljust(10), style), cell(f"{report.subject}{rest}{more}", ""))


def _title(report: Report) -> Text:
    at = f"commit {report.commit[:12]}" if report.commit else "the working tree"
    return cell(f"{report.subject} at {at}, profile {report.profile}", "bold")


def _outcome(result: LineResult) -> Text:
    words = outcome_words(result)
    if result.outcome is Outcome.UNMET and result.justification:
        return cell(words, "yellow")
    return cell(words, STYLES[result.outcome])


def _said(result: LineResult) -> str:
    overlay = justification_words(result)
    return ("" if result.counted else "[not counted] ") + result.finding.message + (f" ({overlay})" if overlay else "")


def _mending(line: Line, result: LineResult) -> Iterator[RenderableType]:
    if not in_the_way(result):
        return
    reason = f" ({result.finding.reason})" if result.finding.reason else ""
    yield Text.assemble("\n", cell(f"{line.number} {line.id}: "), cell(result.outcome), cell(reason, ""))
    yield Padding(cell(line.line, "italic"), (0, 0, 0, 2))
    for text in _places(result.finding.locations):
        yield Padding(cell(text, "cyan"), (0, 0, 0, 2))
    yield Padding(cell(f"mend: {line.if_unmet}", ""), (0, 0, 0, 2))


def _places(locations: Sequence[Location]) -> Iterator[str]:
    for at in locations[:_SHOWN]:
        yield f"{place(at)}  {at.snippet.strip()}" if at.snippet else place(at)
    if len(locations) > _SHOWN:
        yield f"and {len(locations) - _SHOWN} more places"


def _summary(report: Report) -> Text:
    words, style = VERDICTS[report.exit_code], _STYLE[report.exit_code]
    outcomes = Counter(str(result.outcome) for result in report.results)
    return Text.assemble("\n", (words, style), cell(f": {_counted(outcomes)}; report {report.digest}", ""))


def _counted(outcomes: Counter[str]) -> str:
    return ", ".join(f"{outcomes[name]} {name.replace('_', ' ')}" for name in Outcome if outcomes[name])
