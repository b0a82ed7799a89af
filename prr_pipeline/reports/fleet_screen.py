"""Orders about many promotions, on the terminal: what was reviewed at a release, and which drills were done."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from prr_pipeline.control.drills import Drilled
from prr_pipeline.control.line_orders import Reviewed
from prr_pipeline.reports.screen import cell, table


def release_screen(found: Sequence[Reviewed]) -> RenderableType:
    """One line per promotion that was stopped: those that go on first."""
    rows = table("promotion", "goes on", "why")
    for one in sorted(found, key=lambda one: (not one.goes_on, one.key)):
        rows.add_row(cell(one.key), cell("yes" if one.goes_on else "no"), cell(one.why, ""))
    return rows


def drill_screen(found: Sequence[Drilled]) -> RenderableType:
    """One line per service."""
    rows = table("service", "flag", "read back at off after")
    for one in found:
        rows.add_row(cell(one.service), cell(one.flag_key), cell(f"{one.milliseconds} ms", ""))
    return rows
