"""The picture of a rehearsal: exposure on its rungs, alerts and every gate below it, over the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from prr_pipeline.control.rehearsal.told import Moment, Rehearsal, Span
from prr_pipeline.exposure import Exposure
from prr_pipeline.reports.scorecard_lines import shown

_WIDTH, _LEFT, _RIGHT = 1100, 120, 14
_TOP, _RUNG, _ROW, _BAR, _GAP, _AXIS = 48, 34, 20, 12, 18, 26
_LABELS = 9
"""Dates along the axis, at most."""
_MARKED = ("lowered", "resumed", "milestone")
_NEAR, _ROWS = 18, 3
"""Numbers closer than this stand above each other, in so many rows."""
_QUIET = timedelta(seconds=1)
PLOT_STYLE = """
.plot{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.4rem;overflow-x:auto}
.plot svg{display:block;min-width:52rem;width:100%;height:auto;font:11px system-ui,sans-serif}
.plot text{fill:var(--soft)}.plot .rule{stroke:var(--rule)}.plot .name{fill:var(--ink)}
.plot .line{fill:none;stroke:var(--link);stroke-width:2.5}.plot .area{fill:var(--link);fill-opacity:.1}
.plot .open{fill:var(--met);fill-opacity:.35}.plot .closed{fill:var(--over);fill-opacity:.55}
.plot .unknown{fill:var(--unknown)}.plot .critical{fill:var(--unmet)}.plot .warning{fill:var(--over)}
.plot .other{fill:var(--over)}.plot .info{fill:var(--idle)}
.plot .lowered{stroke:var(--unmet)}.plot .resumed{stroke:var(--link)}.plot .milestone{stroke:var(--met)}
.plot .at{stroke-dasharray:3 3}.plot .band{fill-opacity:.16}
td.when{white-space:nowrap}.plot+p svg{display:inline-block;vertical-align:-.1em}
.plot+p .open{fill:var(--met);fill-opacity:.35}
.plot+p .closed{fill:var(--over);fill-opacity:.55}.plot+p .unknown{fill:var(--unknown)}
.plot+p .critical{fill:var(--unmet)}.plot+p .warning{fill:var(--over)}
"""
"""Colours are those of the scorecard, light and dark."""


def rehearsal_svg(told: Rehearsal) -> str:
    """An SVG to stand inside a page that carries the scorecard's style and `PLOT_STYLE`."""
    frame = _Frame(told)
    body = "".join((*frame.grid(), *frame.bands(), *frame.exposure(), *frame.marks(), *frame.rows(), *frame.axis()))
    words = f"Exposure, alerts and gates from {told.start:%d %b %Y} to {told.end:%d %b %Y}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {frame.height}" role="img">'
        f"<title>{shown(words)}</title>{body}</svg>"
    )


class _Frame:
    """Scales and places of one plot."""

    def __init__(self, told: Rehearsal) -> None:
        self.told = told
        self.names = ["off", *told.ladder.names]
        self.span_s = max((told.end - told.start).total_seconds(), 1.0)
        self.bottom = _TOP + _RUNG * (len(self.names) - 1)
        alerts: list[tuple[str, Sequence[Span]]] = [("firing", told.alerts)] if told.alerts else []
        self.lanes = [*alerts, *told.gates.items()]
        self.height = self.bottom + _GAP + _ROW * len(self.lanes) + _AXIS

    def x(self, at: datetime) -> float:
        share = (at - self.told.start).total_seconds() / self.span_s
        return _LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, exposure: Exposure) -> float:
        return self.bottom - _RUNG * (self.told.ladder.index_at_or_below(exposure) + 1)

    def grid(self) -> Iterator[str]:
        """A line per rung, so that 1% can be told from off."""
        for index, name in enumerate(self.names):
            y = self.bottom - _RUNG * index
            yield f'<path class="rule" d="M{_LEFT},{y}H{_WIDTH - _RIGHT}"/>'
            yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" class="name">{shown(name)}</text>'

    def bands(self) -> Iterator[str]:
        """Alerts behind the exposure."""
        for one in self.told.alerts:
            yield self._bar(one, _TOP, self.bottom - _TOP, f"band {one.state}")

    def exposure(self) -> Iterator[str]:
        points: list[tuple[float, float]] = []
        last = self.y(self.told.steps[0][1])
        for at, exposure in self.told.steps:
            points += [(self.x(at), last), (self.x(at), self.y(exposure))]
            last = self.y(exposure)
        points.append((self.x(self.told.end), last))
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polygon class="area" points="{_LEFT},{self.bottom} {text} {points[-1][0]:.1f},{self.bottom}"/>'
        yield f'<polyline class="line" points="{text}"/>'

    def marks(self) -> Iterator[str]:
        """A line for each lowering, resume and milestone, numbered as in the timeline."""
        last, row = -float(_NEAR), 0
        for number, one in numbered(self.told):
            x = self.x(one.at)
            row = (row + 1) % _ROWS if x - last < _NEAR else 0
            last, y = x, _TOP - 12 - 11 * row
            path = f'<path class="at {one.kind}" d="M{x:.1f},{_TOP - 8}V{self.bottom}">'
            yield f"{path}<title>{shown(one.text)}</title></path>"
            yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{number}</text>'

    def rows(self) -> Iterator[str]:
        for place, (name, spans) in enumerate(self.lanes):
            y = self.bottom + _GAP + _ROW * place
            yield f'<text x="{_LEFT - 8}" y="{y + _BAR - 2}" text-anchor="end" class="name">{shown(name)}</text>'
            yield from (self._bar(one, y, _BAR, one.state) for one in spans)

    def axis(self) -> Iterator[str]:
        days = max(1, -(-int(self.span_s // 86_400) // (_LABELS - 1)))
        step = timedelta(days=days if days < 7 else -(-days // 7) * 7)
        at = self.told.start
        while at <= self.told.end:
            anchor = "start" if at == self.told.start else "middle"
            yield f'<path class="rule" d="M{self.x(at):.1f},{self.bottom}V{self.height - _AXIS + 4}"/>'
            yield f'<text x="{self.x(at):.1f}" y="{self.height - 8}" text-anchor="{anchor}">{at:%d %b}</text>'
            at += step

    def _bar(self, one: Span, y: float, height: float, style: str) -> str:
        x = self.x(one.since)
        words = f"{one.state} from {one.since:%a %d %b %H:%M} to {one.until:%a %d %b %H:%M}"
        words = f"{words}: {one.text}" if one.text else words
        return (
            f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{max(self.x(one.until) - x, 1.2):.1f}" '
            f'height="{height}"><title>{shown(words)}</title></rect>'
        )


def numbered(told: Rehearsal) -> Iterator[tuple[str, Moment]]:
    """The moments that the plot marks, with their numbers in the timeline; of those at once only the first."""
    last: datetime | None = None
    for number, one in enumerate(told.moments, 1):
        if one.kind in _MARKED and (last is None or one.at - last > _QUIET):
            last = one.at
            yield str(number), one
