"""What a roll back did, on the terminal. Imports nothing that could be broken in an emergency."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType

from prr_pipeline.control.blind_lowering import Halted
from prr_pipeline.reports.screen import cell, table

_NAMED = 5
"""Promotions that were left alone are named up to so many."""


def rollback_screen(found: Sequence[Halted]) -> RenderableType:
    """One line per flag: what it shows now, and whether that was read back; those left alone share one sentence."""
    rows = table("flag", "promotion", "shows", "read back")
    for one in found:
        if one.spared:
            continue
        rows.add_row(
            *(cell(text) for text in (one.flag_key, one.key or "-", one.shown, "yes" if one.confirmed else "no"))
        )
    spared = [one.key for one in found if one.spared]
    if not spared:
        return rows
    names = f"{', '.join(spared[:_NAMED])}{' and others' if len(spared) > _NAMED else ''}"
    hold = "prr hold --all --by YOU --reason WHY"
    words = f"{len(spared)} stood at off already and keep their sign-offs: {names}. What keeps them there: {hold}"
    return Group(*([rows] if len(spared) < len(found) else []), cell(words))
