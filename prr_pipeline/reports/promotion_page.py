"""One promotion as an HTML page that needs nothing but itself: where it stands, what opens it, plot, history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import timeline
from prr_pipeline.control.rehearsal.story import lasting
from prr_pipeline.control.status import Detail
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.reports.exposure_plot import exposure_svg
from prr_pipeline.reports.ladder_plot import PLOT_STYLE
from prr_pipeline.reports.listings import short
from prr_pipeline.reports.scorecard_lines import mark, shown, worded
from prr_pipeline.reports.scorecard_style import STYLE
from prr_pipeline.rollout.gates import GateReading, GateState

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing. Text of an alert could not fetch or run anything even if it got through."""
_STYLES = {
    "open": "met", "closed": "over", "unknown": "unknown", "alert": "unmet", "stop": "unmet", "latch": "unmet",
    "milestone": "met", "rose": "met", "lowered": "unmet", "advance": "met", "hold": "over", "roll back": "unmet",
    "step down": "unmet",
}  # fmt: skip
_BAD = ("rolled back", "stepped down", "lowering", "drift")
_LEGEND = {
    "open": "open", "closed": "closed, or a lesser alert", "unknown": "unknown", "critical": "critical alert",
    "stopped": "line stopped",
}  # fmt: skip


def promotion_page(detail: Detail, time_factor: int = 1) -> str:
    """The page, in ASCII with character references. ``time_factor`` is that of the clock; it is said unless it is 1."""
    one = detail.explanation
    text = "".join((_head(one.state.key), _top(detail, time_factor), *_parts(detail), "</main></body></html>\n"))
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _head(key: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{shown(key)}</title><style>{STYLE}{PLOT_STYLE}</style></head>\n<body>\n"
    )


def _top(detail: Detail, factor: int) -> str:
    one, now = detail.explanation, detail.story.now
    state = one.state
    status = mark(one.status, "unmet" if one.status.startswith(_BAD) else "idle" if one.status == "ended" else "met")
    since = state.rung_since or state.opened_at
    tiles = {
        "exposure now": state.exposure.name, "for": lasting(now - since), "attempt": str(state.attempt),
        "at the earliest": _day(one.earliest),
    }  # fmt: skip
    rows = "".join(f"<li><b>{shown(value)}</b>{shown(name)}</li>" for name, value in tiles.items())
    lapse = f"; time-lapse {factor} x" if factor != 1 else ""
    return (
        f'<header><h1>{shown(state.key)}</h1><p class="marks">{status}</p>'
        f"<p>{shown(state.subject)} to {shown(state.target)}: {shown(state.exposure)} since {short(since)}</p>"
        f"{''.join(_warnings(detail))}<p><b>Next:</b> {worded(one.headline)}</p>"
        f'<ul class="tiles">{rows}</ul><p class="soft">As of {short(now)}{lapse}; flag <code>{shown(state.flag_key)}'
        f"</code>, owned by {shown(state.context)}, author {shown(state.author)}, depends on {shown(_needs(one))}</p>"
        "</header>\n<main>"
    )


def _day(at: datetime | None) -> str:
    return f"{at:%a %d %b %H:%MZ}" if at is not None else "when people act"


def _needs(one: Explanation) -> str:
    return ", ".join(map(str, one.state.dependencies)) or "nothing"


def _warnings(detail: Detail) -> Iterator[str]:
    """What must be seen before all else: a stop, a latch, a flag that shows something else."""
    one, now = detail.explanation, detail.story.now
    for stop in (m for m in detail.story.marks if m.kind == "stop" and (m.until is None or m.until > now)):
        yield f'<p class="said">{shown(stop.text)}</p>'
    for latch in filter(None, (one.state.latch, one.state.hold)):
        words = f"{latch.kind.replace('_', ' ')} by {latch.by} at {short(latch.at)}: {latch.cause}"
        yield f'<p class="said">{shown(words)}</p>'
    if one.flag != str(one.state.exposure):
        yield f'<p class="said">The flag shows {shown(one.flag)}, the ledger holds {shown(one.state.exposure)}.</p>'
    if detail.above_ledger:
        yield f'<p class="said">{shown(detail.above_ledger)}</p>'


def _parts(detail: Detail) -> Iterator[str]:
    one = detail.explanation
    yield f'<div class="plot">{exposure_svg(detail.story, one)}</div>{_legend()}'
    shut = [gate for gate in one.gates if not gate.is_open]
    rest = [gate for gate in one.gates if gate.is_open]
    caption = f"{len(shut)} of {len(one.gates)} gates are closed or unknown" if shut else "Every gate is open"
    yield "<h2>Gates</h2>\n" + _table(caption, ("Gate", "State", "Why", "What opens it"), _gates(one, (*shut, *rest)))
    told = [
        (f'<td class="n">{number}</td><td class="when">{short(at)}</td><td>{mark(kind, _STYLES.get(kind, "idle"))}</td>'
         f"<td>{shown(text)}</td>")
        for number, (at, kind, text) in enumerate(timeline(detail.story), 1)
    ]  # fmt: skip
    yield "<h2>History</h2>\n" + _table("What happened; numbers stand in the plot", ("No.", "At", "What", ""), told)
    if detail.decisions:
        yield "<h2>Last decisions</h2>\n" + _table("Newest last", ("At", "Verdict", "Causes"), list(_decided(detail)))
    if one.state.signoffs:
        yield "<h2>Sign-offs</h2>\n" + _table("As accepted", ("At", "Person", "Role", "Attempt"), list(_signed(one)))
    for notice in detail.notices:
        yield f'<p class="said">{shown(f"{notice.severity}: {notice.title}: {notice.body}")}</p>'


def _legend() -> str:
    keys = "".join(
        f'<svg width="12" height="12" role="presentation"><rect class="{style}" width="12" height="12"/></svg> '
        f"{shown(name)} &#160; "
        for style, name in _LEGEND.items()
    )
    return f'<p class="soft">{keys} dashed: the next rung at the earliest</p>\n'


def _gates(one: Explanation, gates: Sequence[GateReading]) -> list[str]:
    rows = []
    for gate in gates:
        state = "not used" if gate.state is GateState.NOT_USED else str(gate.state)
        rows.append(
            f"<td>{shown(gate.name)}</td><td>{mark(state, _STYLES.get(state, 'idle'))}</td>"
            f"<td>{shown(gate.why)}</td><td>{worded(way_out(one.state, gate))}</td>"
        )
    return rows


def _decided(detail: Detail) -> Iterator[str]:
    for event in detail.decisions:
        causes, verdict = event.payload.get("causes"), str(event.payload.get("verdict", "?"))
        words = "; ".join(map(str, causes)) if isinstance(causes, list) else ""
        badge = mark(verdict, _STYLES.get(verdict, "idle"))
        yield f'<td class="when">{short(event.at)}</td><td>{badge}</td><td>{shown(words)}</td>'


def _signed(one: Explanation) -> Iterator[str]:
    for signoff in one.state.signoffs:
        cells = (signoff.person, f"{signoff.role}{' (on call)' if signoff.on_call else ''}", str(signoff.attempt))
        yield f'<td class="when">{short(signoff.accepted_at)}</td>' + "".join(
            f"<td>{shown(cell)}</td>" for cell in cells
        )


def _table(caption: str, names: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{shown(name)}</th>' for name in names)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return (
        f'<div class="wide"><table><caption>{shown(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>\n"
    )
