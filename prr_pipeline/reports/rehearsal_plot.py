"""A rehearsal as a plot: its exposure, alerts and gates, and the moments that the timeline numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from prr_pipeline.control.rehearsal.told import Moment, Rehearsal
from prr_pipeline.control.spans import Span
from prr_pipeline.reports.ladder_plot import Plot, Point, ladder_svg

_MARKED = ("lowered", "resumed", "milestone")
_QUIET = timedelta(seconds=1)


def rehearsal_svg(told: Rehearsal) -> str:
    """An SVG to stand inside a page that carries the scorecard's style and `PLOT_STYLE`."""
    alerts: list[tuple[str, Sequence[Span]]] = [("firing", told.alerts)] if told.alerts else []
    title = f"Exposure, alerts and gates from {told.start:%d %b %Y} to {told.end:%d %b %Y}"
    points = [Point(one.at, one.kind, one.text, number) for number, one in numbered(told)]
    lanes = dict([*alerts, *told.gates.items()])
    return ladder_svg(Plot(title, told.ladder, told.start, told.end, told.steps, lanes, told.alerts, points))


def numbered(told: Rehearsal) -> Iterator[tuple[str, Moment]]:
    """The moments that the plot marks, with their numbers in the timeline; of those at once only the first."""
    last: datetime | None = None
    for number, one in enumerate(told.moments, 1):
        if one.kind in _MARKED and (last is None or one.at - last > _QUIET):
            last = one.at
            yield str(number), one
