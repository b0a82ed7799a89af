"""The report on a month of feedback as Markdown, on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.feedback_review import Review
from prr_pipeline.reports.feedback_words import headline, rows
from prr_pipeline.reports.listings import short
from prr_pipeline.reports.screen import cell, table
from prr_pipeline.reports.text import markdown, whole
from prr_pipeline.rollout.feedback import Entry, FeedbackAnswer
from prr_pipeline.rollout.recording import recorded

_ENTRIES = 20
"""Most entries that the terminal shows; the JSON document holds all."""


def feedback_markdown(review: Review) -> str:
    """A table and what cannot be read. What people wrote is not in it: pages of runs are kept for ever."""
    lines = [markdown(headline(review)), "", "| | |", "|---|---|"]
    lines += [f"| {markdown(name)} | {markdown(words)} |" for name, words in rows(review)]
    lines += ["", *(f"- **Unknown:** {markdown(fault)}" for fault in review.report.unknown)]
    return "\n".join(lines)


def feedback_screen(review: Review) -> Iterator[RenderableType]:
    """The report, the newest entries with what people wrote, and what cannot be read."""
    yield cell(f"Feedback on {review.key}", "bold")
    yield cell(headline(review), "magenta" if review.report.unknown else "")
    told = table("", "")
    told.show_header = False
    for name, words in rows(review):
        told.add_row(cell(name), cell(words, ""))
    yield told
    yield from _entries(review)
    yield from (cell(f"unknown: {fault}", "bold magenta") for fault in review.report.unknown)


def feedback_data(review: Review) -> dict[str, Any]:
    """Everything: the report, what it is made from, and every entry of a review that is open."""
    return {
        "closed_at": instant_text(review.closed_at) if review.closed_at else None,
        "due_at": instant_text(review.due_at),
        "inputs": recorded(review.inputs),
        "promotion": review.key,
        "report": recorded(review.report),
        "sources": [_answer(one) for one in review.answers],
    }


def _entries(review: Review) -> Iterator[RenderableType]:
    found = sorted((one for answer in review.answers for one in answer.entries), key=lambda one: one.at, reverse=True)
    if not found:
        return
    shown = table("at", "kind", "severity", "from", "where", "what", title="Newest entries")
    for one in found[:_ENTRIES]:
        texts = (short(one.at), one.kind, one.severity, one.reporter, one.place, one.text)
        shown.add_row(*(cell(text, "") for text in texts))
    yield shown
    if len(found) > _ENTRIES:
        yield cell(f"and {len(found) - _ENTRIES} more: prr feedback {review.key} --json", "")


def _answer(one: FeedbackAnswer) -> dict[str, Any]:
    return {
        "entries": [_entry(entry) for entry in one.entries],
        "faults": list(one.faults),
        "read_at": instant_text(one.read_at),
        "source": one.source,
    }


def _entry(one: Entry) -> object:
    return whole({**one.as_data(), "place": one.place})
