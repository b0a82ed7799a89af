"""The lines of the checklists as SARIF rules, and text in the form that SARIF asks for."""

from __future__ import annotations

from typing import Any

from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.text import markdown, plain

VOID_JUSTIFICATION = "void_justification"
"""The rule that is no line: a signed justification lies there and covers nothing."""
_DESCRIPTION_CAP = 1_000
"""Characters; code hosts refuse descriptions of more than 1,024."""


def sarif_text(text: str) -> str:
    """Text of a SARIF message that shows just these characters.

    SARIF reads braces as placeholders unless they are doubled, and ``[words](target)`` as a link even in plain text.
    """
    return plain(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def line_rule(line: Line, pages: LinePages) -> dict[str, Any]:
    """A line: its wording, why it is asked, and the way out as help."""
    return {
        "id": line.id,
        "name": _pascal(line.id),
        "shortDescription": {"text": _description(f"{line.number}: {line.line}")},
        "fullDescription": {"text": _description(f"{line.line} {line.why}")},
        **_help(line, f"Way out: {line.if_unmet} Evidence: {line.evidence}", pages),
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "number": line.number,
            "section": line.section,
            "tags": ["production-readiness", line.section, str(line.applies_to.kind)],
        },
    }


def void_justification_rule() -> dict[str, Any]:
    """The rule about justifications that cover nothing."""
    wording = "A signed justification must cover the line that it names."
    why = (
        "An exception that has expired, or whose reason has changed or gone, misleads whoever reads the checklist: "
        "the line is judged as if it were not there."
    )
    way_out = "Way out: delete the record if the line is met; else mend the line, or have it justified anew."
    return {
        "id": VOID_JUSTIFICATION,
        "name": _pascal(VOID_JUSTIFICATION),
        "shortDescription": {"text": wording},
        "fullDescription": {"text": f"{wording} {why}"},
        "help": {"text": way_out, "markdown": markdown(way_out)},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["production-readiness"]},
    }


def _help(line: Line, way_out: str, pages: LinePages) -> dict[str, Any]:
    """The standard wants an absolute `helpUri`: without a base the page's path stands in the text alone."""
    url, path = pages.url(line), pages.path(line)
    link = f"[{markdown(path)}]({url})" if path and url else f"`{path}`"
    texts = {
        "text": sarif_text(way_out + (f" More: {url or path}" if path else "")),
        "markdown": markdown(way_out).replace("{", "{{").replace("}", "}}") + (f" More: {link}" if path else ""),
    }
    return {"help": texts, **({"helpUri": url} if url else {})}


def _description(text: str) -> str:
    shown = sarif_text(text)
    return shown if len(shown) <= _DESCRIPTION_CAP else shown[: _DESCRIPTION_CAP - 1] + "…"


def _pascal(line_id: str) -> str:
    return "".join(part.capitalize() for part in line_id.split("_"))
