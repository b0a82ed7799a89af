"""The gate on maturity on the terminal, as JSON, and as a GitHub step summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from prr_pipeline.control.maturity_gate import MaturityReport, Ruled, Ruling
from prr_pipeline.reports.screen import cell
from prr_pipeline.reports.text import markdown

_ROWS = 300
"""Most rows of a step summary, which the service takes up to 1 MiB only."""
_MARKS = {Ruling.REFUSED: "❌", Ruling.UNKNOWN: "❔", Ruling.LOWERED: "⬇️", Ruling.ENTITLED: "✅"}
_STYLES = {Ruling.REFUSED: "bold red", Ruling.UNKNOWN: "bold magenta", Ruling.LOWERED: "cyan", Ruling.ENTITLED: "green"}
_VERDICTS = {0: "passed", 1: "refused", 2: "cannot be judged"}


def maturity_screen(report: MaturityReport) -> RenderableType:
    """The worst first, each refused operation with its way out."""
    parts: list[RenderableType] = [cell(_title(report), "bold")]
    for one in report.ruled:
        parts.append(Text.assemble((one.ruling.ljust(9), _STYLES[one.ruling]), cell(f"{_moved(one)}  {one.place}", "")))
        parts.append(cell(f"         {one.why}", ""))
        parts += [cell(f"         next: {one.command}", "")] if one.command else []
    parts += [cell(fault, "bold magenta") for fault in report.faults]
    parts += [cell(f"note: {note}", "yellow") for note in report.notes]
    parts += [cell(way_out(report), "")] if way_out(report) else []
    parts.append(cell(summary(report), "bold"))
    return Group(*parts)


def maturity_data(report: MaturityReport) -> dict[str, Any]:
    """Everything, as one document."""
    return {
        "base": report.base,
        "exit_code": report.exit_code,
        "faults": list(report.faults),
        "head": report.head,
        "notes": list(report.notes),
        "operations": [_row_data(one) for one in report.ruled],
        "verdict": _VERDICTS[report.exit_code].replace(" ", "_"),
    }


def maturity_summary(report: MaturityReport) -> Iterator[str]:
    """A step summary in Markdown, part by part."""
    mark = {0: "✅", 1: "❌", 2: "❔"}[report.exit_code]
    yield f"## {mark} Maturity gate: {_VERDICTS[report.exit_code]}\n\n{markdown(summary(report))}\n\n"
    yield from (f"> **Not judged:** {markdown(fault)}\n\n" for fault in report.faults)
    if report.ruled:
        yield "| | operation | from | to | why | next |\n|---|---|---|---|---|---|\n"
    for one in report.ruled[:_ROWS]:
        words = (one.change.operation, one.change.before or "-", one.change.after or "-", one.why, one.command or "-")
        yield f"| {_MARKS[one.ruling]} {one.ruling} | {' | '.join(markdown(word) for word in words)} |\n"
    if len(report.ruled) > _ROWS:
        yield f"\nAnd {len(report.ruled) - _ROWS} more; `prr gate maturity --json` lists all.\n"
    yield from (f"\n> {markdown(text)}\n" for text in (*report.notes, way_out(report)) if text)


def way_out(report: MaturityReport) -> str:
    """What helps where a maturity is older than the pipeline; empty without a refusal."""
    if not any(one.ruling is Ruling.REFUSED for one in report.ruled):
        return ""
    return (
        "State the lower maturity until the ledger records the higher one. What users had before the pipeline came is "
        "adopted instead: prr adopt prepare."
    )


def summary(report: MaturityReport) -> str:
    """The counts in one line."""
    counts = Counter(one.ruling for one in report.ruled)
    words = ", ".join(f"{counts[ruling]} {ruling}" for ruling in Ruling if counts[ruling])
    return f"{_VERDICTS[report.exit_code]}: {words or ('nothing could be compared' if report.faults else 'none rose')}"


def _title(report: MaturityReport) -> str:
    return f"Maturity from {report.base[:12]} (where the branch left the base) to {report.head[:12]}"


def _moved(one: Ruled) -> str:
    return f"{one.change.operation}: {one.change.before or 'none'} to {one.change.after or 'none'}"


def _row_data(one: Ruled) -> dict[str, Any]:
    change = one.change
    return {
        "command": one.command or None,
        "from": change.before,
        "needs": str(change.needs) if change.needs else None,
        "new": change.is_new,
        "operation": change.operation,
        "place": one.place,
        "recorded": str(one.recorded) if one.recorded else None,
        "removed": change.is_gone,
        "ruling": str(one.ruling),
        "to": change.after,
        "why": one.why,
    }
