"""What is left to commit after 100%, on the terminal and as JSON: the maturity's line, and the game day's entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from prr_pipeline.control.game_days import PlanEntry, words_of
from prr_pipeline.control.maturity_patch import MaturityPatch
from prr_pipeline.reports.screen import cell


def maturity_screen(found: MaturityPatch, key: str) -> Iterator[RenderableType]:
    """What the ledger records, what the specification states, and how the one becomes the other."""
    stated = found.stated or f"none ({found.extension})"
    yield cell(f"{found.operation} is {found.recorded} by the ledger; the specification states {stated}.", "bold")
    yield cell(f"It stands in {found.place}, at {found.commit[:12]}.", "")
    if found.patch:
        yield cell(f"Next: prr maturity {key} --patch | git apply --allow-empty", "")
    else:
        yield cell("Nothing is to be changed.", "green")


def maturity_patch_data(found: MaturityPatch) -> dict[str, Any]:
    """The same as data, the patch as text."""
    return {
        "commit": found.commit,
        "extension": found.extension,
        "operation": found.operation,
        "patch": found.patch.decode("utf-8", "replace"),
        "place": found.place,
        "recorded": found.recorded,
        "stated": found.stated,
    }


def game_day_screen(entry: PlanEntry) -> Iterator[RenderableType]:
    """Where the entry stands, and how it gets into the plan."""
    yield cell(f"{words_of(entry)}.", "bold")
    if entry.patch:
        yield cell(f"Next: prr game-day {entry.key} --patch | git apply --allow-empty", "")


def game_day_data(entry: PlanEntry) -> dict[str, Any]:
    """The same as data, the patch as text."""
    return {
        "patch": entry.patch.decode("utf-8", "replace"),
        "plan": entry.path,
        "promotion": entry.key,
        "quarter": entry.quarter,
        "state": str(entry.state).replace(" ", "_"),
        "subject": entry.subject,
        "why": entry.why,
    }
