"""The picture of one promotion: exposure over time on the rungs of its ladder, with alerts, latches and milestones."""

from __future__ import annotations

import base64
from datetime import datetime
from xml.sax.saxutils import escape

from prr_pipeline.control.history import Mark, Story
from prr_pipeline.exposure import Exposure

_WIDTH, _HEIGHT = 760, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 22, 44
_COLOURS = {"alert": "#c62828", "latch": "#ad1457", "resume": "#2e7d32", "sign-off": "#6a1b9a", "milestone": "#1565c0"}
_MAX_TEXT = 80


def exposure_svg(story: Story) -> str:
    """A self-contained SVG. The vertical axis has one line per rung, so that 1% can be told from off."""
    frame = _Frame(story)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11" role="img">',
            f"<title>Exposure of {escape(story.state.key)}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            *frame.grid(),
            *(frame.mark(mark) for mark in story.marks),
            frame.line(),
            *frame.legend(),
            "</svg>",
        )
    )


def exposure_markdown(story: Story) -> str:
    """The picture as a data-URI image, which Dagster's partition page draws."""
    data = base64.b64encode(exposure_svg(story).encode()).decode()
    return f"![exposure](data:image/svg+xml;base64,{data})"


class _Frame:
    """Scales of one plot."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.start = story.state.opened_at
        self.span = max((story.now - self.start).total_seconds(), 1.0)
        self.levels = ["off", *story.state.ladder.names]

    def x(self, at: datetime) -> float:
        share = min(max((at - self.start).total_seconds() / self.span, 0.0), 1.0)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, exposure: Exposure) -> float:
        index = self.story.state.ladder.index_at_or_below(exposure) + 1
        return _HEIGHT - _BOTTOM - index / (len(self.levels) - 1) * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> list[str]:
        rows = []
        for index, name in enumerate(self.levels):
            y = _HEIGHT - _BOTTOM - index / (len(self.levels) - 1) * (_HEIGHT - _TOP - _BOTTOM)
            rows.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e0e0e0"/>')
            rows.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#424242">{escape(name)}</text>')
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            at = self.start + (self.story.now - self.start) * share
            anchor = "start" if share == 0 else "end" if share == 1 else "middle"
            rows.append(
                f'<text x="{self.x(at):.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="{anchor}" fill="#757575">'
                f"{at:%d %b %H:%M}</text>"
            )
        return rows

    def line(self) -> str:
        points: list[str] = []
        last = self.y(self.story.steps[0][1])
        for at, exposure in self.story.steps:
            points.append(f"{self.x(at):.1f},{last:.1f}")
            last = self.y(exposure)
            points.append(f"{self.x(at):.1f},{last:.1f}")
        points.append(f"{self.x(self.story.now):.1f},{last:.1f}")
        return f'<polyline points="{" ".join(points)}" fill="none" stroke="#1565c0" stroke-width="2.5"/>'

    def mark(self, mark: Mark) -> str:
        colour = _COLOURS[mark.kind]
        x, top, bottom = self.x(mark.at), _TOP, _HEIGHT - _BOTTOM
        title = f"<title>{escape(mark.text[:_MAX_TEXT])}</title>"
        if mark.kind == "alert":
            width = max(self.x(mark.until or self.story.now) - x, 2.0)
            return (
                f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{bottom - top}" fill="{colour}" '
                f'fill-opacity="0.14">{title}</rect>'
            )
        return (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="{colour}" stroke-dasharray="3 3">'
            f"{title}</line>"
        )

    def legend(self) -> list[str]:
        rows, x = [], _LEFT
        for kind in dict.fromkeys(mark.kind for mark in self.story.marks):
            rows.append(f'<rect x="{x}" y="{_HEIGHT - 18}" width="10" height="10" fill="{_COLOURS[kind]}"/>')
            rows.append(f'<text x="{x + 14}" y="{_HEIGHT - 9}" fill="#424242">{kind}</text>')
            x += 90
        return rows
