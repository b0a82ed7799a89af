"""Signed records on the terminal: what is signed, row by row, and how the files get to the tracked ref."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.text import Text

from prr_pipeline.control.signing import Filed, Prepared
from prr_pipeline.reports.screen import cell


def record_screen(rows: Sequence[tuple[str, str]]) -> Text:
    """What the bytes to sign say, a line each: no digest is ever broken in two."""
    width = max(len(what) for what, _ in rows)
    lines = (Text.assemble(cell(what.ljust(width), "bold"), "  ", cell(value, "")) for what, value in rows)
    return Text("\n").join(lines)


def filed_screen(filed: Filed, prepared: Prepared) -> Text:
    """Where the files lie, and the commands that commit them."""
    envelope = prepared.envelope
    title = f"{prepared.kind}: {envelope.promotion}, attempt {envelope.attempt}, by {envelope.person}"
    git = f"git -C {shlex.quote(str(filed.tree))}"
    paths = f"{shlex.quote(filed.path)} {shlex.quote(filed.signature_path)}"
    lines = (
        cell(f"Signed and written to {filed.path}. Nothing is committed yet:", "green"),
        cell(f"  {git} add {paths}", ""),
        cell(f"  {git} commit -m {shlex.quote(title)}", ""),
        cell("Then bring the commit to the tracked ref; the pipeline takes the record in from there.", ""),
    )
    return Text("\n").join(lines)
