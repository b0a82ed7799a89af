"""The picture of one climb: exposure on its rungs, alerts behind it, and every gate below, over the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from prr_pipeline.control.spans import Span
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure
from prr_pipeline.reports.scorecard_lines import shown
from prr_pipeline.rollout.ladder import Ladder

_WIDTH, _LEFT, _RIGHT = 1100, 120, 14
_TOP, _RUNG, _ROW, _BAR, _GAP, _AXIS = 48, 34, 20, 12, 18, 26
_LABELS = 9
"""Dates along the axis, at most."""
_NEAR, _ROWS = 18, 3
"""Numbers closer than this stand above each other, in so many rows."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS = (_HOUR / 60, _HOUR / 12, _HOUR / 4, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY)
PLOT_STYLE = """
.plot{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.4rem;overflow-x:auto}
.plot svg{display:block;min-width:52rem;width:100%;height:auto;font:11px system-ui,sans-serif}
.plot text{fill:var(--soft)}.plot .rule{stroke:var(--rule)}.plot .name{fill:var(--ink)}
.plot .line{fill:none;stroke:var(--link);stroke-width:2.5}.plot .area{fill:var(--link);fill-opacity:.1}
.plot .ahead{fill:none;stroke:var(--link);stroke-width:1.5;stroke-dasharray:5 4}
.plot .now{stroke:var(--soft);stroke-dasharray:1 3}
.plot .open{fill:var(--met);fill-opacity:.35}.plot .closed{fill:var(--over);fill-opacity:.55}
.plot .unknown{fill:var(--unknown)}.plot .critical{fill:var(--unmet)}.plot .warning{fill:var(--over)}
.plot .stopped{fill:var(--unmet);fill-opacity:.7}.plot .other{fill:var(--over)}.plot .info{fill:var(--idle)}
.plot .lowered{stroke:var(--unmet)}.plot .resumed{stroke:var(--link)}.plot .milestone{stroke:var(--met)}
.plot .signed{stroke:var(--idle)}.plot .at{stroke-dasharray:3 3}.plot .band{fill-opacity:.16}
td.when{white-space:nowrap}.plot+p svg{display:inline-block;vertical-align:-.1em}
.plot+p .open{fill:var(--met);fill-opacity:.35}.plot+p .stopped{fill:var(--unmet);fill-opacity:.7}
.plot+p .closed{fill:var(--over);fill-opacity:.55}.plot+p .unknown{fill:var(--unknown)}
.plot+p .critical{fill:var(--unmet)}.plot+p .warning{fill:var(--over)}
"""
"""Colours are those of the scorecard, light and dark."""


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered line across the plot; ``kind`` is lowered, resumed, milestone or signed."""

    at: datetime
    kind: str
    text: str
    number: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn. ``bands`` stand behind the exposure, ``lanes`` below it; both hold spans whose state is a colour.

    ``ahead`` is where exposure may go from ``now`` on, which then lies before ``end``; empty without a forecast.
    """

    title: str
    ladder: Ladder
    start: datetime
    end: datetime
    steps: Sequence[tuple[datetime, Exposure]]
    lanes: Mapping[str, Sequence[Span]]
    bands: Sequence[Span] = ()
    points: Sequence[Point] = ()
    now: datetime | None = None
    ahead: Sequence[tuple[datetime, Exposure]] = ()


def ladder_svg(plot: Plot, style: str = "") -> str:
    """An SVG to stand inside a page that carries `PLOT_STYLE`; with a ``style`` of its own it stands alone."""
    frame = _Frame(plot)
    body = "".join(
        (
            *frame.grid(),
            *frame.bands(),
            *frame.exposure(),
            *frame.ahead(),
            *frame.points(),
            *frame.rows(),
            *frame.axis(),
        )
    )
    alone = f' width="{_WIDTH}" height="{frame.height}" class="plot"' if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {frame.height}"{alone} role="img">'
        f"{f'<style>{style}</style>' if style else ''}<title>{shown(plot.title)}</title>{body}</svg>"
    )


