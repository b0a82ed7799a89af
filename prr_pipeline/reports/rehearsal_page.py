"""A rehearsal as one HTML page that needs nothing but itself: outcome, plot, rungs, timeline, policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prr_pipeline.control.rehearsal.story import lasting
from prr_pipeline.control.rehearsal.told import Moment, Rehearsal
from prr_pipeline.reports.ladder_plot import PLOT_STYLE
from prr_pipeline.reports.rehearsal_plot import rehearsal_svg
from prr_pipeline.reports.rehearsal_screen import minute, outcome_words
from prr_pipeline.reports.scorecard_lines import mark, shown
from prr_pipeline.reports.scorecard_style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing. Text of an alert could not fetch or run anything even if it got through."""
_STYLES = {
    "rose": "met", "milestone": "met", "goes on": "idle", "resumed": "idle", "hold": "over", "unknown": "unknown",
    "lowered": "unmet", "stands": "unmet",
}  # fmt: skip
_LEGEND = {
    "open": "open", "closed": "closed, or a lesser alert", "unknown": "unknown, or a silent source",
    "critical": "critical alert",
}  # fmt: skip


def rehearsal_page(told: Rehearsal, source: str) -> str:
    """The page, in ASCII with character references. ``source`` names the policy."""
    text = "".join((_head(f"Rehearsal of {source}"), _top(told, source), *_parts(told), "</main></body></html>\n"))
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _head(title: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{shown(title)}</title><style>{STYLE}{PLOT_STYLE}</style></head>\n<body>\n"
    )


def _top(told: Rehearsal, source: str) -> str:
    word, style = ("complete", "met") if told.is_complete else ("not complete", "unmet")
    full = next((rung.reached_at for rung in reversed(told.rungs)), None)
    to_full = lasting(full - told.start) if full is not None else "never"
    lowered = sum(one.kind == "lowered" for one in told.moments)
    tiles = {
        to_full: "to 100%", lasting(told.end - told.start): "in all", lasting(told.held): "held back",
        f"{lowered}": "lowerings", f"{told.ticks:,}": "decisions",
    }  # fmt: skip
    rows = "".join(f"<li><b>{shown(value)}</b>{shown(name)}</li>" for value, name in tiles.items())
    return (
        f'<header><h1>Rehearsal of {shown(source)}</h1><p class="marks">{mark(word, style)}</p>'
        f'<p>{shown(outcome_words(told))}</p><p class="soft">From {minute(told.start)} to {minute(told.end)}; '
        f"policy <code>{told.policy.digest}</code>, ladder <code>{told.ladder.digest}</code></p>"
        f'<ul class="tiles">{rows}</ul></header>\n<main>'
    )


def _parts(told: Rehearsal) -> Iterator[str]:
    yield f'<div class="plot">{rehearsal_svg(told)}</div>{_legend()}'
    yield "<h2>Rungs</h2>\n" + _table(
        "Each rung with the dwell that it asks for",
        ("Rung", "Dwell", "First reached", "Stood"),
        [(r.name, lasting(r.dwell), minute(r.reached_at), lasting(r.stood)) for r in told.rungs],
    )
    rows = "".join(_moment(number, one, told) for number, one in enumerate(told.moments, 1))
    yield (
        '<h2>Timeline</h2>\n<div class="wide"><table><caption>What happened, and why; numbers stand in the plot'
        '</caption><thead><tr><th scope="col" class="n">No.</th><th scope="col" class="n">Day</th>'
        '<th scope="col">At</th><th scope="col">Exposure</th><th scope="col">What</th><th scope="col">Why</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>\n"
    )
    yield "<h2>Policy</h2>\n" + _table("Limits in seconds", ("Limit", "Value"), list(_limits(told.policy.as_data())))
    taken = "".join(f"<li>{shown(one)}</li>" for one in told.assumed)
    yield f'<h2>Taken as given</h2>\n<ul>{taken}</ul>\n<p class="soft">No flag was read or written.</p>\n'


def _legend() -> str:
    keys = "".join(
        f'<svg width="12" height="12" role="presentation"><rect class="{style}" width="12" height="12"/></svg> '
        f"{shown(name)} &#160; "
        for style, name in _LEGEND.items()
    )
    return f'<p class="soft">{keys}</p>\n'


def _moment(number: int, one: Moment, told: Rehearsal) -> str:
    return (
        f'<tr><td class="n">{number}</td><td class="n">{(one.at - told.start).days}</td>'
        f'<td class="when">{minute(one.at)}</td>'
        f"<td>{shown(one.exposure)}</td><td>{mark(one.kind, _STYLES.get(one.kind, 'idle'))}</td>"
        f"<td>{shown(one.text)}</td></tr>\n"
    )


def _table(caption: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{shown(name)}</th>' for name in names)
    body = "".join("<tr>" + "".join(f"<td>{shown(one)}</td>" for one in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide"><table><caption>{shown(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>\n"
    )


def _limits(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _limits(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
