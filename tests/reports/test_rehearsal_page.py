"""The page of a rehearsal: a plot that is well formed, and text that stays text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from prr_pipeline.control.rehearsal.told import Moment, Rehearsal, rungs_told
from prr_pipeline.control.spans import Span
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.reports.rehearsal_page import rehearsal_page
from prr_pipeline.reports.rehearsal_plot import numbered, rehearsal_svg
from prr_pipeline.reports.rehearsal_screen import outcome_words, rehearsal_data
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.policy import Policy

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NASTY = '</title><script>alert("x")</script> ünïcode \x07 & more'


def told(*moments: Moment) -> Rehearsal:
    """Ten hours in shadow, with an alert of a nasty name and one gate that closes half-way."""
    end = START + 10 * HOUR
    steps = ((START, OFF), (START + HOUR, SHADOW))
    gates: dict[str, tuple[Span, ...]] = {
        "alerts": (Span("open", START, START + 5 * HOUR), Span("unknown", START + 5 * HOUR, end))
    }
    alerts = (
        Span("critical", START + 2 * HOUR, START + 2 * HOUR, NASTY),
        Span("warning", START + 3 * HOUR, end, NASTY),
    )
    return Rehearsal(
        Policy(), DEFAULT_LADDER, START, end, moments, steps, gates, alerts, (NASTY,), 21, NASTY, False,
        rungs_told(DEFAULT_LADDER, steps, end), 2 * HOUR,
    )  # fmt: skip


def moment(hours: int, kind: str) -> Moment:
    """A moment with a nasty text."""
    return Moment(START + hours * HOUR, kind, NASTY, "shadow")


def test_the_plot_is_well_formed_and_holds_every_span() -> None:
    """One bar for each span of a gate and of an alert, and the alerts once more behind the exposure."""
    tree = ET.fromstring(rehearsal_svg(told(moment(1, "rose"), moment(2, "lowered"))))  # noqa: S314 - our own
    bars = [one.get("class") for one in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert sorted(bars, key=str) == ["band critical", "band warning", "critical", "open", "unknown", "warning"]
    assert all(float(str(one.get("width"))) > 0 for one in tree.iter("{http://www.w3.org/2000/svg}rect"))


def test_numbers_lead_from_the_plot_to_the_timeline() -> None:
    """Lowerings, resumes and milestones are numbered as in the timeline; of those at once only the first."""
    found = told(moment(0, "opened"), moment(2, "lowered"), moment(3, "resumed"), moment(3, "milestone"))
    assert [number for number, _ in numbered(found)] == ["2", "3"]


def test_text_from_outside_stays_text() -> None:
    """Neither an alert's name nor an outcome becomes markup, and the page is ASCII."""
    page = rehearsal_page(told(moment(2, "lowered")), NASTY)
    assert page.isascii()
    assert "<script" not in page
    assert "\x07" not in page
    assert len(re.findall("&lt;script&gt;", page)) > 5


def test_a_rehearsal_without_an_end_says_so() -> None:
    """Not complete, never at 100%, and what was held."""
    found = told(moment(2, "lowered"))
    page = rehearsal_page(found, "a policy")
    assert "not complete" in page
    assert "<b>never</b>to 100%" in page
    assert outcome_words(found).endswith("held back for 2 h in all.")
    data = rehearsal_data(found)
    assert (data["complete"], data["held_seconds"]) == (False, 7200)
    assert [rung["stood_seconds"] for rung in data["rungs"]] == [32_400, 0, 0, 0, 0]
