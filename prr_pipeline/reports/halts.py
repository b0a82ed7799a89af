"""What a roll back did, on the terminal. Imports nothing that could be broken in an emergency."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from prr_pipeline.control.blind_lowering import Halted
from prr_pipeline.reports.screen import cell, table


def rollback_screen(found: Sequence[Halted]) -> RenderableType:
    """One line per flag: what it shows now, and whether that was read back."""
    rows = table("flag", "promotion", "shows", "read back")
    for one in found:
        rows.add_row(
            *(cell(text) for text in (one.flag_key, one.key or "-", one.shown, "yes" if one.confirmed else "no"))
        )
    return rows
