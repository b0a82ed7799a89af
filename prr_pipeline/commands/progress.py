"""A bar on stderr for long work, while a person watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """A bar on stderr while a person watches; yields the function to call after each subject.

    Output that goes to the same terminal is led past the bar; output to a file or pipe is left alone.
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import Progress

    from prr_pipeline.reports.screen import stderr

    beside = sys.stdout.isatty()
    with Progress(console=stderr(), transient=True, redirect_stdout=beside, redirect_stderr=False) as bar:
        task = bar.add_task("judging", total=total)
        yield lambda: bar.advance(task)
