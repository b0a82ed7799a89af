"""Reports as Markdown, for a pull request's comment: what is in the way first, then a table per section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import LineResult, Location, Report
from prr_pipeline.reports.overlay_words import in_the_way, justification_words, outcome_words, place
from prr_pipeline.reports.text import markdown

_SHOWN = 3
_WORDS = {0: "ready", 1: "not ready: a line is unmet", 2: "not known: a line could not be judged"}


def report_markdown(report: Report, catalogue: Catalogue, notes: Sequence[str] = ()) -> str:
    """One report. Text of the repository is escaped, so it cannot become a link or an image."""
    at = f"commit {report.commit[:12]}" if report.commit else "the working tree"
    lines = [
        f"## {markdown(str(report.subject))}: {_WORDS[report.exit_code]}",
        "",
        f"At {at}, profile {markdown(report.profile)}. {_counts(report)}.",
        "",
        *(f"- {markdown(note)}" for note in notes),
        *([""] if notes else []),
    ]
    results = {result.line_id: result for result in report.results}
    for section in dict.fromkeys(line.section for line in catalogue.lines if line.id in results):
        lines += [f"### {markdown(section)}", "", "| line | outcome | finding |", "|---|---|---|"]
        for line in catalogue.lines:
            if line.section == section and line.id in results:
                lines.append(_row(line.line, results[line.id]))
        lines.append("")
    return "\n".join(lines)


def _row(wording: str, result: LineResult) -> str:
    overlay = justification_words(result)
    below = [*_places(result.finding.locations), *([markdown(overlay)] if overlay else [])]
    rest = "".join(f"<br>{text}" for text in below)
    counted = "" if result.counted else "not counted: "
    return f"| {markdown(wording)} | {_outcome(result)} | {counted}{markdown(result.finding.message)}{rest} |"


def _outcome(result: LineResult) -> str:
    return f"**{outcome_words(result)}**" if in_the_way(result) else outcome_words(result)


def _places(locations: Sequence[Location]) -> Iterator[str]:
    for at in locations[:_SHOWN]:
        yield markdown(place(at))
    if len(locations) > _SHOWN:
        yield f"and {len(locations) - _SHOWN} more places"


def _counts(report: Report) -> str:
    counts = Counter(str(result.outcome).replace("_", " ") for result in report.results)
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
