"""The plot of a promotion: well formed, with every span, the numbers of the timeline, and what may come next."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

from prr_pipeline.control.history import timeline
from prr_pipeline.reports.exposure_plot import exposure_markdown, exposure_svg
from prr_pipeline.reports.exposure_text import exposure_text
from prr_pipeline.reports.exposure_thumbnail import LIMIT, exposure_thumbnail
from tests.reports.climbs import DAY, START, explanation, story

SVG = "{http://www.w3.org/2000/svg}"


def classes(svg: str, kind: str) -> list[str]:
    """The classes of every element of a kind, sorted."""
    return sorted(str(one.get("class")) for one in ET.fromstring(svg).iter(f"{SVG}{kind}"))  # noqa: S314 - our own


def test_every_span_is_drawn_and_those_of_alerts_and_stops_behind_the_exposure_too() -> None:
    """A lane each, and a band."""
    found = classes(exposure_svg(story(), explanation()), "rect")
    assert found == ["band stopped", "band warning", "closed", "open", "stopped", "warning"]


def test_what_may_come_next_is_dashed() -> None:
    """The next rung at the earliest instant, unless a latch stands or nobody knows when."""
    assert classes(exposure_svg(story(), explanation()), "polyline") == ["ahead", "line"]
    assert classes(exposure_svg(story(), explanation(None)), "polyline") == ["line"]
    latched = exposure_svg(story(latched=True), explanation(latched=True))
    assert classes(latched, "polyline") == ["line"]


def test_marks_bear_the_numbers_of_the_timeline() -> None:
    """Two signatures at once are one mark."""
    rows = timeline(story())
    assert [kind for _, kind, _ in rows] == [
        "opened", "rose", "sign-off", "sign-off", "alert", "stop", "release", "rose", "rose", "lowered", "latch",
        "resume",
    ]  # fmt: skip
    assert rows[9] == (START + 16 * DAY, "lowered", "from 10% to 1%")
    tree = ET.fromstring(exposure_svg(story(), explanation()))  # noqa: S314 - our own
    texts = [one.text for one in tree.iter(f"{SVG}text")]
    assert [text for text in texts if text and text.isdigit()] == ["3", "11", "12"]


def test_the_picture_for_dagster_stands_alone() -> None:
    """It brings its colours with it, and is well formed; a small one fits where Dagster draws it in place."""
    text = exposure_markdown(story(), explanation())
    svg = base64.b64decode(text.partition("base64,")[2].removesuffix(")")).decode()
    assert "<style>" in svg
    assert classes(svg, "polyline") == ["ahead", "line"]
    small = exposure_thumbnail(story(stopped=True))
    assert len(small) <= LIMIT
    drawn = base64.b64decode(small.partition("base64,")[2].removesuffix(")")).decode()
    assert {colour for colour in ("red", "orange", "purple", "blue") if f"'{colour}'" in drawn} == {
        "red", "orange", "purple", "blue",
    }  # fmt: skip


def test_the_terminal_shows_rungs_marks_and_dates() -> None:
    """A row per rung; below, the shorter sign wins over the longer; what each means; all in ASCII."""
    rows = exposure_text(story(stopped=True))
    assert all(row.isascii() for row in rows)
    assert [row.split()[0] for row in rows[:6]] == ["100%", "50%", "10%", "1%", "shadow", "off"]
    body = {row[:6].strip(): row[7:] for row in rows[:6]}
    assert body["10%"].count("=") == 3
    assert body["100%"] == ""
    assert all(sum(row[column : column + 1] == "=" for row in body.values()) == 1 for column in range(72))
    assert [row[7:].count(sign) for row in rows[6:7] for sign in "#!v^"] == [8, 5, 1, 1]
    assert rows[7].split() == ["02", "Nov", "00:00", "22", "Nov", "00:00Z"]
    assert rows[8].strip().split("   ") == ["# line stopped", "! alert", "v halted", "^ resumed"]
