"""The terminal: its width, its time-lapse line, its cells."""

from __future__ import annotations

import pytest

from prr_pipeline.reports.screen import cell, stdout, time_lapse


def test_only_a_lapsed_clock_has_a_line() -> None:
    """Real time needs no word."""
    assert time_lapse(1) is None
    assert str(time_lapse(10_080)) == "time-lapse 10080 x"


def test_a_cell_is_one_line_without_control_characters() -> None:
    """Whatever comes from outside stays inside its cell."""
    assert cell("a\x1b[31m\nb\u202ec").plain == "a[31m bc"


def test_a_known_word_has_its_colour_and_markup_is_text() -> None:
    """Colours are ours: square brackets in text mean nothing."""
    assert str(cell("unmet").style) == "red"
    assert cell("[red]x[/red]").plain == "[red]x[/red]"


def test_without_a_terminal_the_screen_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs are not broken at 80 columns, unless the environment says how wide they are."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert stdout().width == 140
    monkeypatch.setenv("COLUMNS", "100")
    assert stdout().width == 100
