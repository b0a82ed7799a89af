"""Signed records on the terminal: what is signed, row by row, and how the files get to the tracked ref."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from prr_pipeline.control.signing import Filed, Prepared
from prr_pipeline.reports.screen import cell, table


def record_screen(rows: Sequence[tuple[str, str]]) -> RenderableType:
    """What the bytes to sign say."""
    shown = table("what", "value")
    for what, value in rows:
        shown.add_row(cell(what, "bold"), cell(value, ""))
    return shown


def filed_screen(filed: Filed, prepared: Prepared) -> RenderableType:
    """Where the files lie, and the commands that commit them."""
    envelope = prepared.envelope
    title = f"{prepared.kind}: {envelope.promotion}, attempt {envelope.attempt}, by {envelope.person}"
    git = f"git -C {shlex.quote(str(filed.tree))}"
    paths = f"{shlex.quote(filed.path)} {shlex.quote(filed.signature_path)}"
    return Group(
        cell(f"Signed and written to {filed.path}. Nothing is committed yet:", "green"),
        Text(f"  {git} add {paths}", no_wrap=True, overflow="ignore"),
        Text(f"  {git} commit -m {shlex.quote(title)}", no_wrap=True, overflow="ignore"),
        cell("Then bring the commit to the tracked ref; the pipeline takes the record in from there.", ""),
    )
