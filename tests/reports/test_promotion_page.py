"""A promotion's page: where it stands, what opens each shut gate, the plot; and text that stays text."""

from __future__ import annotations

import re

from prr_pipeline.reports.promotion_page import promotion_page
from tests.reports.climbs import KEY, detail


def test_the_page_says_what_is_asked_of_it() -> None:
    """Exposure and since when, what is next, when at the earliest, what is shut and what opens it."""
    page = promotion_page(detail())
    assert "1% since 2026-11-18 00:00Z" in page
    assert "<b>Next:</b> rise to 10% once 2 gates open, first dwell" in page
    assert "prr show" not in page
    assert "<b>Fri 27 Nov 00:00Z</b>at the earliest" in page
    assert "2 of 4 gates are closed or unknown" in page
    assert "may open by itself at 2026-11-27 00:00Z" in page
    assert "<code>prr alerts</code>" in page


def test_a_stop_and_a_latch_stand_above_all_else() -> None:
    """Before the plot; a stop that was released does not."""
    assert promotion_page(detail()).count('class="said"') == 1
    page = promotion_page(detail(stopped=True, latched=True))
    head = page.partition('<div class="plot">')[0]
    assert head.count('class="said"') == 3
    assert "stepped down by sensor:alerts" in head


def test_text_from_outside_stays_text() -> None:
    """No alert, cause or context becomes markup, the page loads nothing, and it is ASCII."""
    page = promotion_page(detail(stopped=True, latched=True), 10_080)
    assert page.isascii()
    assert "<script" not in page
    assert "\x07" not in page
    assert len(re.findall("&lt;script&gt;", page)) > 10
    assert "default-src 'none'" in page
    assert f"<title>{KEY}</title>" in page
    assert "time-lapse 10080 x" in page