class _Frame:
    """Scales and places of one plot."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.names = ["off", *plot.ladder.names]
        self.span = max(plot.end - plot.start, timedelta(seconds=1))
        self.bottom = _TOP + _RUNG * (len(self.names) - 1)
        self.height = self.bottom + _GAP + _ROW * len(plot.lanes) + _AXIS

    def x(self, at: datetime) -> float:
        share = (at - self.plot.start) / self.span
        return _LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, exposure: Exposure) -> float:
        return self.bottom - _RUNG * (self.plot.ladder.index_at_or_below(exposure) + 1)

    def grid(self) -> Iterator[str]:
        """A line per rung, so that 1% can be told from off."""
        for index, name in enumerate(self.names):
            y = self.bottom - _RUNG * index
            yield f'<path class="rule" d="M{_LEFT},{y}H{_WIDTH - _RIGHT}"/>'
            yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" class="name">{shown(name)}</text>'

    def bands(self) -> Iterator[str]:
        for one in self.plot.bands:
            yield self._bar(one, _TOP, self.bottom - _TOP, f"band {one.state}")

    def exposure(self) -> Iterator[str]:
        text, end = self._stairs(self.plot.steps, self.plot.now or self.plot.end)
        yield f'<polygon class="area" points="{_LEFT},{self.bottom} {text} {end:.1f},{self.bottom}"/>'
        yield f'<polyline class="line" points="{text}"/>'

    def ahead(self) -> Iterator[str]:
        """Now, and where exposure may go."""
        now = self.plot.now
        if now is None or not self.plot.ahead:
            return
        yield f'<path class="now" d="M{self.x(now):.1f},{_TOP - 8}V{self.height - _AXIS}"/>'
        yield f'<text x="{self.x(now):.1f}" y="{_TOP - 12}" text-anchor="middle">now</text>'
        text, _ = self._stairs(((now, self.plot.steps[-1][1]), *self.plot.ahead), self.plot.end)
        yield f'<polyline class="ahead" points="{text}"/>'

    def points(self) -> Iterator[str]:
        last, row = -float(_NEAR), 0
        for one in self.plot.points:
            x = self.x(one.at)
            row = (row + 1) % _ROWS if x - last < _NEAR else 0
            last, y = x, _TOP - 12 - 11 * row
            path = f'<path class="at {one.kind}" d="M{x:.1f},{_TOP - 8}V{self.bottom}">'
            yield f"{path}<title>{shown(one.text)}</title></path>"
            yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{one.number}</text>'

    def rows(self) -> Iterator[str]:
        for place, (name, spans) in enumerate(self.plot.lanes.items()):
            y = self.bottom + _GAP + _ROW * place
            yield f'<text x="{_LEFT - 8}" y="{y + _BAR - 2}" text-anchor="end" class="name">{shown(name)}</text>'
            yield from (self._bar(one, y, _BAR, one.state) for one in spans)

    def axis(self) -> Iterator[str]:
        least = self.span / (_LABELS - 1)
        weeks = -(-least // (7 * _DAY))
        step = next((one for one in _STEPS if one >= least), 7 * _DAY * weeks)
        form = "%d %b" if step >= _DAY else "%d %b %H:%M"
        at = self.plot.start
        while at <= self.plot.end:
            anchor = "start" if at == self.plot.start else "middle"
            yield f'<path class="rule" d="M{self.x(at):.1f},{self.bottom}V{self.height - _AXIS + 4}"/>'
            yield f'<text x="{self.x(at):.1f}" y="{self.height - 8}" text-anchor="{anchor}">{at.strftime(form)}</text>'
            at += step

    def _stairs(self, steps: Sequence[tuple[datetime, Exposure]], end: datetime) -> tuple[str, float]:
        """The corners of steps that last until ``end``, and the place of that."""
        points: list[tuple[float, float]] = []
        last = self.y(steps[0][1])
        for at, exposure in steps:
            points += [(self.x(at), last), (self.x(at), self.y(exposure))]
            last = self.y(exposure)
        points.append((self.x(end), last))
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points), points[-1][0]

    def _bar(self, one: Span, y: float, height: float, style: str) -> str:
        x = self.x(one.since)
        words = f"{one.state} from {one.since:%a %d %b %H:%M} to {one.until:%a %d %b %H:%M}"
        words = f"{words}: {one.text}" if one.text else words
        return (
            f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{max(self.x(one.until) - x, 1.2):.1f}" '
            f'height="{height}"><title>{shown(words)}</title></rect>'
        )
