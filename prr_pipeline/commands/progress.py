"""A bar on stderr for long work, while a person watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_EVERY_S = 0.1
"""Time between two drawings of the bar."""


@contextmanager
def progress(total: int, doing: str = "judging") -> Iterator[Any]:
    """A bar on stderr while a person watches; yields the function to call after each of ``total`` steps.

    Output that goes to the same terminal is led past the bar; output to a file or pipe is left alone.
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import Progress

    from prr_pipeline.reports.screen import stderr

    beside = sys.stdout.isatty()
    bar = Progress(console=stderr(), transient=True, redirect_stdout=beside, redirect_stderr=False, auto_refresh=False)
    with bar:
        task = bar.add_task(doing, total=total)
        bar.refresh()
        drawn_s = time.monotonic()

        def advance() -> None:
            # Drawn here and by no thread: a process with threads cannot share its work with copies of itself.
            nonlocal drawn_s
            bar.advance(task)
            if time.monotonic() - drawn_s >= _EVERY_S:
                bar.refresh()
                drawn_s = time.monotonic()

        yield advance
