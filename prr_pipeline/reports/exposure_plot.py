"""The picture of one promotion: exposure over time, where it may go next, alerts, stops, milestones, and its gates."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import Mark, Story, timeline
from prr_pipeline.control.spans import Span
from prr_pipeline.exposure import Exposure
from prr_pipeline.reports.ladder_plot import Plot, Point, ladder_svg

_KINDS = {"latch": "lowered", "resume": "resumed", "milestone": "milestone", "sign-off": "signed"}
_SEVERITIES = ("critical", "warning", "info")
_MOST_SPANS = 300
"""Of the gates of a picture that stands alone: it is kept with each event of Dagster."""
_QUIET = 0.004
"""Marks of a kind that are closer than this share of the plot are one mark."""
_ALONE = """
.plot{background:#fff;font:11px sans-serif}.plot text{fill:#566173}.rule{stroke:#dce1e8}.plot .name{fill:#1b2330}
.line{fill:none;stroke:#0b57b8;stroke-width:2.5}.area{fill:#0b57b8;fill-opacity:.1}
.ahead{fill:none;stroke:#0b57b8;stroke-width:1.5;stroke-dasharray:5 4}.now{stroke:#566173;stroke-dasharray:1 3}
.open{fill:#0d6b3c;fill-opacity:.35}.closed{fill:#8a5300;fill-opacity:.55}.unknown{fill:#6b2fa0}.critical{fill:#a4161a}
.warning,.other{fill:#8a5300}.info{fill:#4b5565}.stopped{fill:#a4161a;fill-opacity:.7}.lowered{stroke:#a4161a}
.resumed{stroke:#0b57b8}.milestone{stroke:#0d6b3c}.signed{stroke:#4b5565}.at{stroke-dasharray:3 3}
.band{fill-opacity:.16}
"""
"""The light colours of the scorecard: an image knows nothing of the page around it."""


def exposure_svg(story: Story, one: Explanation) -> str:
    """An SVG to stand inside a page that carries `PLOT_STYLE`."""
    return ladder_svg(_plot(story, one))


def exposure_markdown(story: Story, one: Explanation) -> str:
    """The picture as a data-URI image, which Dagster draws when the entry is opened."""
    data = base64.b64encode(ladder_svg(_plot(story, one, _MOST_SPANS), _ALONE).encode()).decode()
    return f"![exposure](data:image/svg+xml;base64,{data})"


def _plot(story: Story, one: Explanation, most_spans: int | None = None) -> Plot:
    state, now = story.state, story.now
    ahead = _ahead(story, one)
    end = max(now, ahead[-1][0]) + (now - state.opened_at) / 40 if ahead else max(now, state.opened_at)
    alerts = [_span(mark, _severity(mark), now) for mark in story.marks if mark.kind == "alert"]
    stops = [_span(mark, "stopped", now) for mark in story.marks if mark.kind == "stop"]
    lanes: dict[str, Sequence[Span]] = {"firing": alerts} if alerts else {}
    lanes |= {"line": stops} if stops else {}
    if most_spans is None or sum(map(len, story.gates.values())) <= most_spans:
        lanes |= story.gates
    return Plot(
        f"Exposure of {state.key}", state.ladder, state.opened_at, end, story.steps, lanes, [*alerts, *stops],
        _points(story, end), now, ahead,
    )  # fmt: skip


def _ahead(story: Story, one: Explanation) -> tuple[tuple[datetime, Exposure], ...]:
    """The next rung at the earliest instant, where one is known and lies ahead."""
    state, rung = story.state, story.state.next_rung
    waits = one.earliest is None or one.earliest < story.now or state.latch is not None or not state.is_open
    if one.earliest is None or waits or rung is None:
        return ()
    return ((one.earliest, state.ladder.exposure(rung)),)


def _points(story: Story, end: datetime) -> list[Point]:
    """The marks with their numbers in the timeline; of those at once only the first."""
    near = max(timedelta(seconds=1), (end - story.state.opened_at) * _QUIET)
    last: dict[str, datetime] = {}
    found = []
    for number, (at, kind, text) in enumerate(timeline(story), 1):
        style = _KINDS.get(kind)
        if style is None or (kind in last and at - last[kind] <= near):
            continue
        last[kind] = at
        found.append(Point(at, style, text, str(number)))
    return found


def _span(mark: Mark, state: str, now: datetime) -> Span:
    return Span(state, mark.at, mark.until or now, mark.text)


def _severity(mark: Mark) -> str:
    word = mark.text.partition(":")[0]
    return word if word in _SEVERITIES else "other"
