"""How one line of the checklist stands in the PRR document: a task-list item with outcome and evidence."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import LineResult, Location, Outcome
from prr_pipeline.review.markup import code, escape

_MOST_PLACES = 10
_SETTLED_ELSEWHERE = "settled by signed records or after the promotion, and judged live, not in this document"


@dataclass(frozen=True, slots=True)
class LineText:
    """The words of a line as the checklist has them. ``number`` is for people, as in ``M10``."""

    line_id: str
    number: str
    section: str
    wording: str


def item(text: LineText, result: LineResult | None) -> list[str]:
    """The item as Markdown lines. A line that is not counted has no box: it is not settled by this document."""
    head = f"**{escape(text.number)}** {escape(text.wording)} ({code(text.line_id)})"
    if result is not None and not result.counted:
        return [f"- {head}: {_SETTLED_ELSEWHERE}"]
    if result is None:
        return [f"- [ ] {head}: **unknown** (not judged)"]
    box = "x" if result.passes else " "
    return [f"- [{box}] {head}: {_outcome(result)}", *(f"  - {line}" for line in _evidence(result))]


def _outcome(result: LineResult) -> str:
    finding = result.finding
    words = f"**{str(result.outcome).replace('_', ' ')}**"
    if finding.reason is not None:
        words += f" ({escape(finding.reason.replace('_', ' '))})"
    if result.outcome is Outcome.UNMET and result.justification is not None:
        words += ", **justified**"
    if result.attestations:
        words += ", attested, not checked" if result.check is None else ", attested"
    return words


def _evidence(result: LineResult) -> list[str]:
    finding = result.finding
    lines = [escape(finding.message)] if finding.message.strip() else []
    lines += [_place(location) for location in finding.locations[:_MOST_PLACES]]
    if (more := len(finding.locations) - _MOST_PLACES) > 0:
        lines.append(f"and {more} more")
    if result.justification is not None:
        lines.append(f"justification {code(result.justification)}")
    if result.justification_note:
        lines.append(escape(result.justification_note))
    lines += [f"attestation {code(digest)}" for digest in sorted(result.attestations)]
    return [*lines, f"digest of what was judged: {code(finding.subject_digest)}"]


def _place(location: Location) -> str:
    place = code(f"{location.path}:{location.line}" if location.line else location.path)
    return f"{place}: {code(location.snippet)}" if location.snippet.strip() else place


def counts(results: Mapping[str, LineResult]) -> str:
    """How the counted lines stand, as in ``31 met, 2 unmet, 1 unknown``."""
    rows = [r for r in results.values() if r.counted]
    parts = [f"{n} {str(o).replace('_', ' ')}" for o in Outcome if (n := sum(r.outcome is o for r in rows))]
    justified = sum(r.outcome is Outcome.UNMET and r.justification is not None for r in rows)
    return ", ".join(parts) + (f" ({justified} of them justified)" if justified else "") if parts else "no line judged"
