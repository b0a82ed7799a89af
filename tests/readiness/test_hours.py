"""Hours of the week as a profile writes them."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.hours import minutes_of
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.sources import NotSeen

DAY = 24 * 60


@pytest.mark.parametrize(
    ("text", "count", "within", "outside"),
    [
        ("08:00-09:00", 7 * 60, 8 * 60, 9 * 60),
        ("00:00-24:00", 7 * DAY, 0, None),
        ("Mon 08:00-09:00", 60, 8 * 60, DAY + 8 * 60),
        ("Mon-Fri 08:00-20:00", 5 * 12 * 60, 4 * DAY + 8 * 60, 5 * DAY + 8 * 60),
        ("sat-mon 00:00-00:01", 3, 0, DAY),
        ("Sun 23:00-01:00", 120, 0, DAY),
        ("Mon 08:00-09:00, Tue 10:00-11:00", 120, DAY + 10 * 60, 10 * 60),
    ],
)
def test_text_means_minutes_of_the_week(text: str, count: int, within: int, outside: int | None) -> None:
    """Days wrap at the week's end, hours at midnight; without days it is every day."""
    found = minutes_of(text, "database.peak_hours")
    assert len(found) == count
    assert within in found
    assert outside not in found


@pytest.mark.parametrize("text", ["", "8-20", "08:00", "Montag 08:00-09:00", "24:00-25:00", "08:60-09:00", "Mon-Fri"])
def test_text_of_another_form_names_the_key_and_the_form(text: str) -> None:
    """Nobody guesses hours."""
    with pytest.raises(NotSeen, match=r"database\.peak_hours is") as fault:
        minutes_of(text, "database.peak_hours")
    assert fault.value.reason is Reason.UNREADABLE
