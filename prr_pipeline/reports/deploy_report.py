"""The gate on deploys on the terminal, as JSON, and as a GitHub step summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from prr_pipeline.control.deploy_gate import DeployVerdict
from prr_pipeline.readiness.model import LineResult, Outcome
from prr_pipeline.reports.screen import cell
from prr_pipeline.reports.text import markdown

_VERDICTS = {0: "may go", 1: "must not go", 2: "cannot be told"}
_STYLES = {
    Outcome.UNMET: "bold red", Outcome.UNKNOWN: "bold magenta", Outcome.MET: "green",
    Outcome.NOT_APPLICABLE: "dim", Outcome.PENDING: "cyan",
}  # fmt: skip
_ORDER = list(_STYLES)


def deploy_screen(verdict: DeployVerdict) -> RenderableType:
    """The worst first, each line that holds the deploy with its way out, and the verdict last."""
    parts: list[RenderableType] = [cell(_title(verdict), "bold")]
    for one in _sorted(verdict):
        word = str(one.outcome) if not _justified(one) else "justified"
        line = f"{_number(verdict, one)} {one.line_id}"
        parts.append(Text.assemble((word.ljust(15), _STYLES[one.outcome]), cell(line, "")))
        parts.append(cell(f"{'':15}{_said(one)}", ""))
    parts += [cell(fault, "bold magenta") for fault in verdict.faults]
    parts += [cell(f"note: {note}", "yellow") for note in verdict.checked.notes]
    parts.append(cell(_summary(verdict), "bold"))
    return Group(*parts)


def deploy_data(verdict: DeployVerdict) -> dict[str, Any]:
    """Everything, as one document."""
    return {
        "base": verdict.base,
        "commit": verdict.commit,
        "deploy": verdict.name,
        "exit_code": verdict.exit_code,
        "faults": list(verdict.faults),
        "lines": [_row(verdict, one) for one in _sorted(verdict)],
        "notes": list(verdict.checked.notes),
        "verdict": _VERDICTS[verdict.exit_code].replace(" ", "_"),
    }


def deploy_summary(verdict: DeployVerdict) -> Iterator[str]:
    """A step summary in Markdown, part by part."""
    mark = {0: "✅", 1: "❌", 2: "❔"}[verdict.exit_code]
    yield f"## {mark} Deploy gate: {markdown(_summary(verdict))}\n\n{markdown(_title(verdict))}\n\n"
    yield from (f"> **Not judged:** {markdown(fault)}\n\n" for fault in verdict.faults)
    yield "| outcome | line | what was seen |\n|---|---|---|\n"
    for one in _sorted(verdict):
        word = "justified" if _justified(one) else str(one.outcome)
        name = f"{_number(verdict, one)} {one.line_id}"
        yield f"| {word} | {markdown(name)} | {markdown(_said(one))} |\n"
    yield from (f"\n> {markdown(note)}\n" for note in verdict.checked.notes)


def _sorted(verdict: DeployVerdict) -> Sequence[LineResult]:
    return sorted(verdict.checked.report.results, key=lambda one: (one.passes, _ORDER.index(one.outcome), one.line_id))


def _row(verdict: DeployVerdict, one: LineResult) -> dict[str, Any]:
    return {
        "counted": one.counted,
        "id": one.line_id,
        "justified": _justified(one),
        "message": one.finding.message,
        "number": _number(verdict, one),
        "outcome": str(one.outcome),
        "reason": str(one.finding.reason) if one.finding.reason is not None else None,
    }


def _number(verdict: DeployVerdict, one: LineResult) -> str:
    return next((line.number for line in verdict.catalogue.lines if line.id == one.line_id), "")


def _said(one: LineResult) -> str:
    return " ".join(text for text in (one.finding.message, one.justification_text, one.justification_note) if text)


def _justified(one: LineResult) -> bool:
    return one.outcome is Outcome.UNMET and one.justification is not None


def _title(verdict: DeployVerdict) -> str:
    since = f"since {verdict.base[:12]}" if verdict.base else "with no release before it"
    return f"Deploy {verdict.name}: {verdict.commit[:12]}, {since}"


def _summary(verdict: DeployVerdict) -> str:
    counted = verdict.checked.report.counted
    passing = sum(one.passes for one in counted)
    return f"{verdict.name} {_VERDICTS[verdict.exit_code]}: {passing} of {len(counted)} lines pass"
