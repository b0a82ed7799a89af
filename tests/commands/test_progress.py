"""The bar that a person sees while many subjects are judged."""

from __future__ import annotations

import sys
import threading
from io import StringIO

import pytest

from prr_pipeline.commands.progress import progress


class Terminal(StringIO):
    """Keeps what is drawn."""

    def isatty(self) -> bool:
        """Somebody watches."""
        return True


def test_the_bar_is_drawn_and_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process with threads cannot share its work with copies of itself: who watches would wait longer."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    before = threading.active_count()
    with progress(3) as advance:
        for _ in range(3):
            assert threading.active_count() == before
            advance()
    assert "judging" in screen.getvalue()


def test_nothing_is_drawn_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file holds no bars."""
    screen = StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(1) as advance:
        advance()
    assert screen.getvalue() == ""
