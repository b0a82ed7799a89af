"""The terminal itself: its width, its colours, and the line that says that time is lapsed."""

from __future__ import annotations

import os
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from prr_pipeline.reports.text import plain

_WIDE = 140
"""Columns when nobody watches: a log or a pipe has no width of its own."""
STYLES = {
    "met": "green", "open": "green", "ok": "green", "yes": "green", "clear": "green",
    "unmet": "red", "closed": "yellow", "fault": "red", "no": "red", "firing": "red", "critical": "red",
    "unknown": "magenta", "pending": "cyan", "not_applicable": "dim", "not_used": "dim", "warning": "yellow",
}  # fmt: skip
"""Colour by word; the word itself is always shown too."""


def stdout() -> Console:
    """The console of what was asked for. Text is never read as markup."""
    return _console(sys.stdout.isatty(), stderr=False)


def stderr() -> Console:
    """The console of progress and questions."""
    return _console(sys.stderr.isatty(), stderr=True)


def time_lapse(factor: int) -> Text | None:
    """The line for a clock that runs ``factor`` times as fast as real time; None for a real one."""
    return Text(f"time-lapse {factor} x", style="bold yellow") if factor != 1 else None


def cell(text: object, style: str | None = None) -> Text:
    """Text from anywhere, on one line, without control characters; coloured by what it says unless told otherwise."""
    shown = plain(str(text))
    return Text(shown, style=style if style is not None else STYLES.get(shown, ""))


def table(*columns: str, title: str | None = None) -> Table:
    """A table with those columns, the last one taking the room that is left."""
    made = Table(title=Text("\n" + plain(title)) if title else None, title_justify="left", box=None, pad_edge=False)
    for name in columns[:-1]:
        made.add_column(Text(name), overflow="fold")
    made.add_column(Text(columns[-1]), overflow="fold", ratio=1)
    return made


def _console(is_terminal: bool, *, stderr: bool) -> Console:
    width = None if is_terminal or os.environ.get("COLUMNS") else _WIDE
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=width)
