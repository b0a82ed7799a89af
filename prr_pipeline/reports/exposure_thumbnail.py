"""The small picture of a promotion: at most 999 characters of Markdown, because Dagster draws only those in place."""

from __future__ import annotations

import base64
from datetime import datetime

from prr_pipeline.control.history import Story
from prr_pipeline.exposure import Exposure

LIMIT = 999
"""Longest Markdown text that Dagster's partition page draws without a click."""

_WIDTH, _LEFT, _TOP, _STEP = 600, 48, 12, 18
_COLOURS = {"alert": "red", "stop": "orange", "latch": "purple"}


def exposure_thumbnail(story: Story) -> str:
    """A data-URI image: a line per rung, exposure in blue, alerts red, stops of the line orange, latches purple.

    Drops old steps to fit.
    """
    for keep in (40, 24, 16, 12, 8, 6, 4, 2, 1):
        data = base64.b64encode(_svg(story, keep).encode()).decode()
        text = f"![exposure](data:image/svg+xml;base64,{data})"
        if len(text) <= LIMIT:
            return text
    return f"exposure {story.state.exposure.name}"


def _svg(story: Story, keep: int) -> str:
    names = ["off", *story.state.ladder.names]
    bottom = _TOP + _STEP * (len(names) - 1)
    rows = [(name, bottom - _STEP * index) for index, name in enumerate(names)]
    labels = "".join(f"<text y='{y + 3}'>{name}</text>" for name, y in rows)
    grid = "".join(f"M{_LEFT},{y}h{_WIDTH - _LEFT}" for _, y in rows)
    marks = "".join(_path(colour, _verticals(story, kind, keep, bottom)) for kind, colour in _COLOURS.items())
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDTH}' height='{bottom + 20}' font-size='9' fill='none'>"
        f"<path stroke='silver' d='{grid}'/>{marks}"
        f"<path stroke='blue' stroke-width='2' d='{_line(story, keep, bottom)}'/>"
        f"<g fill='gray'>{labels}<text x='{_LEFT}' y='{bottom + 16}'>{story.state.opened_at:%d %b}</text>"
        f"<text x='{_WIDTH - 34}' y='{bottom + 16}'>{story.now:%d %b}</text></g></svg>"
    )


def _path(colour: str, d: str) -> str:
    return f"<path stroke='{colour}' d='{d}'/>" if d else ""


def _line(story: Story, keep: int, bottom: int) -> str:
    steps = story.steps[-keep:]
    first = _y(story, steps[0][1], bottom)
    parts = [f"M{_x(story, steps[0][0])},{first}"]
    parts += [f"H{_x(story, at)}V{_y(story, exposure, bottom)}" for at, exposure in steps[1:]]
    return "".join((*parts, f"H{_WIDTH}"))


def _verticals(story: Story, kind: str, keep: int, bottom: int) -> str:
    places = sorted({_x(story, mark.at) for mark in story.marks if mark.kind == kind})[-keep:]
    return "".join(f"M{x},{_TOP}V{bottom}" for x in places)


def _x(story: Story, at: datetime) -> int:
    span = max((story.now - story.state.opened_at).total_seconds(), 1.0)
    share = min(max((at - story.state.opened_at).total_seconds() / span, 0.0), 1.0)
    return _LEFT + round(share * (_WIDTH - _LEFT))


def _y(story: Story, exposure: Exposure, bottom: int) -> int:
    return bottom - _STEP * (story.state.ladder.index_at_or_below(exposure) + 1)
